"""What became of each thing in a download. Plain data."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What became of one thing in a download."""

    NEW = "new"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    EARLIER = "earlier"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Row:
    """One thing in a download, and what became of it.

    Attributes:
        source: what it is called in the download.
        when: the trusted time of handing in, UTC without a time zone.
        late: seconds after the due date, as far as both are known.
        reason: why it is doubtful, or what else a person should know.
        advice: what to do next, if anything.
    """

    status: Status
    source: str
    student: str = ""
    when: datetime | None = None
    late: float = 0.0
    reason: str = ""
    advice: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON can hold it."""
        time = None if self.when is None else self.when.isoformat() + "Z"
        return {**asdict(self), "status": str(self.status), "when": time}


class Doubtful(Exception):
    """Something must be decided by a person; `reason` says why, `advice` what to do."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice

    def row(self, source: str, student: str = "") -> Row:
        """This doubt about a thing in a download."""
        return Row(Status.DOUBTFUL, source, student, reason=self.reason, advice=self.advice)
