"""A class of invented students, for showing and testing a submission's path from start to end.

They fetch, solve and submit through nbgrader's exchange as real students do. Their answers come
from the bank; the result that each of them must get is known beforehand.
"""

import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import answer_bank
from autograder.cells import is_check
from autograder.errors import WorkspaceError
from autograder.files import write_atomically
from autograder.lesson import LessonSource, read_lesson, release_lesson
from autograder.workspace import (
    CONFIG_FILE,
    Workspace,
    as_student,
    collect,
    create_workspace,
    release_to_exchange,
)

_NOISE = """

import functools, sys


def _warn(function):
    @functools.wraps(function)
    def noisy(*args, **kwargs):
        print("a warning that means nothing", file=sys.stderr)
        return function(*args, **kwargs)

    return noisy


{name} = _warn({name})
"""
_LOOP = "def {name}(*args, **kwargs):\n    while True:\n        pass\n"
_EXIT = "import os\n\n\ndef {name}(*args, **kwargs):\n    os._exit(1)\n"


@dataclass(frozen=True)
class Homework:
    """What a student works on: the fetched folder, the lesson with its solutions, the bank."""

    folder: Path
    lesson: LessonSource
    answers: dict[str, tuple[answer_bank.Answer, ...]]

    @property
    def path(self) -> Path:
        """The student's notebook."""
        return self.folder / f"{self.lesson.name}.ipynb"

    @property
    def exercises(self) -> list[str]:
        """The lesson's exercises, in order."""
        return exercises(self.lesson)

    def fill(self, sources: dict[str, str], right_questions: int | None = None) -> None:
        """Write the author's solution into each exercise, or the source given for it."""
        notebook = nbformat.read(self.path, as_version=4)
        solutions = {c.id: c.source for c in self.lesson.notebook.cells}
        for exercise in self.exercises:
            source = sources.get(exercise, solutions[exercise])
            notebook = answer_bank.with_answer(notebook, exercise, source)
        self.write(notebook)
        self.answer_quiz(right_questions)

    def change(self, change: Callable[[NotebookNode], None]) -> None:
        """Read the notebook, change it, write it."""
        notebook = nbformat.read(self.path, as_version=4)
        change(notebook)
        self.write(notebook)

    def write(self, notebook: NotebookNode) -> None:
        """Write the notebook as JupyterLab would."""
        self.path.write_text(nbformat.writes(notebook), encoding="utf-8")

    def answer_quiz(self, right: int | None = None) -> None:
        """Answer all questions, the first `right` of them correctly (all if None)."""
        answers = {}
        for number, question in enumerate(self.lesson.questions):
            wanted = right is None or number < right
            choice = [c.right for c in question.choices].index(wanted)
            answers[question.id] = {
                "choice": choice,
                "tries": 1,
                "fingerprint": question.fingerprint(choice),
            }
        progress = {"version": 1, "answers": answers, "checks": {}}
        (self.folder / "progress.json").write_text(json.dumps(progress), encoding="utf-8")


@dataclass(frozen=True)
class Student:
    """An invented student: what they do, and what result they must get.

    `expected` is their score; None if they must get a reason instead. `reason` is part of the
    reason that they must get.
    """

    name: str
    story: str
    work: Callable[[Homework], None]
    expected: float | None
    reason: str = ""


def students(
    lesson: LessonSource, answers: dict[str, tuple[answer_bank.Answer, ...]]
) -> Iterator[Student]:
    """Invent a class for a lesson: right in different ways, wrong in the bank's ways, broken."""
    points = _points(lesson)
    total = sum(points.values())
    first, *others = exercises(lesson)
    right = {e: [a for a in answers.get(e, ()) if a.kind == "right"] for e in [first, *others]}
    wrong = {e: [a for a in answers.get(e, ()) if a.kind == "wrong"] for e in [first, *others]}

    def filled(sources: dict[str, str], quiz_right: int | None = None) -> Callable[..., None]:
        return lambda homework: homework.fill(sources, quiz_right)

    yield Student("ada", "the author's solution", filled({}), total)
    for number, name in zip(range(_longest(right)), ("bela", "chen"), strict=False):
        sources = {e: a[number % len(a)].source for e, a in right.items() if a}
        yield Student(name, f"right in another way ({number + 1})", filled(sources), total)
    for number, name in zip(range(_longest(wrong)), ("dilan", "elif", "femi"), strict=False):
        chosen = {e: a[number] for e, a in wrong.items() if number < len(a)}
        lost = sum(points[f"{e}_check"] for e in chosen)
        sources = {e: a.source for e, a in chosen.items()}
        story = f"wrong: {chosen[first].title}" if first in chosen else "wrong"
        yield Student(name, f"{story}, and so on", filled(sources), total - lost)
    yield Student("gita", "opened it, did nothing", lambda homework: None, 0)
    stubs = {e: "raise NotImplementedError('Not attempted yet')" for e in others}
    alone = points[f"{first}_check"]
    yield Student("hana", "only the first exercise", filled(stubs, 0), alone)
    noise = _solution(lesson, first) + _NOISE.format(name=first)
    yield Student("igor", "right, with warnings on stderr", filled({first: noise}), total)
    loop = _LOOP.format(name=first)
    yield Student("juri", "an endless loop", filled({first: loop}), total - alone)
    end = _EXIT.format(name=first)
    earned = _points_before(lesson, f"{first}_check")
    yield Student("kofi", "ends Python", filled({first: end}), earned, "Python died in")
    yield Student("lena", "right, deleted a check", _without(f"{first}_check"), total)
    yield Student("milo", "right, tagged the checks to be skipped", _skip_checks, total)
    yield Student("nora", "right, a check twice", _twice(first), total)
    yield Student("otto", "not JSON", _text("This is my homework."), None, "isn't JSON")
    yield Student("pia", "an empty file", _text(""), None, "is empty")
    yield Student("quim", "another lesson's notebook", _other_lesson, None, "not this lesson")
    yield Student(
        "sven",
        "deleted an exercise and its check",
        _without(first, f"{first}_check"),
        total - alone,
    )
    page = _text("<!DOCTYPE html><title>Sign in</title>")
    yield Student("tara", "a web page saved by mistake", page, None, "isn't JSON")
    yield Student("rosa", "right, renamed the notebook", _renamed, total)


