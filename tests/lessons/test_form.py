"""What each lesson must hold, whatever it teaches: hints in layers, alt text, a quiz, checks."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from autograder.lesson import solved_notebook, source
from tests.lessons.cells import (
    code_cells,
    exercises,
    imported_in,
    imports,
    last_call,
    prose,
    shown_by_see,
)
from tests.lessons.solved import LESSONS


@pytest.fixture
def notebook(lesson_source: Path) -> nbformat.NotebookNode:
    return solved_notebook(lesson_source)


def test_each_exercise_has_three_layers_of_hints(notebook: nbformat.NotebookNode) -> None:
    hints = [c.source for c in notebook.cells if "hints" in c.metadata.get("tags", [])]
    assert len(hints) == len(exercises(notebook))
    for text in hints:
        assert re.findall(r"<summary>Hint (\d)", text) == ["1", "2", "3"]
        assert text.count("<details>") == text.count("</details>") == 3


def test_each_figure_has_alt_text(notebook: nbformat.NotebookNode) -> None:
    imported = imported_in(notebook)
    shown = [(shown_by_see(cell.source, imported), cell) for cell in code_cells(notebook)]
    figures = [cell for name, cell in shown if name and not name.endswith("explorer")]
    assert figures
    for cell in figures:
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        assert len(alt) > 40, cell.source


def test_an_explorer_shows_what_words_cannot(notebook: nbformat.NotebookNode) -> None:
    imported = imported_in(notebook)
    shown = [shown_by_see(cell.source, imported) for cell in code_cells(notebook)]
    assert [name for name in shown if name.endswith("_explorer")]


def test_checks_stand_on_their_own_feet(notebook: nbformat.NotebookNode) -> None:
    """A check imports what it uses, so that it can be judged apart from the student's imports."""
    imported = imported_in(notebook)
    for cell in code_cells(notebook):
        if cell.metadata.get("nbgrader", {}).get("grade"):
            names = {n.id for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Name)}
            missing = names & imported.keys() - imports(cell.source).keys()
            assert not missing, cell.metadata.nbgrader.grade_id


def test_progress_panel_names_the_exercises(notebook: nbformat.NotebookNode) -> None:
    (panel,) = [c for c in code_cells(notebook) if c.source.startswith("progress.panel(")]
    call = last_call(panel.source)
    assert call is not None
    assert ast.literal_eval(call.args[0]) == exercises(notebook)
    assert 3 <= len(exercises(notebook)) <= 5


def test_reflection_closes_the_lesson(notebook: nbformat.NotebookNode) -> None:
    assert notebook.cells[-1].source.strip() == "reflect.form()"


def test_prose_leads_on(lesson_source: Path, notebook: nbformat.NotebookNode) -> None:
    text = prose(notebook)
    assert "**Predict" in text
    assert "**Next:**" in text or lesson_source == LESSONS[-1]
    _, _, reading = text.partition("### Further reading")
    assert re.search(r"\]\(https?://", reading.partition("\n## ")[0]), "no source is linked"


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
    assert not re.search(rf".*\b{word}\b.*", prose(notebook), re.I)


def test_a_formula_has_single_backslashes(notebook: nbformat.NotebookNode) -> None:
    """A doubled one breaks the line: write the cell as a raw string."""
    formulas = re.findall(r"\$\$.*?\$\$", prose(notebook), re.S)
    assert not [formula for formula in formulas if re.search(r"\\\\[a-z,]", formula)]
