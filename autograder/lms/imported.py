"""Remember what was imported for a lesson, so that importing it again changes nothing.

The record is in `downloaded/LESSON/`, which is nbgrader's own place for downloads. If it is lost, a
person may have to say which of two versions is older, and nothing else. It must not know what a
file holds.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from autograder.files import read_json, write_atomically
from autograder.workspace import Workspace

_TIMES = ("when", "date")


@dataclass(frozen=True)
class Known:
    """What is remembered about a student's submission.

    Attributes:
        digest: identifies its files.
        prefix: what the system puts before the names of this student's files.
        when: the trusted submission time, UTC without a time zone.
        turn: grows with each upload, where the system counts them.
        date: when the files were packed, UTC without a time zone; used only for ordering.
    """

    digest: str
    prefix: str = ""
    when: datetime | None = None
    turn: int = 0
    date: datetime | None = None


class Records:
    """What is remembered about one lesson, by student."""

    def __init__(self, workspace: Workspace, lesson: str) -> None:
        self.folder = workspace.root / "downloaded" / lesson
        self._path = self.folder / "imported.json"
        self._known = dict(self._read())

    def get(self, student: str) -> Known | None:
        """Return what is known about a student's submission."""
        return self._known.get(student)

    def set(self, student: str, known: Known) -> None:
        """Remember a student's submission; `write` saves it."""
        self._known[student] = known

    def write(self) -> None:
        """Save what is remembered."""
        rows = {student: _as_json(known) for student, known in sorted(self._known.items())}
        content = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
        write_atomically(self._path, content.encode())

    def _read(self) -> Iterator[tuple[str, Known]]:
        for student, row in (read_json(self._path) or {}).items():
            try:
                times = {name: row[name] and datetime.fromisoformat(row[name]) for name in _TIMES}
                yield student, Known(**{**row, **times})
            except (TypeError, ValueError, KeyError):
                continue  # written by hand, or by another version: treated as new


def _as_json(known: Known) -> dict[str, Any]:
    times = {name: getattr(known, name) for name in _TIMES}
    return asdict(known) | {name: time and time.isoformat() for name, time in times.items()}
