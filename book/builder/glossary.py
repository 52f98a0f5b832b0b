"""The glossary: terms, the lessons that use them, links both ways; it must not write a page."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from builder.lesson_pages import PageError
from builder.lesson_text import LessonPage, as_links

# What is not prose: code, formulas, headings, links, roles, HTML. It stays as it is.
_NO_PROSE = (
    r"```.*?```|<details.*?</details>|^\([\w-]+\)=$|^#+ [^\n]*|\$\$.*?\$\$|\$[^$\n]+\$"
    r"|(?:\{[\w-]+\})?`[^`]*`|!?\[[^\]]*\]\([^)]*\)|<[^>\n]+>|https?://\S+"
)
# A lookahead, so that every place is tried: a star may also be a sign of multiplication.
_SET_APART = re.compile(r"(?<!\*)(?=(\*{1,2})([^*]+?)[.:]?\1(?!\*))")


@dataclass(frozen=True)
class Term:
    """A term of the course.

    Attributes:
        name: the term as the glossary writes it.
        forms: all ways in which a lesson may write it, including the name.
        means: what it means, in Markdown.
        introduced_in: the number of a lesson, if the lessons themselves do not show it.
        not_in: the numbers of lessons in which the word means something else.
    """

    name: str
    forms: tuple[str, ...]
    means: str
    introduced_in: int | None = None
    not_in: tuple[int, ...] = ()


def read(path: Path) -> tuple[Term, ...]:
    """Read the terms, sorted by name. Raise PageError when two terms claim the same word."""
    written = tomllib.loads(path.read_text(encoding="utf-8"))["term"]
    terms = [
        Term(
            name=each["name"],
            forms=(each["name"], *each.get("also", ())),
            means=each["means"],
            introduced_in=each.get("introduced_in"),
            not_in=tuple(each.get("not_in", ())),
        )
        for each in written
    ]
    claimed: dict[str, str] = {}
    for term in terms:
        for form in term.forms:
            if other := claimed.get(form.lower()):
                raise PageError(f"{path.name} explains {form!r} as {other!r} and {term.name!r}.")
            claimed[form.lower()] = term.name
    return tuple(sorted(terms, key=lambda term: term.name.lower()))


def link(cells: Sequence[NotebookNode], terms: Sequence[Term]) -> set[str]:
    """Link the first occurrence of each term in these text cells; return the names of those found.

    The cells are changed: they belong to a page, never to a student's notebook.
    """
    by_form = {form.lower(): term.name for term in terms for form in term.forms}
    longest_first = sorted(by_form, key=lambda form: (-len(form), form))
    words = "|".join(map(re.escape, longest_first))
    pattern = re.compile(
        rf"(?P<kept>{_NO_PROSE})|(?<![\w-])(?P<word>{words})(?![\w-])",
        flags=re.DOTALL | re.MULTILINE | re.IGNORECASE,
    )
    found: set[str] = set()

    def linked(match: re.Match[str]) -> str:
        word = match["word"]
        if word is None or by_form[word.lower()] in found:
            return match[0]
        found.add(by_form[word.lower()])
        return f"{{term}}`{word} <{by_form[word.lower()]}>`"

    for cell in cells:
        cell.source = pattern.sub(linked, cell.source)
    return found


def entries(terms: Sequence[Term], pages: Sequence[LessonPage]) -> str:
    """Link the terms in the lessons' pages, and return the entries, each with its lessons.

    Raise PageError for a term that no lesson uses.
    """
    set_apart = [(page, words_set_apart(page)) for page in pages]
    first = {term.name: _introduction(term, set_apart) for term in terms}
    used = {
        page.path: link(page.prose, [t for t in terms if page.lesson.number not in t.not_in])
        for page in pages
    }
    lines = ["::::{glossary}"]
    for term in terms:
        where = [page for page in pages if term.name in used[page.path]]
        if not where:
            raise PageError(f"No lesson uses {term.name!r}: remove it from book/glossary.toml.")
        lines += [term.name, f"  {term.means}", "", f"  {_lessons(where, first[term.name])}", ""]
    return "\n".join([*lines, "::::"])


def _introduction(
    term: Term, set_apart: Sequence[tuple[LessonPage, set[str]]]
) -> LessonPage | None:
    """Return the lesson that the term's entry names, else the first that sets it apart, if any."""
    if term.introduced_in is not None:
        return next((p for p, _ in set_apart if p.lesson.number == term.introduced_in), None)
    forms = {form.lower() for form in term.forms}
    return next((page for page, words in set_apart if forms & words), None)


def words_set_apart(page: LessonPage) -> set[str]:
    """Return what is between stars in a lesson's text, in lower case."""
    return {found[1].lower() for cell in page.prose for found in _SET_APART.findall(cell.source)}


def _lessons(where: Sequence[LessonPage], introduction: LessonPage | None) -> str:
    """Return a sentence on the lessons that use a term; the one that introduces it comes first."""
    first = introduction if introduction and introduction in where else where[0]
    others = [page for page in where if page is not first]
    also = f" Also in {as_links(others)}." if others else ""
    return f"Introduced in {as_links([first])}.{also}"
