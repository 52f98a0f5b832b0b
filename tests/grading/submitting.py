"""What the tests of intake and rebuilding share: a lesson, and a student's work on it."""

import copy
import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.lesson.source import read_lesson
from autograder.submission.rebuild import released_source

LESSON = "01_toy"
DOUBLE = "def double(number):\n    return number + number\n"
HALVE = "def halve(number):\n    return number / 2\n"
ESSAY = "The author's own essay, which no student may see."


def toy_source() -> NotebookNode:
    """The toy lesson with solutions, and with a written answer, a locked text and a task."""
    path = Path(__file__).parent / "solutions" / f"{LESSON}.py"
    notebook = read_lesson(path).notebook
    notebook.cells += [
        graded("essay", ESSAY, grade=True, solution=True, points=4),
        graded("aims", "Read this.", locked=True),
        graded("task", "Do it.\n### BEGIN MARK SCHEME\n1 point\n### END MARK SCHEME", task=True),
    ]
    return notebook


def graded(name: str, text: str, **settings) -> NotebookNode:
    """A Markdown cell of nbgrader's."""
    flags = {"grade": False, "solution": False, "locked": False, "task": False, **settings}
    meta = {"nbgrader": {"grade_id": name, "schema_version": 3, **flags}}
    return nbformat.v4.new_markdown_cell(text, id=name, metadata=meta)


def student_notebook(source: NotebookNode) -> NotebookNode:
    """The lesson as released, answered by a student in their own words."""
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        cell.source = released_source(cell)
    named(notebook, "double").source = DOUBLE
    named(notebook, "halve").source = HALVE
    named(notebook, "essay").source = "My essay."
    return notebook


def named(notebook: NotebookNode, name: str) -> NotebookNode:
    """The cell with this id."""
    return next(cell for cell in notebook.cells if cell.id == name)


def code(text: str) -> NotebookNode:
    """A code cell of the student's own."""
    return nbformat.v4.new_code_cell(text)


def put(folder: Path, content, name: str = f"{LESSON}.ipynb") -> Path:
    """Put a notebook, JSON, text or bytes into the student's folder."""
    if isinstance(content, dict | list):
        content = json.dumps(content)
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)
    return folder / name
