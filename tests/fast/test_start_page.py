"""The start page: what it shows of the lessons, and that no damaged file breaks it."""

import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from tests.support.course_folder import add_lesson, work
from transferlab import course, start_page

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of three lessons, the first done, the second begun; the working directory."""
    for number, needs in ((1, "Python"), (2, "lesson 1"), (3, "lessons 1 and 2")):
        add_lesson(tmp_path, number, needs)
    work(tmp_path / "01_lesson", right=2, passed=("one", "two"), minutes=65)
    work(tmp_path / "02_lesson", right=1, passed=("one",), minutes=7)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def shown() -> str:
    """What a reader reads of the panel."""
    reader = _Text()
    reader.feed(re.sub("<style>.*?</style>", "", start_page.panel().data, flags=re.DOTALL))
    return " ".join(reader.words)


def test_panel_shows_each_lesson_and_what_comes_next(folder: Path) -> None:
    text = shown()
    assert text.startswith(
        "Continue with 2. Lesson 2 & more 1 of 3 lessons done: 3 of 6 checks passed, "
        "3 of 6 questions right, 1 h 12 min spent"
    )
    assert "10 min nothing ● done 2 of 2 2 of 2 1 h 05 min" in text
    assert "20 min 1 ◐ in progress 1 of 2 1 of 2 7 min" in text
    assert "30 min 1, 2 ○ not started 0 of 2 0 of 2 0 min" in text
    assert "Afterwards you can find a < b and one thing (and 1 more) do the other" in text
    html = start_page.panel().data
    assert '<a href="03_lesson/03_lesson.ipynb">3. Lesson 3 &amp; more</a>' in html
    assert "<code>a &lt; b</code> and <em>one</em> thing" in html


def test_map_says_what_needs_what(folder: Path) -> None:
    html = start_page.panel().data
    assert 'aria-label="What needs what: lesson 2 needs 1; lesson 3 needs 1 and 2."' in html
    assert html.count("<path") == 3
    assert html.count("<circle") == 3


def test_beginning_and_end(folder: Path) -> None:
    for number in (1, 2):
        (folder / f"0{number}_lesson" / "progress.json").unlink()
    assert shown().startswith("Begin with 1. Lesson 1")
    for number in (1, 2, 3):
        work(folder / f"0{number}_lesson", right=2, passed=("one", "two"), minutes=1)
    assert shown().startswith("You have done all lessons.")


def test_damaged_files_are_told_beside_their_lesson(folder: Path) -> None:
    (folder / "01_lesson" / "progress.json").write_text("{")
    (folder / "02_lesson" / "quiz.json").unlink()
    (folder / "03_lesson" / "03_lesson.ipynb").write_text("<script>")
    text = shown()
    assert "⚠ 01_lesson/progress.json cannot be read" in text
    assert "quiz.json is missing" in text
    assert "3. Lesson" in text


def test_lesson_that_is_not_there_is_not_drawn(folder: Path) -> None:
    add_lesson(folder, 5, needs="lesson 4")
    html = start_page.panel().data
    assert html.count("<path") == 3
    assert html.count("<circle") == 4


def test_start_page_runs_in_this_course(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "course")
    notebook = nbformat.read("start.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, {})
    assert f"of {len(course.lessons(Path()))} lessons done" in shown()
