"""Run a notebook from outside the sandbox: send its cells to a runner, collect their outputs."""

from autograder.execution.notebook import Execution, Judging, Launcher, Runtime, TimeLimits, execute

__all__ = [
    "Execution",
    "Judging",
    "Launcher",
    "Runtime",
    "TimeLimits",
    "execute",
]
