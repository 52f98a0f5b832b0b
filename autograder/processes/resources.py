"""Measure what a process and everything that it started use; know nothing about grading."""

import os
import sys
from collections.abc import Iterator

import psutil

_LINUX = sys.platform == "linux"
_TICKS = os.sysconf("SC_CLK_TCK") if _LINUX else 1
_PAGE = os.sysconf("SC_PAGE_SIZE") if _LINUX else 1


class Usage:
    """The resources that one process and its descendants use; all are 0 after it has ended.

    On systems other than Linux, only the process's own processor time is known.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def seconds(self) -> float:
        """Return the processor seconds, including those of children that ended and were reaped."""
        if _LINUX:
            return sum(map(_seconds, self._family()))
        try:
            return sum(psutil.Process(self._pid).cpu_times()[:4])
        except psutil.Error:
            return 0.0

    def memory(self, enough: int) -> int:
        """Return the bytes that no other process uses; exact only if they may exceed `enough`.

        Processes share memory that neither has changed since a fork; measuring that takes time.
        """
        if not _LINUX:
            return 0
        family = list(self._family())
        roughly = sum(map(_unshared, family))
        return roughly if roughly <= enough else sum(map(_proportional, family))

    def _family(self) -> Iterator[int]:
        """Yield the process and its descendants, found without checking any other process."""
        found = [self._pid]
        for pid in found:
            yield pid
            try:
                threads = os.listdir(f"/proc/{pid}/task")
            except OSError:
                continue
            for thread in threads:
                found += map(int, _text(f"/proc/{pid}/task/{thread}/children").split())


def _seconds(pid: int) -> float:
    fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def _unshared(pid: int) -> int:
    fields = _text(f"/proc/{pid}/statm").split()
    return (int(fields[1]) - int(fields[2])) * _PAGE if fields else 0


def _proportional(pid: int) -> int:
    for line in _text(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss_Anon:"):
            return int(line.split()[1]) * 1024
    return _unshared(pid)


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
