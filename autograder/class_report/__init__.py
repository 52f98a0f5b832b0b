"""Show a whole class on one page; the gradebook is read, and nothing is changed."""

from autograder.class_report.write import write_report

__all__ = [
    "write_report",
]
