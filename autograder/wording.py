"""Prepare text for a sentence or a table; this module knows nothing about grading."""

_LONGEST_REASON = 300
_LONGEST_NAME = 60


def shorten(text: str, longest: int = _LONGEST_REASON) -> str:
    """Cut a text that is too long for a table, and show that it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def plain(text: str, longest: int = _LONGEST_NAME) -> str:
    """Make a name that a student chose usable in a sentence: one line, printable, short."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text[: 10 * longest])
    return shorten(" ".join(kept.split()), longest) or "(no name)"


def listed(names: list[str], most: int = 3) -> str:
    """Join the first few names, and say how many more there are."""
    shown = [plain(name) for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)
