"""The results of grading one submission, as plain data: its checks, and its score or a reason."""

from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.wording import shorten


@dataclass(frozen=True)
class CheckResult:
    """One check of one submission.

    `reason` is empty if all its points were given. `score` follows the rules that were chosen for
    grading, ours or nbgrader's. `other_score` follows the other rules; it is None if nbgrader gives
    no score. `inside` says that the check ran in the student's own process, where cheating code
    could have passed it. `replaced` names what the check relies on and the student's code had
    replaced by then.
    """

    grade_id: str
    score: float
    max_score: float
    reason: str = ""
    notebook: str = ""
    other_score: float | None = None
    inside: bool = False
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What running one submission found.

    Attributes:
        checks: its checks, in order; empty if nothing could be run.
        answered: for each notebook, whether there is an answer in each cell that students fill in,
            by the cell's grade_id.
        notebooks: the executed notebooks by name, as JSON.
        repairs: what had to be repaired before it could be run, a sentence each.
        reason: why nothing could be run, or why running it ended early.
        seconds: processor seconds that its cells took.
        lasting: False if running it again may give another result.
    """

    checks: tuple[CheckResult, ...] = ()
    answered: dict[str, dict[str, bool]] = field(default_factory=dict)
    notebooks: dict[str, str] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    reason: str = ""
    seconds: float = 0.0
    lasting: bool = True

    @property
    def usable(self) -> bool:
        """Whether there was something to run."""
        return bool(self.notebooks)

    def as_dict(self) -> dict[str, Any]:
        """Return all fields in a form that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Result":
        """Return the result for which `as_dict` returned `values`."""
        checks = tuple(
            CheckResult(**{**check, "replaced": tuple(check["replaced"])})
            for check in values["checks"]
        )
        return cls(**{**values, "checks": checks, "repairs": tuple(values["repairs"])})


def grader_error(error: Exception) -> Result:
    """Return the result of a submission on which the grader itself failed."""
    reason = f"Grading it failed ({type(error).__name__}: {shorten(str(error), 120)})"
    return Result(reason=f"{reason}: grade it again, or look at it by hand.", lasting=False)


@dataclass(frozen=True)
class Outcome:
    """How grading one submission ended.

    `score` is None if grading ended with `reason` instead; a `reason` next to a score says why
    running the submission ended early. `cached` says that nothing was run, because nothing had
    changed.
    """

    lesson: str
    student: str
    score: float | None
    max_score: float
    reason: str = ""
    checks: tuple[CheckResult, ...] = ()
    repairs: tuple[str, ...] = ()
    seconds: float = 0.0
    cached: bool = False

    @property
    def graded(self) -> bool:
        """Whether the submission has a score of its own."""
        return self.score is not None

    def as_dict(self) -> dict[str, Any]:
        """Return all fields in a form that JSON can hold."""
        return asdict(self)
