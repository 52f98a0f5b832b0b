"""The model cards as one page: a table over all backbones, then each card; it measures nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.lesson_pages import PageError
from builder.lesson_text import LessonPage, as_links

# The facts of a card, in the words that `transferlab.pretrain.files` writes.
_FACTS = {
    "command": re.compile(r"^Written by `(?P<found>[^`]+)`", re.MULTILINE),
    "data": re.compile(r"^- Data: (?P<found>(?:[\d,]*\d|\w+)(?: (?:[\d,]*\d|\w+))*)", re.MULTILINE),
    "score": re.compile(r"^## Score\n\n(?P<found>.+)\.$", re.MULTILINE),
    "parameters": re.compile(r"^(?P<found>[\d,]+) parameters\.$", re.MULTILINE),
    "time": re.compile(r"^- Training took (?P<found>\d+ s)\b", re.MULTILINE),
    "licence": re.compile(r"licence of this package, (?P<found>\w+)\.$", re.MULTILINE),
}
_HEADING = re.compile(r"^#(?=#)", re.MULTILINE)
_BODY = "do not edit by hand.\n\n"  # before it come the card's title and its command
_HEADS = ("model", "trained on", "score", "parameters", "training", "licence", "lessons")


@dataclass(frozen=True)
class Card:
    """The card of a backbone: `text` is the whole card, the other fields are its facts."""

    name: str
    text: str
    command: str
    data: str
    score: str
    parameters: str
    time: str
    licence: str


def read(folder: Path) -> list[Card]:
    """Read the cards stored with the weights. Raise PageError for a card that lacks a fact."""
    return [_card(path) for path in sorted(folder.glob("*.md"))]


def page(cards: Sequence[Card], pages: Sequence[LessonPage]) -> str:
    """Return the table and the cards in Markdown, each with the lessons that load the backbone."""
    rows = [f"| {' | '.join(_HEADS)} |", f"|{'---|' * len(_HEADS)}"]
    sections = []
    for card in cards:
        users = [page for page in pages if _uses(page, card.name)]
        rows.append(_row(card, users))
        sections.append(_section(card, users))
    return "\n\n".join(["\n".join(rows), *sections])


def _uses(page: LessonPage, name: str) -> bool:
    """Return whether a lesson loads backbones and names this one."""
    return "load_backbone(" in page.code and re.search(rf"[\"']{name}[\"']", page.code) is not None


def _card(path: Path) -> Card:
    text = path.read_text(encoding="utf-8")
    facts = {}
    for fact, pattern in _FACTS.items():
        if not (said := pattern.search(text)):
            command = f"python -m transferlab.pretrain {path.stem}"
            raise PageError(f"The model card {path.name} does not say {fact!r}: run `{command}`.")
        facts[fact] = said["found"]
    return Card(path.stem, text, **facts)


def _row(card: Card, users: list[LessonPage]) -> str:
    cells = (
        f"[{card.name}](#model-{card.name})",
        *(card.data, card.score, card.parameters, card.time, card.licence),
        as_links(users) if users else "none",
    )
    return f"| {' | '.join(cells)} |"


def _section(card: Card, users: list[LessonPage]) -> str:
    """Return the card as part of a page: its lessons first, its headings one level down."""
    body = _HEADING.sub("##", card.text.split(_BODY, 1)[1]).strip()
    used = f"Used in {as_links(users)}. " if users else ""
    return f"(model-{card.name})=\n## {card.name}\n\n{used}Trained by `{card.command}`.\n\n{body}"
