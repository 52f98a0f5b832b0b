"""The lessons in the course's folder, and how far the student has come in each.

Nothing about a lesson is written down here: its facts are read from the opening of its notebook,
its questions from quiz.json, and what is done from progress.json. This module changes no file, and
it must not know how any of this is shown.
"""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from transferlab import progress_file, quiz
from transferlab.errors import TransferlabError

State = Literal["not started", "in progress", "done"]

# The facts in a lesson's first cell, in the wording that the student reads.
_TITLE = re.compile(r"^# (?:\d+\. )?(?P<title>.+)$", re.MULTILINE)
_AIMS = re.compile(r"\*\*After this lesson you can\*\*\n\n(?P<aims>(?:- .+\n?)+)")
_AIM = re.compile(r"^- (?P<aim>.+?)[;.]?$", re.MULTILINE)
_TIME = re.compile(r"\*\*Time:\*\* about (?P<minutes>\d+) minutes")
_NEEDS = re.compile(r"\*\*You need:\*\*(?P<needs>.*?)(?:\.\s|$)", re.MULTILINE)  # one sentence
_LESSONS = re.compile(r"lessons? (?P<numbers>\d+(?:(?:, and | and |, | to )\d+)*)")


class CourseError(TransferlabError):
    """No course was found; the message says what to do."""


@dataclass(frozen=True)
class CourseLesson:
    """What a lesson teaches, how long it takes and what it needs.

    Attributes:
        number: its place in the course.
        title: without the number.
        aims: what the student can do afterwards, each a phrase in Markdown.
        minutes: about how long it takes; None when its opening does not say.
        needs: the numbers of the lessons whose content it uses.
        exercises: the names of its exercises, in order.
        notebook: the path of its notebook.
    """

    number: int
    title: str
    aims: tuple[str, ...]
    minutes: int | None
    needs: tuple[int, ...]
    exercises: tuple[str, ...]
    notebook: Path


@dataclass(frozen=True)
class Standing:
    """How far the student has come in a lesson.

    Attributes:
        state: done means that every check passes and every question is answered right.
        passed: how many of the lesson's exercises pass their check.
        right: how many of its questions are answered right.
        questions: how many questions there are.
        minutes: worked so far, as counted by the student's machine.
        problem: a sentence about a file that cannot be read, else "".
    """

    state: State
    passed: int
    right: int
    questions: int
    minutes: int
    problem: str = ""


def find() -> Path:
    """Return the course's folder: the working directory, else the one that holds this package.

    Raises `CourseError` when neither holds a lesson.
    """
    for folder in (Path(), Path(__file__).parents[1]):
        if _notebooks(folder):
            return folder
    raise CourseError(
        "There is no lesson in this folder: start in the course's folder, the one that holds "
        "start.ipynb and the lessons."
    )


def lessons(folder: Path) -> tuple[CourseLesson, ...]:
    """Return the lessons that `folder` holds, in order; others are left out.

    A notebook that cannot be read is listed with nothing but the name of its folder.
    """
    return tuple(_lesson(path) for path in _notebooks(folder))


def standing(lesson: CourseLesson) -> Standing:
    """Return how far the student has come in a lesson. Changes nothing; never raises."""
    folder, problem = lesson.notebook.parent, ""
    begun = os.path.exists(folder / progress_file.FILE)  # like Path.exists, but it never raises
    try:
        state = progress_file.read(folder / progress_file.FILE)
    except ValueError:
        problem = f"{folder.name}/{progress_file.FILE} cannot be read: open the lesson and run it."
        state = progress_file.Progress()
    try:
        tally = quiz.tally(state, folder / quiz.FILE)
    except quiz.QuizError as error:
        problem, tally = str(error), quiz.Tally(0, 0, 0)
    passed = sum(name in state.checks and state.checks[name].passed for name in lesson.exercises)
    all_done = passed == len(lesson.exercises) and tally.right == tally.questions
    is_done = all_done and begun and not problem
    return Standing(
        state="done" if is_done else "in progress" if begun else "not started",
        passed=passed,
        right=tally.right,
        questions=tally.questions,
        minutes=round(state.seconds / 60),
        problem=problem,
    )


def next_lesson(standings: Sequence[tuple[CourseLesson, Standing]]) -> CourseLesson | None:
    """Return the lesson to continue with, or None when all are done.

    It is the first one begun, else the first one whose needs are met, else the first open one.
    """
    open_ = [(lesson, stand.state) for lesson, stand in standings if stand.state != "done"]
    still_open = {lesson.number for lesson, _ in open_}
    begun = [lesson for lesson, state in open_ if state == "in progress"]
    ready = [lesson for lesson, _ in open_ if still_open.isdisjoint(lesson.needs)]
    return next(iter([*begun, *ready, *(lesson for lesson, _ in open_)]), None)


def _notebooks(folder: Path) -> list[Path]:
    found = (path / f"{path.name}.ipynb" for path in folder.glob("[0-9][0-9]_*"))
    return sorted(path for path in found if path.is_file())


def _lesson(path: Path) -> CourseLesson:
    number, _, words = path.stem.partition("_")
    nothing_known = CourseLesson(
        int(number), words.replace("_", " ").capitalize(), (), None, (), (), path
    )
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        opening = "".join(cells[0]["source"])  # a list of lines, or one text
        exercises = tuple(filter(None, map(_exercise, cells)))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return nothing_known
    title, aims, time = (said.search(opening) for said in (_TITLE, _AIMS, _TIME))
    return CourseLesson(
        number=int(number),
        title=title["title"] if title else nothing_known.title,
        aims=tuple(_AIM.findall(aims["aims"])) if aims else (),
        minutes=int(time["minutes"]) if time else None,
        needs=_needs(opening),
        exercises=exercises,
        notebook=path,
    )


def _exercise(cell: dict[str, Any]) -> str:
    """Return the name of the exercise that a cell checks, or "" when it checks none."""
    name = str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
    return name.removesuffix("_check") if name.endswith("_check") and name != "quiz_check" else ""


def _needs(opening: str) -> tuple[int, ...]:
    said = _NEEDS.search(opening)
    numbers: set[int] = set()
    for match in _LESSONS.finditer(said["needs"] if said else ""):
        for first, last in re.findall(r"(\d+)(?: to (\d+))?", match["numbers"]):
            numbers.update(range(int(first), int(last or first) + 1))
    return tuple(sorted(numbers))