def build(
    root: Path, source: Path, bank_folder: Path, wanted: set[str] | None = None
) -> tuple[Workspace, list[Student]]:
    """Release a lesson into a new workspace, let the class fetch, work and submit, and collect.

    Args:
        root: the new workspace's folder; it must not exist, or hold a class built earlier, or hold
            only the configuration, which is kept.
        source: the lesson's percent script.
        bank_folder: the bank of answers.
        wanted: names of the students who take part; all if None.

    Raises:
        WorkspaceError: `root` holds something else.
        ExchangeFailed: nbgrader's exchange refused.
    """
    _make_room(root)
    workspace = create_workspace(root)
    lesson = read_lesson(source)
    release_lesson(source, workspace)
    release_to_exchange(lesson.name, workspace)
    answers = answer_bank.load(lesson.name, bank_folder)
    pupils = [s for s in students(lesson, answers) if wanted is None or s.name in wanted]
    for student in pupils:
        home = workspace.root / "students" / student.name
        home.mkdir(parents=True)
        as_student(student.name, lesson.name, home, "FetchAssignment", workspace)
        student.work(Homework(home / lesson.name, lesson, answers))
        as_student(student.name, lesson.name, home, "Submit", workspace)
    collect(lesson.name, workspace)
    return workspace, pupils


def exercises(lesson: LessonSource) -> list[str]:
    """Return the grade_ids of a lesson's solution cells, in order."""
    metas = [cell.metadata.get("nbgrader", {}) for cell in lesson.notebook.cells]
    return [meta["grade_id"] for meta in metas if meta.get("solution") and not meta.get("grade")]


def _make_room(root: Path) -> None:
    config = root / CONFIG_FILE
    kept = config.read_bytes() if config.is_file() else None
    if (root / "students").is_dir():
        shutil.rmtree(root)
        if kept is not None:
            write_atomically(config, kept)
    elif root.exists() and any(path != config for path in root.iterdir()):
        raise WorkspaceError(
            f"{root} is not empty and holds no demo class: name another folder with --workspace."
        )


def _points(lesson: LessonSource) -> dict[str, float]:
    checks = [cell.metadata.nbgrader for cell in filter(is_check, lesson.notebook.cells)]
    return {meta.grade_id: float(meta.points) for meta in checks}


def _points_before(lesson: LessonSource, check: str) -> float:
    points = _points(lesson)
    return sum(points[name] for name in itertools.takewhile(lambda name: name != check, points))


def _solution(lesson: LessonSource, exercise: str) -> str:
    return next(cell.source for cell in lesson.notebook.cells if cell.id == exercise)


def _longest(answers: dict[str, list[answer_bank.Answer]]) -> int:
    return max(map(len, answers.values()), default=0)


def _without(*cells: str) -> Callable[[Homework], None]:
    def work(homework: Homework) -> None:
        homework.fill({})

        def delete(notebook: NotebookNode) -> None:
            notebook.cells = [c for c in notebook.cells if c.id not in cells]

        homework.change(delete)

    return work


def _twice(exercise: str) -> Callable[[Homework], None]:
    def work(homework: Homework) -> None:
        homework.fill({})

        def copy_check(notebook: NotebookNode) -> None:
            cell = next(c for c in notebook.cells if c.id == f"{exercise}_check")
            notebook.cells.append(nbformat.from_dict({**cell, "id": "copied"}))

        homework.change(copy_check)

    return work


def _skip_checks(homework: Homework) -> None:
    homework.fill({})

    def tag(notebook: NotebookNode) -> None:
        for cell in filter(is_check, notebook.cells):
            cell.metadata.tags.append("skip-execution")

    homework.change(tag)


def _text(text: str) -> Callable[[Homework], None]:
    def work(homework: Homework) -> None:
        homework.path.write_text(text, encoding="utf-8")

    return work


def _other_lesson(homework: Homework) -> None:
    cell = nbformat.v4.new_code_cell("print('my own experiments')", id="experiments")
    homework.write(nbformat.v4.new_notebook(cells=[cell]))


def _renamed(homework: Homework) -> None:
    homework.fill({})
    homework.path.rename(homework.folder / "my_answers.ipynb")
