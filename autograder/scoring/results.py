"""What becomes of one submission: its checks, its score, or a reason. Plain data."""

from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.wording import shorten


@dataclass(frozen=True)
class CheckResult:
    """One check of one submission.

    `reason` is empty when all its points were given. `score` follows the rules that grading was
    asked for, ours or nbgrader's; `other_score` the others, None where nbgrader has none. `inside`
    says that the check ran in the student's own process, so that a cheat could have passed it, and
    `replaced` what it relies on and their code had replaced by then.
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
        answered: for each notebook, whether there is an answer in each cell that students fill,
            by its grade_id.
        notebooks: the executed notebooks by name, as JSON.
        repairs: what had to be mended before it could be run, a sentence each.
        reason: why nothing could be run, or why running it ended early.
        seconds: processor seconds of its cells.
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
        """Everything as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Result":
        """The result of which `as_dict` gave `values`."""
        checks = tuple(
            CheckResult(**{**check, "replaced": tuple(check["replaced"])})
            for check in values["checks"]
        )
        return cls(**{**values, "checks": checks, "repairs": tuple(values["repairs"])})


def mistaken(error: Exception) -> Result:
    """What a submission comes to when the grader itself made a mistake with it."""
    reason = f"Grading it failed ({type(error).__name__}: {shorten(str(error), 120)})"
    return Result(reason=f"{reason}: grade it again, or look at it by hand.", lasting=False)


@dataclass(frozen=True)
class Outcome:
    """How grading one submission ended.

    `score` is None when it ended with `reason` instead; `reason` beside a score says why running it
    ended early. `cached` says that nothing was run, because nothing had changed.
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
        """Everything as JSON can hold it."""
        return asdict(self)
