"""Read the code of notebook cells, and run none of it."""

from autograder.cells import parsing
from autograder.cells.check_inputs import names_by_check, prelude_of
from autograder.cells.metadata import grade_id, is_check, is_solution
from autograder.cells.names import ANYTHING, GIVEN, Bindings, bindings_in
from autograder.cells.needed import needed, reasons

__all__ = [
    "ANYTHING",
    "GIVEN",
    "Bindings",
    "bindings_in",
    "grade_id",
    "is_check",
    "is_solution",
    "names_by_check",
    "needed",
    "parsing",
    "prelude_of",
    "reasons",
]
