"""Reads what lies in a submitted folder, and trusts none of it; no student code runs here."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from autograder.workspace import IGNORED

MOST_FILES = 500
MOST_BYTES = 50_000_000
_NEVER_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)


def plain_files(folder: Path) -> dict[str, bytes]:
    """A folder's files by relative name: at most `MOST_FILES`, and `MOST_BYTES` in all.

    Links, pipes and devices are passed over, and so is what nbgrader ignores.
    """
    found, left = {}, MOST_BYTES
    for path in _paths(folder):
        content = _read(path, left)
        if content is not None:
            found[path.relative_to(folder).as_posix()] = content
            left -= len(content)
        if len(found) == MOST_FILES:
            break
    return found


def write(files: dict[str, bytes], folder: Path) -> None:
    """Write files into a folder; notebooks are left out, they are run from memory."""
    for name, content in files.items():
        if not name.endswith(".ipynb"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _paths(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in IGNORED)
        for name in sorted(names):
            if not any(Path(name).match(pattern) for pattern in IGNORED):
                yield Path(parent) / name


def _read(path: Path, most: int) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | _NEVER_WAIT)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        content = file.read(most + 1)
    return content if len(content) <= most else None
