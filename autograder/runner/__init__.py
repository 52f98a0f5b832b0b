"""Run cells inside the sandbox, where student code can change anything; trust nothing from it."""

from autograder.runner.other_language import command_of
from autograder.runner.run_cells import serve

# A launcher starts this package by its name, so that the launcher need not import it.
RUNNER = __name__

__all__ = [
    "RUNNER",
    "command_of",
    "serve",
]
