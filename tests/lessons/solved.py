"""A solved lesson, run once in this process, in which each answer of the bank is then tried."""

import contextlib
import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.lesson import answer_bank, write_solved
from autograder.lesson.source import find_lessons

ROOT = Path(__file__).parents[2]
LESSONS = find_lessons([], ROOT / "solutions")
ANSWERS = [
    (path.stem, answer)
    for path in LESSONS
    for answers in answer_bank.load(path.stem, ROOT / "tests" / "bank").values()
    for answer in answers
]


@dataclass(frozen=True)
class SolvedLesson:
    """What a lesson's cells define once they have run, and the cells themselves by grade_id."""

    name: str
    folder: Path
    namespace: dict[str, object]
    cells: dict[str, str]
    stubs: dict[str, str]

    def judge(self, exercise: str, source: str) -> str:
        """Put `source` in the place of the solution, run the check, and return what it printed."""
        namespace = dict(self.namespace)
        printed = io.StringIO()
        here = Path.cwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(source, f"<{exercise}>", "exec"), namespace)
                check = self.cells[f"{exercise}_check"]
                exec(compile(check, f"<{exercise}_check>", "exec"), namespace)
        finally:
            os.chdir(here)
        return printed.getvalue()


def run(path: Path, folder: Path) -> SolvedLesson:
    notebook = nbformat.read(write_solved(path, folder), as_version=4)
    shutil.copy(ROOT / "course" / path.stem / "quiz.json", folder)
    namespace: dict[str, object] = {"__name__": "__main__"}
    here = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    exec(compile(cell.source, f"<{cell.id}>", "exec"), namespace)
    finally:
        os.chdir(here)
    student = nbformat.read(ROOT / "course" / path.stem / f"{path.stem}.ipynb", as_version=4)
    return SolvedLesson(path.stem, folder, namespace, _by_grade_id(notebook), _by_grade_id(student))


def _by_grade_id(notebook: nbformat.NotebookNode) -> dict[str, str]:
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }
