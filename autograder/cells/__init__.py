"""Read the code of notebook cells without running it."""

from autograder.cells import parsing
from autograder.cells.check_inputs import check_prelude, names_by_check
from autograder.cells.metadata import grade_id, is_check, is_solution
from autograder.cells.names import ANY_NAME, BUILTIN_NAMES, Bindings, bindings_in
from autograder.cells.needed import needed, reasons

__all__ = [
    "ANY_NAME",
    "BUILTIN_NAMES",
    "Bindings",
    "bindings_in",
    "check_prelude",
    "grade_id",
    "is_check",
    "is_solution",
    "names_by_check",
    "needed",
    "parsing",
    "reasons",
]
