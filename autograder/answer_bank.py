"""Read the bank of right and wrong answers that each exercise is tested with.

There is one percent script for each exercise, `<folder>/<lesson>/<exercise>.py`; each of its cells
is one answer: a whole solution cell. It must not know how answers are run or scored.
"""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nbformat import NotebookNode

from autograder.errors import LessonError


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise.

    `title` says how a right answer differs, or which misconception a wrong one shows; `message` is
    part of the message that a wrong one must get.
    """

    exercise: str
    kind: Literal["right", "wrong"]
    title: str
    message: str
    source: str


def load(lesson: str, folder: Path) -> dict[str, tuple[Answer, ...]]:
    """Load a lesson's answers by exercise, in the order in which they are written.

    Raises:
        LessonError: an answer is neither right nor wrong, or a wrong one has no message.
    """
    return {path.stem: _read(path) for path in sorted((folder / lesson).glob("*.py"))}


def with_answer(notebook: NotebookNode, exercise: str, source: str) -> NotebookNode:
    """Return a copy of the notebook in which `source` is the solution cell of `exercise`.

    Raises:
        LessonError: the notebook has no solution cell of that name.
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution") and meta.get("grade_id") == exercise:
            cell.source = source
            return notebook
    raise LessonError(f"There is no solution cell {exercise!r}: name the bank's file after one.")


def _read(path: Path) -> tuple[Answer, ...]:
    import jupytext

    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    return tuple(
        _answer(path, cell)
        for cell in notebook.cells
        if cell.cell_type == "code" and ({"right", "wrong"} & cell.metadata.keys() or cell.source)
    )


def _answer(path: Path, cell: NotebookNode) -> Answer:
    kinds = [kind for kind in ("right", "wrong") if kind in cell.metadata]
    where = f"{path.parent.name}/{path.name}, answer {cell.source.partition(chr(10))[0][:50]!r}"
    if len(kinds) != 1:
        raise LessonError(f'{where}: begin it with # %% right="…" or # %% wrong="…".')
    kind: Literal["right", "wrong"] = "right" if kinds == ["right"] else "wrong"
    message = cell.metadata.get("message", "")
    if kind == "wrong" and not message:
        raise LessonError(f'{where}: add message="…", a part of the message that it must get.')
    return Answer(path.stem, kind, cell.metadata[kind], message, cell.source)
