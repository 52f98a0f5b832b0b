"""A judge fetches what students write, and has what authors define."""

from pathlib import Path

import nbformat
import pytest

from autograder.cells.check_inputs import check_prelude, names_by_check
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import plan_for


def notebook(*cells: tuple[str, str]) -> nbformat.NotebookNode:
    """Cells by kind: "locked", "solution" or "check"."""
    made = []
    for number, (kind, source) in enumerate(cells):
        cell = nbformat.v4.new_code_cell(source)
        if kind != "locked":
            cell.metadata.nbgrader = {
                "grade": kind == "check",
                "solution": kind == "solution",
                "grade_id": f"{kind}{number}",
                "points": 1,
            }
        made.append(cell)
    return nbformat.v4.new_notebook(cells=made)


def fetched(*cells: tuple[str, str]) -> list[tuple[str, ...]]:
    made = notebook(*cells)
    return list(names_by_check(made, check_prelude(made)).values())


def test_an_answer_is_fetched_and_a_module_is_not() -> None:
    assert fetched(
        ("locked", "import numpy as np"),
        ("solution", "def double(n): return 2 * n"),
        ("check", "assert np.all(double(np.ones(3)) == 2)\nprint('passed')"),
    ) == [("double",)]


def test_what_the_check_itself_binds_is_not_fetched() -> None:
    assert fetched(
        ("solution", "answer = 3\nexpected = 4"),
        ("check", "expected = 3\nassert answer == expected"),
    ) == [("answer",)]


def test_an_own_helper_of_the_author_runs_in_the_judge_with_all_that_it_uses() -> None:
    made = notebook(
        ("locked", "import math\nimport keras\nlimit = 3"),
        ("locked", "def near(a, b):\n    return math.isclose(a, b)\n\nnear(1, 1)"),
        ("solution", "def near(a, b): return True\nanswer = 1"),
        ("check", "assert near(answer, 2)"),
    )
    prelude = check_prelude(made)
    assert prelude == "import math\ndef near(a, b):\n    return math.isclose(a, b)"
    assert list(names_by_check(made, prelude).values()) == [("answer",)]


def test_what_only_a_student_binds_is_not_fetched(tmp_path: Path) -> None:
    check = ("check", "assert all(double(n) == 2 * n for n in range(3))")
    source = notebook(("solution", "def double(n): return 2 * n"), check)
    answer = "def double(n): return 0\ndef all(cases): return True\nrange = n = tuple"
    theirs = notebook(("solution", answer), check)
    nbformat.write(source, tmp_path / "lesson.ipynb")
    plan = plan_for(Lesson.read(tmp_path), "lesson", theirs, {0, 1})
    assert plan.outside == {1: ("double",)}


def test_data_of_a_locked_cell_is_fetched() -> None:
    assert fetched(("locked", "data = [1, 2]"), ("check", "assert sum(data) == 3")) == [("data",)]


def test_what_only_another_check_binds_is_not_fetched() -> None:
    assert fetched(("check", "x = 1\nassert x"), ("check", "assert x == 1")) == [(), ()]


@pytest.mark.parametrize("source", ["%%bash\nls", "def (", "!ls", ""])
def test_a_cell_that_is_no_python_adds_nothing(source: str) -> None:
    assert check_prelude(notebook(("locked", source), ("check", "assert answer"))) == ""
