"""Find the explorers in the lessons' pages and show them on other pages; it makes none itself."""

import ast
import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import nbformat
import yaml
from nbformat import NotebookNode

from builder.lesson_pages import WIDGET, PageError, last_call, statements
from builder.lesson_text import LessonPage

STATE = "application/vnd.jupyter.widget-state+json"
_REFERENCE = "IPY_MODEL_"
_PLACE = re.compile(r"^\{\{ explorer (\w+) \}\}$", re.MULTILINE)  # the name of a lesson
_FRONT_MATTER = re.compile(r"\A---\n(?P<settings>.*?)---\n", re.DOTALL)
_HEADING = re.compile(r"^#+ (?P<words>.+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Explorer:
    """An explorer in a lesson.

    Attributes:
        page: the lesson's page.
        cell: the cell that shows the explorer.
        lead: the author's introduction in Markdown: what to look at, what to predict.
        models: the widgets that the explorer consists of, by their ids.
    """

    page: LessonPage
    cell: NotebookNode
    lead: str
    models: dict[str, Any]

    @property
    def target(self) -> str:
        """The name by which a link finds the explorer in its lesson."""
        return f"explorer-{self.page.lesson.notebook.stem}"


def explorers(pages: Sequence[LessonPage]) -> list[Explorer]:
    """Return the explorer of each lesson, and mark its place there so that a link can lead to it.

    Raise PageError for a lesson without a working explorer.
    """
    return [_explorer(page) for page in pages]


def section(found: Explorer) -> str:
    """Return the section of an explorer on the page that shows them all, in Markdown."""
    lesson = found.page
    return (
        f"## [{lesson.title}]({lesson.path})\n\n{found.lead}\n\n"
        f"{{{{ explorer {lesson.lesson.notebook.stem} }}}}\n\n"
        f"[Read on in lesson {lesson.lesson.number}](#{found.target})"
    )


def names_explorers(text: str) -> bool:
    """Return whether a page asks for an explorer."""
    return _PLACE.search(text) is not None


def page(text: str, found: Sequence[Explorer]) -> NotebookNode:
    """Return the page, a Markdown text, with explorers where it names their lessons.

    A line `{{ explorer 01_why_transfer }}` stands for the explorer of that lesson. Such a page is a
    notebook, because a notebook holds the widgets' state. Raise PageError for an unknown name.
    """
    by_lesson = {each.page.lesson.notebook.stem: each for each in found}
    settings, text = _parted(text)
    cells: list[NotebookNode] = []
    models: dict[str, Any] = {}
    for place, piece in enumerate(_PLACE.split(text)):
        if not place % 2:
            cells.append(nbformat.v4.new_markdown_cell(piece.strip(), id=f"text-{place}"))
        elif piece in by_lesson:
            cells.append(_alone(by_lesson[piece].cell))
            models |= by_lesson[piece].models
        else:
            raise PageError(f"A page shows the explorer of {piece!r}: write a lesson's name there.")
    state = {"state": models, "version_major": 2, "version_minor": 0}
    return nbformat.v4.new_notebook(cells=cells, metadata={**settings, "widgets": {STATE: state}})


def _parted(text: str) -> tuple[dict[str, Any], str]:
    """Return a page's settings, which a notebook keeps as metadata, and the rest of the page."""
    head = _FRONT_MATTER.match(text)
    return (yaml.safe_load(head["settings"]), text[head.end() :]) if head else ({}, text)


def _explorer(page: LessonPage) -> Explorer:
    cells = page.notebook.cells
    names = {name for name in _from_see(cells) if name.endswith("_explorer")}
    for before, cell in pairwise(cells):
        views = [out for out in cell.get("outputs", ()) if WIDGET in out.get("data", {})]
        if before.cell_type == "markdown" and views and last_call(cell.source) in names:
            # Read before the place is marked, because the mark belongs only to the lesson.
            lead = _HEADING.split(before.source)[-1].strip()
            found = Explorer(page, cell, lead, _models(page.notebook, views[-1].data[WIDGET]))
            before.source = f"({found.target})=\n{before.source}"
            return found
    raise PageError(
        f"No explorer of {page.lesson.notebook.stem} was found: below some text, add a cell whose "
        "last line calls a function of transferlab.see with a name that ends in _explorer."
    )


def _from_see(cells: Sequence[NotebookNode]) -> set[str]:
    """Return the names that the cells import from `transferlab.see`."""
    return {
        alias.asname or alias.name
        for cell in cells
        if cell.cell_type == "code"
        for node in statements(cell.source)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("transferlab.see")
        for alias in node.names
    }


def _models(notebook: NotebookNode, view: Mapping[str, Any]) -> dict[str, Any]:
    """Return the widgets that a view needs: those it refers to, and the links between them."""
    every = notebook.metadata.widgets[STATE].state
    needed, open_ = set(), {view["model_id"]}
    while open_:
        needed |= open_
        open_ = {id for each in open_ for id in _references(every[each])} - needed
    # A link refers to what it links, but nothing refers to a link.
    for id, model in every.items():
        if model.model_name in ("LinkModel", "DirectionalLinkModel"):
            needed |= {id} if needed.issuperset(_references(model)) else set()
    return {id: copy.deepcopy(every[id]) for id in sorted(needed)}


def _references(value: Any) -> Iterator[str]:
    """Yield the ids of the widgets that a widget's state refers to."""
    if isinstance(value, str) and value.startswith(_REFERENCE):
        yield value.removeprefix(_REFERENCE)
    elif isinstance(value, Mapping):
        yield from (id for each in value.values() for id in _references(each))
    elif isinstance(value, list):
        yield from (id for each in value for id in _references(each))


def _alone(cell: NotebookNode) -> NotebookNode:
    """Return the cell as another page shows it: its explorer, without its code."""
    shown = copy.deepcopy(cell)
    shown.outputs = [out for out in shown.outputs if WIDGET in out.get("data", {})]
    shown.metadata["tags"] = ["remove-input"]
    return shown
