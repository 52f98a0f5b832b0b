"""Run a notebook in processes that are not trusted, and collect the outputs of its cells."""

from autograder.execution.notebook import Bounds, Execution, Judging, Launcher, Runtime, execute

__all__ = [
    "Bounds",
    "Execution",
    "Judging",
    "Launcher",
    "Runtime",
    "execute",
]
