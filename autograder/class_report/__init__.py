"""Show a whole class on one page; the package reads the gradebook and changes nothing."""

from autograder.class_report.write import write_report

__all__ = [
    "write_report",
]
