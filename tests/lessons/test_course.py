"""What the course must hold in all its lessons together, and beside each of them."""

import re
from pathlib import Path

import pytest

from autograder.lesson import solved_notebook
from tests.lessons.cells import code_cells, exercises, imported_in, shown_by_see
from tests.lessons.solved import ANSWERS, LESSONS, ROOT
from transferlab import quiz


def test_twelve_lessons() -> None:
    assert [path.stem[:2] for path in LESSONS] == [f"{number:02}" for number in range(1, 13)]


def test_enough_to_do() -> None:
    notebooks = [solved_notebook(path) for path in LESSONS]
    assert sum(len(exercises(notebook)) for notebook in notebooks) >= 45
    files = (ROOT / "course" / path.stem / quiz.FILE for path in LESSONS)
    assert sum(len(quiz.load_questions(file)) for file in files) >= 50
    shown = [
        shown_by_see(cell.source, imported_in(notebook))
        for notebook in notebooks
        for cell in code_cells(notebook)
    ]
    assert sum(name.endswith("_explorer") for name in shown) >= 12


def test_enough_wrong_answers() -> None:
    assert sum(answer.kind == "wrong" for _, answer in ANSWERS) >= 135


def test_instructors_find_notes(lesson_source: Path) -> None:
    notes = ROOT / "book" / "instructors" / f"{lesson_source.stem}.md"
    if not notes.exists():
        pytest.fail(f"write book/instructors/{notes.name}")
    text = notes.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(lesson_source.stem[:2])}. ")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[:2] == ["Aims", "Timing"]
    assert "Questions to ask" in headings
