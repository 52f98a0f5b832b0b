"""The one run of each solved lesson in a session of tests, and what came of it.

nbval runs the lesson in a kernel. What the cells put out is the website's, and each answer of the
bank is tried in the same kernel after the last cell.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from filelock import FileLock

from autograder import answer_bank
from autograder.lesson import find_lessons, solved_notebook
from tests.lessons import nbval_recorder
from tests.lessons.facts import write_with_facts
from transferlab import check

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "course"
LESSONS = find_lessons([], ROOT / "solutions")
ANSWERS = [
    (path.stem, answer)
    for path in LESSONS
    for answers in answer_bank.load(path.stem, ROOT / "tests" / "bank").values()
    for answer in answers
]
REPORT, EXIT_CODE = "report.txt", "exit_code.txt"  # the latter is written last
ERRORS = {kind.__name__: kind for kind in (check.CheckFailed, check.NotAttempted)}


class LessonStopped(Exception):
    """A lesson, or the trial of its answers, did not come to its end."""


class AnswerStopped(Exception):
    """An answer raised what no check turned into a message."""


class InTheKernel(Exception):
    """The traceback of an error that was raised in the lesson's kernel."""


@dataclass(frozen=True)
class Run:
    """What a run of a notebook has left in its folder."""

    folder: Path

    @property
    def is_over(self) -> bool:
        """Whether nbval has ended, whatever came of it."""
        return (self.folder / EXIT_CODE).exists()

    @property
    def exit_code(self) -> int:
        """Pytest's exit code: 0 if each cell ran and printed what is kept."""
        return int((self.folder / EXIT_CODE).read_text())

    @property
    def report(self) -> str:
        """What pytest wrote."""
        return (self.folder / REPORT).read_text(encoding="utf-8")

    @property
    def executed(self) -> bytes:
        """The executed notebook, for the website.

        Raises:
            LessonStopped: a cell raised an error, or the kernel died.
        """
        path = self.folder / nbval_recorder.EXECUTED
        if not path.exists():
            raise LessonStopped(f"{self.folder.name} did not run to its end:\n{self.report}")
        if error := nbval_recorder.first_error(nbformat.read(path, as_version=4)):
            raise LessonStopped(f"{self.folder.name} stopped: {error}")
        return path.read_bytes()

    @cached_property
    def outcomes(self) -> dict[tuple[str, str], dict[str, str]]:
        """What came of each answer, by its exercise and its source."""
        path = self.folder / nbval_recorder.OUTCOMES
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        outcomes = [json.loads(line) for line in lines]
        return {(each["exercise"], each["source"]): each for each in outcomes}


@dataclass(frozen=True)
class SolvedLesson:
    """A lesson's run, and its cells by grade_id, with solutions and with stubs."""

    name: str
    cells: dict[str, str]
    stubs: dict[str, str]
    run: Run

    def judge(self, exercise: str, source: str) -> str:
        """Return what the check printed when `source` was in the place of the solution.

        Raises:
            LessonStopped: the answer could not be tried.
            CheckFailed, NotAttempted, AnswerStopped: what the answer, or its check, raised.
        """
        outcome = self.run.outcomes.get((exercise, source))
        if outcome is None:
            assert self.run.executed  # else it says why
            raise LessonStopped(f"{self.name}: the kernel stopped at this answer or before it.")
        if "error" not in outcome:
            return outcome["printed"]
        error = ERRORS.get(outcome["error"], AnswerStopped)
        raise error(outcome["message"]) from InTheKernel(outcome["traceback"])


class SolvedLessons(dict[str, SolvedLesson]):
    """Lessons by name; each is run when a test of this session, in any process, first asks for it.

    `folder` is the session's.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def __missing__(self, name: str) -> SolvedLesson:
        path = next(path for path in LESSONS if path.stem == name)
        solved = solved_notebook(path)
        student = nbformat.read(COURSE / name / f"{name}.ipynb", as_version=4)
        run = Run(self._folder / name)
        lesson = SolvedLesson(name, _by_grade_id(solved), _by_grade_id(student), run)
        with FileLock(self._folder / f"{name}.lock"):
            if not run.is_over:
                notebook = write_with_facts(path, run.folder)
                to_try = json.dumps(list(_to_try(lesson)))
                notebook.with_name(nbval_recorder.ANSWERS).write_text(to_try, encoding="utf-8")
                run_by_nbval(notebook)
        self[name] = lesson
        return lesson


def run_by_nbval(notebook: Path) -> Run:
    """Run the only notebook in a folder by pytest with nbval."""
    done = subprocess.run(
        [sys.executable, "-m", nbval_recorder.__name__, str(notebook)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    run = Run(notebook.parent)
    (run.folder / REPORT).write_text(done.stdout + done.stderr, encoding="utf-8")
    (run.folder / EXIT_CODE).write_text(str(done.returncode))
    return run


def _to_try(lesson: SolvedLesson) -> Iterator[dict[str, str]]:
    """Give each solution, each stub and each answer of the bank with the check of its exercise."""
    of_exercises = [name for name in lesson.cells if f"{name}_check" in lesson.cells]
    sources = [
        (name, cells[name]) for cells in (lesson.cells, lesson.stubs) for name in of_exercises
    ]
    sources += [(each.exercise, each.source) for name, each in ANSWERS if name == lesson.name]
    for exercise, source in sources:
        check_cell = lesson.cells[f"{exercise}_check"]
        yield {"exercise": exercise, "source": source, "check": check_cell}


def _by_grade_id(notebook: nbformat.NotebookNode) -> dict[str, str]:
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }
