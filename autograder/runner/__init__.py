"""Run cells inside the sandbox, where the student's code can change anything: trust none of it."""

from autograder.runner.other_language import command_of
from autograder.runner.run_cells import serve

# What a launcher starts: by this name, so that it imports nothing of it.
RUNNER = __name__

__all__ = [
    "RUNNER",
    "command_of",
    "serve",
]
