"""What can't be graded is said before it runs, in words its author can act on."""

import copy
import json

import nbformat
import pytest

from autograder.intake import LARGEST_BYTES, problem_with
from autograder.release import solved_notebook

LESSON = "01_toy"


@pytest.fixture(scope="module")
def source(toy_repository):
    """The toy lesson with its solutions."""
    return solved_notebook(toy_repository / "solutions" / "01_toy.py")


@pytest.fixture
def examine(tmp_path, source):
    """Examine a text, bytes or notebook as a submission."""

    def examine(content, name=f"{LESSON}.ipynb"):
        if isinstance(content, nbformat.NotebookNode):
            content = nbformat.writes(content)
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(data)
        return problem_with(tmp_path, LESSON, source)

    return examine


def test_the_solution_is_fine(examine, source):
    assert examine(source) is None


BAD_FILES = {
    "is empty": "",
    "it isn't JSON": "This is my homework.",
    "not a notebook (it isn't JSON)": "<html><body>Sign in</body></html>",
    "01_toy.ipynb is not a notebook": '{"cells": [\n<<<<<<< HEAD\n]}',
    "is not text": b"\xff\xfe\x00\x01",
    "nested too deeply": "[" * 200_000,
    "is larger than 20 MB": " " * (LARGEST_BYTES + 1),
    "is not a valid notebook": "[1, 2, 3]",
    "fetch the lesson again": '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "not this lesson's notebook": nbformat.writes(nbformat.v4.new_notebook()),
}


@pytest.mark.parametrize("reason", BAD_FILES)
def test_bad_file(examine, reason):
    problem = examine(BAD_FILES[reason])
    assert problem is not None
    assert reason in problem
    assert "\n" not in problem


def test_missing_and_renamed(examine, source, tmp_path):
    assert "rename it to 01_toy.ipynb" in examine(source, "my work.ipynb")
    (tmp_path / "my work.ipynb").unlink()
    assert "01_toy.ipynb is missing: put it" in problem_with(tmp_path, LESSON, source)


def test_link_is_not_followed(source, tmp_path):
    (tmp_path / "elsewhere.json").write_text(nbformat.writes(source))
    (tmp_path / f"{LESSON}.ipynb").symlink_to(tmp_path / "elsewhere.json")
    assert "is missing" in problem_with(tmp_path, LESSON, source)


def without(notebook, *ids):
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell.id not in ids]
    return notebook


def test_cells(examine, source):
    assert examine(without(source, "double_check")) is None
    assert examine(without(source, "halve")) is None
    problem = examine(without(source, "double", "double_check"))
    assert "double and double_check were deleted" in problem
    twice = copy.deepcopy(source)
    twice.cells.append(nbformat.from_dict({**twice.cells[-1], "id": "again"}))
    assert "quiz_check is in the notebook 2 times" in examine(twice)
    renamed = copy.deepcopy(source)
    renamed.cells[3].metadata.nbgrader.grade_id = "triple"
    assert "triple is not part of this lesson" in examine(renamed)
    odd = json.loads(nbformat.writes(source))
    odd["cells"][0]["metadata"]["nbgrader"] = "odd"
    assert examine(json.dumps(odd)) is None
