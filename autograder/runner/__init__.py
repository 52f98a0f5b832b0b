"""Run cells inside the sandbox. Student code can change anything there: trust no answer."""

from autograder.runner.other_language import command_of
from autograder.runner.run_cells import serve

# A launcher starts this package by its name, so that the launcher need not import it.
RUNNER = __name__

__all__ = [
    "RUNNER",
    "command_of",
    "serve",
]
