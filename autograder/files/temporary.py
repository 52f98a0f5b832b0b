"""Make temporary folders named after their process, and clear up after killed processes.

It must not know what is in them.
"""

import os
import re
import shutil
import tempfile
import time
from pathlib import Path

import psutil

_NAME = re.compile(r"autograder-(\d+)-.*")
# Another machine or container may share the folder but have its own process ids.
_LEFT_ALONE_SECONDS = 3600


def folder(purpose: str) -> tempfile.TemporaryDirectory[str]:
    """Make a folder that is removed at the end of a `with` block."""
    return tempfile.TemporaryDirectory(prefix=f"autograder-{os.getpid()}-{purpose}-")


def clear() -> None:
    """Remove the folders of processes that have ended; recent ones and others' folders stay."""
    for path in Path(tempfile.gettempdir()).glob("autograder-*"):
        named = _NAME.fullmatch(path.name)
        if named and not psutil.pid_exists(int(named[1])) and _is_old(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime > _LEFT_ALONE_SECONDS
    except OSError:
        return False
