"""Make the notebook that is run for a student: our own, with only the student's answers in it.

What they did to the rest can't matter then; each such repair is reported in a sentence. Nothing of
it is run here, and the author's solutions stay out, whatever was submitted.
"""

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.cells import BUILTIN_NAMES, bindings_in
from autograder.lesson import HIDDEN, SOLUTION
from autograder.submission.extra_cells import OwnCells
from autograder.submission.read_notebook import (
    SETTINGS,
    Cell,
    SubmittedNotebook,
    identify,
    known_ids,
)
from autograder.wording import listed, plain
from autograder.workspace import STUB

TEXT_STUB = "YOUR ANSWER HERE"
LONGEST_CELL = 200_000
_MARK_SCHEME = "BEGIN MARK SCHEME", "END MARK SCHEME"
# The only tag that students' notebooks have and the source lacks.
_RELEASE_TAG = "raises-exception"
_MOST_COPIES = 20


@dataclass(frozen=True)
class Rebuilt:
    """The notebook to run, and what had to be repaired for it, a sentence each."""

    notebook: NotebookNode
    repairs: tuple[str, ...] = ()


def rebuild(handed: SubmittedNotebook, source: NotebookNode) -> Rebuilt:
    """Rebuild a student's notebook from ours, taking only their answers.

    A cell of their own is kept where an answer needs a name that nothing else binds.

    Args:
        handed: the student's submission.
        source: the instructor's notebook, with solutions and hidden tests.
    """
    return _Rebuilding(source, handed).result()


def released_source(cell: NotebookNode) -> str:
    """Return a cell's text as students get it: no solution, hidden tests or mark scheme."""
    text = _replaced(_replaced(cell.source, HIDDEN), _MARK_SCHEME)
    if not _is_solution(cell):
        return text
    stub = STUB if cell.cell_type == "code" else TEXT_STUB
    # As nbgrader does it: without a marked region, the whole cell is the solution.
    return _replaced(text, SOLUTION, stub) if SOLUTION[0] in text else stub


class _Rebuilding:
    """One notebook that is being rebuilt, and the repairs reported so far."""

    def __init__(self, source: NotebookNode, handed: SubmittedNotebook) -> None:
        self._notebook = copy.deepcopy(source)
        self._repairs = list(handed.notes)
        known = known_ids(source)
        self._copies: dict[str, list[Cell]] = defaultdict(list)
        others: list[Cell] = []
        for cell in handed.cells:
            grade_id = identify(cell, known)
            (others if grade_id is None else self._copies[grade_id]).append(cell)
        self._strangers = [cell.grade_id for cell in others if cell.grade_id]
        ours = {_bare(released_source(cell)) for cell in source.cells}
        self._own = OwnCells(
            cell for cell in others if cell.kind == "code" and _bare(cell.source) not in ours
        )

    def result(self) -> Rebuilt:
        """Rebuild the notebook, cell by cell."""
        places = {}
        for number, cell in enumerate(self._notebook.cells):
            _clean(cell, number)
            if grade_id := _meta(cell).get("grade_id"):
                repair = self._answer if _is_answer(cell) else self._original
                if taken := repair(cell, grade_id, self._copies[grade_id]):
                    places[grade_id] = taken.place
        if moved := _moved(places):
            self._tell(f"{listed(moved)} had been moved: the lesson's order was used.")
        if self._strangers:
            strangers = listed(self._strangers)
            self._tell(f"Not part of this lesson, so left out: {strangers}.")
        self._keep_needed()
        self._notebook.nbformat, self._notebook.nbformat_minor = 4, 5
        return Rebuilt(self._notebook, tuple(self._repairs))

    def _tell(self, repair: str) -> None:
        self._repairs.append(repair)

    def _original(self, cell: NotebookNode, grade_id: str, copies: list[Cell]) -> Cell | None:
        """Leave our cell as it is; report how the student's version of it had changed."""
        what = f"The {'check' if _meta(cell).get('grade') else 'cell'} {plain(grade_id)}"
        if not copies:
            self._tell(f"{what} had been deleted: the original was used.")
            return None
        first = copies[0]
        if len(copies) > 1:
            self._tell(f"{what} was there {len(copies)} times: the original was used, once.")
        if first.kind != cell.cell_type:
            self._tell(f"{what} had been turned into {_kind(first)}: the original was used.")
        elif {_bare(each.source) for each in copies} - {
            _bare(released_source(cell)),
            _bare(cell.source),
        }:
            self._tell(f"{what} had been changed: the original was used.")
        self._tell_settings(cell, first, what)
        return first

    def _answer(self, cell: NotebookNode, grade_id: str, copies: list[Cell]) -> Cell | None:
        """Put the student's answer into our cell, or the released text if there is no answer."""
        what = f"The cell {plain(grade_id)}"
        cell.source = released = released_source(cell)
        taken = self._choose(copies, released, what) if copies else None
        if taken is None or _is_blank(taken.source, released):
            wanted = bindings_in(released).defines
            # They deleted our cell and wrote their own, or wrote below it.
            if wanted and (adopted := self._own.take(wanted)):
                state = "held no answer" if taken else "had been deleted"
                self._tell(
                    f"{what} {state}: your own cell that defines `{min(wanted)}` was used for it."
                )
                cell.source = adopted.source
                return taken
        if taken is None:
            self._tell(f"{what} had been deleted: it counts as not attempted.")
            return None
        if len(taken.source) > LONGEST_CELL:
            self._tell(
                f"{what} holds more than {LONGEST_CELL // 1000} kB of text, so it counts as not "
                "attempted: write it shorter and submit again."
            )
            return taken
        cell.source = taken.source
        if taken.kind != cell.cell_type:
            use = "run as code" if cell.cell_type == "code" else "taken as text"
            self._tell(f"{what} had been turned into {_kind(taken)}: its content was {use}.")
        self._tell_settings(cell, taken, what)
        return taken

    def _choose(self, copies: list[Cell], released: str, what: str) -> Cell:
        """Choose the last copy with an answer, if possible one that binds every name it should."""
        if len(copies) == 1:
            return copies[0]
        if len({_bare(each.source) for each in copies}) == 1:
            self._tell(f"{what} was there {len(copies)} times, all the same: one was used.")
            return copies[0]
        answers = [each for each in copies if not _is_blank(each.source, released)]
        wanted = bindings_in(released).binds
        whole = [e for e in answers[-_MOST_COPIES:] if wanted <= bindings_in(e.source).binds]
        taken = (whole or answers or copies)[-1]
        # The cell may have been split in two: one half may bind what the other needs.
        self._own.add(each for each in answers if each is not taken)
        self._tell(
            f"{what} was there {len(copies)} times: copy {copies.index(taken) + 1} was used, the "
            "last one with an answer in it."
        )
        return taken

    def _tell_settings(self, cell: NotebookNode, theirs: Cell, what: str) -> None:
        """Report whether nbgrader's metadata of the cell was edited; the edit never counts."""
        if not theirs.grade_id:
            self._tell(f"{what} had lost its grading metadata: it was recognised by its id.")
        elif theirs.grade_id != _meta(cell)["grade_id"]:
            new = plain(theirs.grade_id)
            self._tell(f"{what} had been renamed to {new}: it was recognised by its id.")
        given = theirs.settings or {}
        edited = [k for k in SETTINGS if k in given and given[k] != _meta(cell).get(k, 0)]
        tags = set(theirs.tags) - set(cell.metadata.get("tags", [])) - {_RELEASE_TAG}
        if edited or tags:
            names = listed([*edited, *(["tags"] if tags else [])])
            self._tell(f"{what} had other settings ({names}): the lesson's own were used.")

    def _keep_needed(self) -> None:
        """Put each of the student's own cells that an answer needs before the first such answer.

        A cell that uses the answer itself comes after it.
        """
        bound = set(BUILTIN_NAMES)
        for cell in self._notebook.cells:
            if cell.cell_type == "code":
                bound |= bindings_in(cell.source).binds
        kept: list[NotebookNode] = []
        ids = _free_ids(self._notebook)
        for cell in self._notebook.cells:
            before: list[NotebookNode] = []
            after: list[NotebookNode] = []
            if cell.cell_type == "code" and _is_solution(cell):
                for needed in self._own.needed(bindings_in(cell.source), bound):
                    name = plain(_meta(cell)["grade_id"])
                    self._tell(f"{needed.what} was kept, because {name} needs it.")
                    own = new_code_cell(needed.cell.source, id=next(ids))
                    (after if needed.comes_after else before).append(own)
                    bound |= bindings_in(own.source).binds
            kept += [*before, cell, *after]
        self._notebook.cells = kept
        if self._own.too_many:
            self._tell("You have more code of your own than can be examined: keep less of it.")


