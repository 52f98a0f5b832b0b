"""What each lesson must hold, whatever it teaches: hints in layers, alt text, a quiz, checks."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from autograder import release, source


@pytest.fixture
def notebook(lesson_source: Path) -> nbformat.NotebookNode:
    return release.solved_notebook(lesson_source)


def grade_ids(notebook: nbformat.NotebookNode) -> list[str]:
    return [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]


def test_each_exercise_has_three_layers_of_hints(notebook: nbformat.NotebookNode) -> None:
    hints = [c.source for c in notebook.cells if "hints" in c.metadata.get("tags", [])]
    exercises = [name for name in grade_ids(notebook) if f"{name}_check" in grade_ids(notebook)]
    assert len(hints) == len(exercises)
    for text in hints:
        assert re.findall(r"<summary>Hint (\d)", text) == ["1", "2", "3"]
        assert text.count("<details>") == text.count("</details>") == 3


def test_each_figure_has_alt_text(notebook: nbformat.NotebookNode) -> None:
    figures = [c for c in notebook.cells if re.search(r"^see\.(?!\w*explorer)", c.source, re.M)]
    assert figures
    for cell in figures:
        assert len(cell.metadata.mystnb.image.alt) > 40, cell.source


def test_checks_stand_on_their_own_feet(notebook: nbformat.NotebookNode) -> None:
    """A check imports what it uses, so that it can be judged apart from the student's imports."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            modules = {"keras", "np", "check", "backbones", "data", "quiz"}
            tree = ast.parse(cell.source)
            imported = {
                (name.asname or name.name)
                for node in ast.walk(tree)
                if isinstance(node, ast.Import | ast.ImportFrom)
                for name in node.names
            }
            used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & modules
            assert used <= imported, cell.metadata.nbgrader.grade_id


def test_quiz_is_graded_in_full(lesson_source: Path) -> None:
    lesson = source.read_lesson(lesson_source)
    (points,) = [
        cell.metadata.nbgrader.points
        for cell in lesson.notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "quiz_check"
    ]
    assert 4 <= len(lesson.questions) <= 6
    assert points == len(lesson.questions)


@pytest.mark.parametrize("word", ["simply", "just", "obviously", "trivial"])
def test_prose_talks_down_to_nobody(notebook: nbformat.NotebookNode, word: str) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(rf"\b{word}\b", cell.source, re.I), cell.source
