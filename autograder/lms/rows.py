"""Say what happened to each item in a download, as plain data."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What happened to one item in a download."""

    NEW = "new"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    EARLIER = "earlier"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Row:
    """One item in a download, and what happened to it.

    Attributes:
        source: what it is called in the download.
        when: the trusted submission time, UTC without a time zone.
        late: seconds after the due date, if both are known.
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
        """Return the row as JSON can hold it."""
        time = None if self.when is None else self.when.isoformat() + "Z"
        return {**asdict(self), "status": str(self.status), "when": time}


class Doubtful(Exception):
    """Something that a person must decide; `reason` says why, `advice` what to do."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice

    def row(self, source: str, student: str = "") -> Row:
        """Return this doubt as the row of an item in a download."""
        return Row(Status.DOUBTFUL, source, student, reason=self.reason, advice=self.advice)