def _clean(cell: NotebookNode, number: int) -> None:
    cell.setdefault("id", f"cell-{number}")
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None


def _meta(cell: NotebookNode) -> Mapping:
    return cell.metadata.get("nbgrader", {})


def _is_answer(cell: NotebookNode) -> bool:
    """Return whether the student writes this cell; nbgrader locks the text of most tasks."""
    meta = _meta(cell)
    is_open_task = meta.get("task") and not meta.get("grade") and not meta.get("locked")
    return _is_solution(cell) or bool(is_open_task)


def _is_solution(cell: NotebookNode) -> bool:
    return bool(_meta(cell).get("solution"))


def _kind(cell: Cell) -> str:
    return "a cell of unknown kind" if cell.kind == "unknown" else f"a {cell.kind} cell"


def _bare(text: str) -> str:
    """Return a text without what editors change by themselves: line ends, trailing white space."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def _is_blank(text: str, released: str) -> bool:
    return _bare(text) in ("", _bare(released), _bare(STUB), TEXT_STUB)


def _replaced(text: str, markers: tuple[str, str], stub: str = "") -> str:
    """Remove what is between markers, as nbgrader does; leave a stub with the same indentation."""
    begin, end = markers
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        if begin in line:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + each for each in stub.split("\n")] if stub else []
        elif end in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def _moved(places: Mapping[str, int]) -> list[str]:
    """Return the smallest set of cells without which the others are in the lesson's order."""
    best: list[str] = []
    chains: list[list[str]] = []
    for grade_id, place in places.items():
        fitting = [chain for chain in chains if places[chain[-1]] < place]
        chains.append([*max(fitting, key=len, default=[]), grade_id])
        best = max(best, chains[-1], key=len)
    return [grade_id for grade_id in places if grade_id not in best]


def _free_ids(notebook: NotebookNode) -> Iterator[str]:
    """Yield unused ids for the student's own cells: extra-1, extra-2 and so on."""
    taken = {cell.id for cell in notebook.cells}
    number = 0
    while True:
        number += 1
        if (name := f"extra-{number}") not in taken:
            yield name
