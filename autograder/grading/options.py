"""Define the options that an instructor can choose for one run of grading."""

from dataclasses import dataclass

from autograder.limits import CELL_SECONDS, DEADLINE_SECONDS


@dataclass(frozen=True)
class Options:
    """The options for one run of grading.

    Attributes:
        jobs: submissions at a time; None for one per processor.
        cell_seconds: processor seconds that one cell may take.
        deadline: wall-clock seconds that one submission may take.
        run_all: whether to run every cell, even those that no check depends on.
        sandboxed: False to run students' code without a sandbox.
        like_nbgrader: whether to score by nbgrader's own rules.
    """

    jobs: int | None = None
    cell_seconds: float = CELL_SECONDS
    deadline: float = DEADLINE_SECONDS
    run_all: bool = False
    sandboxed: bool = True
    like_nbgrader: bool = False
