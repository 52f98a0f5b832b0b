"""The course as it lies in a folder: facts from the lessons, standing from the student's files."""

import json
from pathlib import Path

import pytest

from tests.support.course_folder import add_lesson, work
from transferlab import course

ROOT = Path(__file__).parents[2]


def standings(folder: Path) -> list[tuple[course.CourseLesson, course.Standing]]:
    return [(lesson, course.standing(lesson)) for lesson in course.lessons(folder)]


def test_facts_come_from_the_lessons_own_opening(tmp_path: Path) -> None:
    add_lesson(tmp_path, 3, needs="lesson 2")
    add_lesson(tmp_path, 2)
    (tmp_path / "04_empty").mkdir()
    second, third = course.lessons(tmp_path)
    assert third == course.CourseLesson(
        number=3,
        title="Lesson 3 & more",
        aims=("find `a < b` and *one* thing", "do the other"),
        minutes=30,
        needs=(2,),
        exercises=("one", "two"),
        notebook=tmp_path / "03_lesson" / "03_lesson.ipynb",
    )
    assert second.needs == ()


@pytest.mark.parametrize(
    ("said", "needs"),
    [
        ("lesson 2", (2,)),
        ("lessons 2 and 3", (2, 3)),
        ("lessons 2, 3 and 7, and Python", (2, 3, 7)),
        ("lessons 2, 3, and 7", (2, 3, 7)),
        ("lessons 2 to 4 and 7, and of lesson 8 the first half", (2, 3, 4, 7, 8)),
        ("Python 3.11 and lesson 2", (2,)),
        ("3 GB of disk", ()),
    ],
)
def test_needs_as_authors_write_them(tmp_path: Path, said: str, needs: tuple[int, ...]) -> None:
    add_lesson(tmp_path, 10, needs=said)
    (lesson,) = course.lessons(tmp_path)
    assert lesson.needs == needs


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"cells": []}', b'{"cells": [{"source": 1}]}']
)
def test_damaged_notebook_is_listed_by_its_folder(tmp_path: Path, content: bytes) -> None:
    folder = add_lesson(tmp_path, 7)
    (folder / "07_lesson.ipynb").write_bytes(content)
    ((lesson, stand),) = standings(tmp_path)
    assert (lesson.number, lesson.title, lesson.exercises) == (7, "Lesson", ())
    assert stand.state == "not started"


def test_standing(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        add_lesson(tmp_path, number)
    work(tmp_path / "01_lesson", right=2, passed=("one", "two"), minutes=70)
    work(tmp_path / "02_lesson", right=1, passed=("two", "no exercise of this lesson"), minutes=3)
    first, second, third = (stand for _, stand in standings(tmp_path))
    assert first == course.Standing("done", passed=2, right=2, questions=2, minutes=70)
    assert second == course.Standing("in progress", passed=1, right=1, questions=2, minutes=3)
    assert third == course.Standing("not started", passed=0, right=0, questions=2, minutes=0)


@pytest.mark.parametrize("name", ["progress.json", "quiz.json"])
def test_damaged_file_is_told_and_left_alone(tmp_path: Path, name: str) -> None:
    folder = add_lesson(tmp_path, 1)
    work(folder, right=2, passed=("one", "two"), minutes=1)
    (folder / name).write_text("{")
    ((_, stand),) = standings(tmp_path)
    assert stand.state == "in progress"
    assert name in stand.problem
    assert (folder / name).read_text() == "{"


def test_missing_quiz_is_told(tmp_path: Path) -> None:
    (add_lesson(tmp_path, 1) / "quiz.json").unlink()
    ((_, stand),) = standings(tmp_path)
    assert "quiz.json is missing" in stand.problem


def test_what_comes_next(tmp_path: Path) -> None:
    for number, needs in ((1, "Python"), (2, "lesson 3"), (3, "lesson 1"), (4, "lesson 1")):
        add_lesson(tmp_path, number, needs)

    def next_number() -> int | None:
        lesson = course.next_lesson(standings(tmp_path))
        return lesson and lesson.number

    def finish(number: int) -> None:
        work(tmp_path / f"{number:02}_lesson", right=2, passed=("one", "two"), minutes=1)

    assert next_number() == 1
    finish(1)
    assert next_number() == 3, "lesson 2 needs lesson 3"
    work(tmp_path / "04_lesson", right=0, passed=(), minutes=1)
    assert next_number() == 4, "what was begun comes first"
    for number in (4, 3):
        finish(number)
    assert next_number() == 2
    finish(2)
    assert next_number() is None


def test_course_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_lesson(tmp_path, 1)
    monkeypatch.chdir(tmp_path)
    assert course.find().resolve() == tmp_path
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert course.find() == ROOT / "course"
    monkeypatch.setattr(course, "__file__", str(tmp_path / "site" / "transferlab" / "course.py"))
    with pytest.raises(course.CourseError, match="no lesson in this folder"):
        course.find()


def test_the_lessons_of_this_course_say_what_the_start_page_shows() -> None:
    for lesson in course.lessons(ROOT / "course"):
        stored = json.loads(lesson.notebook.read_text(encoding="utf-8"))
        assert "".join(stored["cells"][0]["source"]).startswith(f"# {lesson.number}. ")
        assert len(lesson.aims) >= 3, lesson
        assert lesson.minutes, lesson
        assert all(need < lesson.number for need in lesson.needs), lesson
        assert lesson.needs or lesson.number <= 2, f"{lesson.title}: name the lessons it needs"
        assert lesson.exercises, lesson
