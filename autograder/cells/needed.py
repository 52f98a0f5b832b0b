"""Tells which cells of a notebook must be run so that its checks score what they would in full.

A demonstration that trains for a minute is not run in grading if no exercise depends on it. The
analysis reads the cells and runs none; where it can't tell, the cell counts as needed. It must not
know submissions, kernels or scores.

Not followed: what a skipped cell draws from the random state (a check must not depend on it), and
what it changes inside a library by a call that looks like any other (`data.load()` that fills a
cache). That the scores stay the same is proven at each release, by running.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.cells import mentions
from autograder.cells.mentions import STATE, Code, Kinds, Names, Unreadable

# An author's word that a cell changes nothing an exercise needs. A submission is rebuilt from the
# author's notebook, so that a student can't give it.
DEMONSTRATION = "demonstration"


@dataclass(frozen=True)
class _Cell:
    """A code cell; `hidden` says why its names can't be told, if they can't."""

    names: Names
    hidden: str
    graded: bool
    demonstration: bool


def needed(notebook: NotebookNode) -> set[int]:
    """Find the code cells that must be run for the checks to score what they do in a full run.

    Args:
        notebook: a notebook (nbformat 4) whose checks and solutions have nbgrader's metadata.

    Returns:
        Their indices in `notebook.cells`: all graded cells, and what these may depend on.
    """
    return set(reasons(notebook))


def reasons(notebook: NotebookNode) -> dict[int, str]:
    """Tell for each needed cell, by its index, why it is needed: in words for the author."""
    found: dict[int, str] = {}
    kinds, cells = _read(notebook)
    wanted = _Wanted(kinds.objects)
    for index in sorted(cells, reverse=True):
        cell = cells[index]
        reason = "it is graded" if cell.graded else found and _reason(cell, wanted)
        if reason:
            found[index] = reason
            wanted.add(index, cell, [other.names for i, other in cells.items() if i < index])
    return dict(sorted(found.items()))


class _Wanted:
    """What the needed cells found so far use, each name with the last of them that does.

    `directly` are the names that stand in those cells and in functions which they call;
    `reached` are also the names of all that their objects may hold, call or be part of.
    """

    def __init__(self, objects: Set[str]) -> None:
        self.objects = objects
        self.directly: dict[str, int] = {}
        self.reached: dict[str, int] = {}
        self.everything: int | None = None

    def add(self, index: int, cell: _Cell, before: Collection[Names]) -> None:
        """Want what this cell uses; `before` are the cells which make that what it is."""
        if cell.hidden and self.everything is None:
            self.everything = index
        for name in cell.names.uses:
            self.directly.setdefault(name, index)
        for name in _reach(cell.names.uses, before, self.objects):
            self.reached.setdefault(name, index)


def _reason(cell: _Cell, wanted: _Wanted) -> str:
    """Why an ungraded cell is needed, in view of the needed cells after it; else nothing."""
    names = cell.names
    if cell.hidden:
        return f"it can't be analysed: {cell.hidden}"
    if wanted.everything is not None:
        return f"cell {wanted.everything} can't be analysed and may use anything"
    if cell.demonstration:
        return _link("binds", names.binds, wanted.directly)
    if names.sets:
        return "it sets something that has no name here, imports, or writes a file"
    return _link("binds", names.binds, wanted.reached) or _link(
        "mentions", names.uses & wanted.objects, wanted.reached
    )


def _link(verb: str, names: Set[str], wanted: Mapping[str, int]) -> str:
    shared = sorted(names & wanted.keys())
    return f"it {verb} {shared[0]}, which cell {wanted[shared[0]]} may use" if shared else ""


def _reach(start: Set[str], cells: Collection[Names], objects: Set[str]) -> set[str]:
    """All names that matter to who uses the names in `start`, once these cells have run.

    Objects that one cell mentions together may hold each other from then on (`b = a`,
    `a.append(b)`), and may call the functions it mentions: a change of any is a change of all.
    """
    reached = set(start)
    size = 0
    while len(reached) > size:
        size = len(reached)
        for cell in cells:
            if (cell.mentions | cell.binds) & objects & reached:
                reached |= cell.mentions | (cell.binds & objects)
    return reached


def _read(notebook: NotebookNode) -> tuple[Kinds, dict[int, _Cell]]:
    codes: dict[int, Code] = {}
    hidden: dict[int, str] = {}
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            try:
                codes[index] = mentions.read(cell.source)
            except Unreadable as error:
                hidden[index] = str(error)
    kinds = mentions.kinds_of(codes.values())
    found: dict[int, Names] = {}
    for index, code in codes.items():
        try:
            found[index] = mentions.names_of(code, kinds)
        except Unreadable as error:
            hidden[index] = str(error)
    _pass_on_state([found[index] for index in sorted(found)], kinds.objects)
    return kinds, {
        index: _cell(notebook.cells[index], found.get(index, Names()), hidden.get(index, ""))
        for index in sorted(codes.keys() | hidden.keys())
    }


def _pass_on_state(cells: Iterable[Names], objects: Set[str]) -> None:
    """Mark the cells that may call a function which sets something, if only through an object."""
    carriers = {STATE}
    for cell in cells:
        if carriers & (cell.mentions | cell.binds):
            cell.sets = True
            carriers |= (cell.mentions | cell.binds) & objects


def _cell(cell: NotebookNode, found: Names, hidden: str) -> _Cell:
    meta = cell.metadata.get("nbgrader", {})
    return _Cell(
        names=found,
        hidden=hidden,
        graded=bool(meta.get("grade") or meta.get("solution")),
        demonstration=DEMONSTRATION in cell.metadata.get("tags", []),
    )
