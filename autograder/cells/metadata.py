"""Read what nbgrader's metadata says about a cell of ours.

It must not know what a student submitted.
"""

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

__all__ = ("grade_id", "is_check", "is_solution")


def grade_id(cell: NotebookNode) -> str:
    """Return the name that nbgrader gives the cell; empty if it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_check(cell: NotebookNode) -> bool:
    """Return whether the autograder scores this cell (a person scores a written answer)."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
