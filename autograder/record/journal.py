"""Remember what was graded, so that a run that ended early can continue where it stopped.

A result is written once, under a key that covers everything that decides it. A line in the journal
says that the gradebook holds the result. A result without a line is recorded again, which changes
nothing if it was recorded before. So a grader that is killed loses nothing and duplicates nothing.
This module must not know what a result means.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from autograder.errors import WorkspaceError
from autograder.files import read_json, write_atomically

STATE_FOLDER = ".autograder"


class Journal:
    """The results and the journal of one workspace, created if they are missing."""

    def __init__(self, workspace: Path) -> None:
        self._folder = workspace / STATE_FOLDER
        (self._folder / "results").mkdir(parents=True, exist_ok=True)
        self._locks = self._folder / "locks"
        self._locks.mkdir(exist_ok=True)
        self._lines = _journal_path(workspace)
        self._recorded = recorded_keys(workspace)
        self._end_torn_line()

    @contextlib.contextmanager
    def locked(self, lessons: Iterable[str]) -> Iterator[None]:
        """Keep other graders from working on these lessons; they may work on other lessons.

        Raises:
            WorkspaceError: another grader is working on one of these lessons.
        """
        with contextlib.ExitStack() as held:
            for lesson in sorted(set(lessons)):
                lock = FileLock(self._locks / lesson)
                try:
                    held.enter_context(lock.acquire(blocking=False))
                except Timeout:
                    raise WorkspaceError(
                        f"Another grader is working on {lesson} in {self._folder.parent}: wait "
                        "until it has finished, or stop it."
                    ) from None
            yield

    def result(self, key: str) -> dict[str, Any] | None:
        """Return the result that is kept under this key; None if there is none."""
        return kept_result(self._folder.parent, key)

    def keep(self, key: str, result: dict[str, Any]) -> None:
        """Write a result, either completely or not at all."""
        write_atomically(_result_path(self._folder.parent, key), json.dumps(result).encode())

    def is_recorded(self, lesson: str, student: str, key: str) -> bool:
        """Return whether the last result that the gradebook was given is the one under this key."""
        return self._recorded.get((lesson, student)) == key

    def note_recorded(self, lesson: str, student: str, key: str) -> None:
        """Note that the gradebook holds the result under this key."""
        line = json.dumps([lesson, student, key]) + "\n"
        with self._lines.open("a", encoding="utf-8") as lines:
            lines.write(line)
            lines.flush()
            os.fsync(lines.fileno())
        self._recorded[lesson, student] = key

    def _end_torn_line(self) -> None:
        if self._lines.exists() and not self._lines.read_bytes().endswith(b"\n"):
            with self._lines.open("ab") as lines:
                lines.write(b"\n")


def recorded_keys(workspace: Path) -> dict[tuple[str, str], str]:
    """Return the keys of the results that the gradebook holds, by lesson and student.

    It changes nothing.
    """
    keys = {}
    with contextlib.suppress(FileNotFoundError):
        lines = _journal_path(workspace).read_text(encoding="utf-8", errors="replace")
        for line in lines.splitlines():
            with contextlib.suppress(ValueError):  # a line that a killed grader left incomplete
                lesson, student, key = json.loads(line)
                keys[lesson, student] = key
    return keys


def kept_result(workspace: Path, key: str) -> dict[str, Any] | None:
    """Return the result that is kept under this key; None if there is none."""
    return read_json(_result_path(workspace, key))


def _journal_path(workspace: Path) -> Path:
    return workspace / STATE_FOLDER / "journal.jsonl"


def _result_path(workspace: Path, key: str) -> Path:
    return workspace / STATE_FOLDER / "results" / f"{key}.json"
