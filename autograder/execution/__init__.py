"""Run a notebook in processes that are not trusted, and collect the outputs of its cells."""

from autograder.execution.notebook import Execution, Judging, Launcher, Runtime, TimeLimits, execute

__all__ = [
    "Execution",
    "Judging",
    "Launcher",
    "Runtime",
    "TimeLimits",
    "execute",
]
