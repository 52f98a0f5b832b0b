"""What becomes of one submission: a score, or a reason why there is none. Plain data."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class CheckResult:
    """One check of one submission; `reason` is empty when all its points were given."""

    grade_id: str
    score: float
    max_score: float
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """How grading one submission ended: `score` is None when it ended with `reason` instead."""

    lesson: str
    student: str
    score: float | None
    max_score: float
    reason: str = ""
    checks: tuple[CheckResult, ...] = ()
    seconds: float = 0.0

    @property
    def graded(self) -> bool:
        """Whether the submission has a score of its own."""
        return self.score is not None

    def as_dict(self) -> dict[str, Any]:
        """Everything as JSON can hold it."""
        return asdict(self)
