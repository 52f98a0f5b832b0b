"""End a process together with everything that it started; know nothing about grading."""

import ctypes
import signal
import sys

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Make this process the parent of what its descendants leave behind, so that it can end it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent() -> None:
    """Have this process killed when its parent ends, however that happens (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def end_descendants(pid: int) -> None:
    """Kill every descendant of a process, including those that appear during the call."""
    for _ in range(5):
        try:
            descendants = psutil.Process(pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return
        living = [p for p in descendants if _kill(p)]
        if not living:
            return
        psutil.wait_procs(living, timeout=1)


def end_tree(pid: int) -> None:
    """Kill a process and every descendant of it."""
    try:
        process = psutil.Process(pid)
        process.send_signal(signal.SIGSTOP)  # so that it starts nothing new
    except psutil.NoSuchProcess:
        return
    end_descendants(pid)
    _kill(process)


def _kill(process: psutil.Process) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True
