"""What nbgrader's metadata says of a cell of ours; it must not know what a student handed in."""

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

__all__ = ("grade_id", "is_check", "is_solution")


def grade_id(cell: NotebookNode) -> str:
    """The name that nbgrader knows it by; empty if it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_check(cell: NotebookNode) -> bool:
    """Whether the autograder scores this cell (a written answer is scored by a person)."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
