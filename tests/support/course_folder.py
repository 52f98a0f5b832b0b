"""A small course in a folder, as students have it: what tests of the start page look at."""

import json
from pathlib import Path

from transferlab import quiz

OPENING = """\
# {number}. Lesson {number} & more

Some words.

**After this lesson you can**

- find `a < b` and *one* thing;
- do the other.

**Time:** about {minutes} minutes. **You need:** {needs}. Nothing of lesson 9.
"""


def add_lesson(
    course: Path,
    number: int,
    needs: str = "Python",
    exercises: tuple[str, ...] = ("one", "two"),
) -> Path:
    """Write a lesson with two questions into `course`; return its folder."""
    name = f"{number:02}_lesson"
    folder = course / name
    folder.mkdir(parents=True)
    opening = OPENING.format(number=number, minutes=10 * number, needs=needs)
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": opening.splitlines(keepends=True)},
        *(_check(f"{exercise}_check") for exercise in exercises),
        _check("quiz_check"),
    ]
    (folder / f"{name}.ipynb").write_text(json.dumps({"cells": cells}))
    choices = (quiz.Choice("a", "Yes.", True), quiz.Choice("b", "No.", False))
    questions = [quiz.Question(name, f"{name}?", choices) for name in ("q", "r")]
    quiz.save_questions(questions, folder / "quiz.json")
    return folder


def _check(grade_id: str) -> dict[str, object]:
    metadata = {"nbgrader": {"grade": True, "grade_id": grade_id}}
    return {"cell_type": "code", "metadata": metadata, "source": "pass"}


def work(lesson: Path, right: int, passed: tuple[str, ...], minutes: int) -> None:
    """Write the progress of a student who has answered `right` questions right."""
    questions = quiz.load_questions(lesson / "quiz.json").values()
    answers = {
        question.id: {
            "choice": [choice.right for choice in question.choices].index(place < right),
            "tries": 1,
        }
        for place, question in enumerate(questions)
    }
    checks = {name: {"passed": True, "tries": 1} for name in passed}
    stored = {"version": 1, "answers": answers, "checks": checks, "seconds": 60 * minutes}
    (lesson / "progress.json").write_text(json.dumps(stored))
