"""Read the files of a submitted folder without trusting them; no student code runs here."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from transferlab.submitting import IGNORED

MOST_FILES = 500
MOST_BYTES = 50_000_000
# However much a student submits, the answers to the quiz are among the files that are taken.
_FIRST = "progress.json"
_CODE = re.compile(r"\.(py\w?|so|dll|dylib|pth|egg|whl|zip)$|^[^.]*\.egg-info/")
_NEVER_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)


def read_regular_files(folder: Path) -> dict[str, bytes]:
    """Return a folder's files by relative name: at most `MOST_FILES`, and `MOST_BYTES` in all.

    Links, pipes and devices are skipped, and so are files that nbgrader ignores.
    """
    found, left = {}, MOST_BYTES
    for path in _paths(folder):
        content = read_regular_file(path, left)
        if content is not None:
            found[path.relative_to(folder).as_posix()] = content
            left -= len(content)
        if len(found) == MOST_FILES:
            break
    return found


def merge_files(theirs: dict[str, bytes], ours: dict[str, bytes]) -> dict[str, bytes]:
    """Return our files and theirs, without those of theirs that are where one of ours must be."""
    taken = {*ours, *(parent for name in ours for parent in _parents(name))}
    kept = {
        name: content
        for name, content in theirs.items()
        if name not in taken and not any(parent in ours for parent in _parents(name))
    }
    return kept | ours


def without_code(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the student's files that Python can't import."""
    return {name: held for name, held in files.items() if not _CODE.search(name.lower())}


def write_files(files: dict[str, bytes], folder: Path) -> None:
    """Write files into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _parents(name: str) -> list[str]:
    return [parent.as_posix() for parent in Path(name).parents]


def _paths(folder: Path) -> Iterator[Path]:
    if (folder / _FIRST).is_file():
        yield folder / _FIRST
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in IGNORED)
        for name in sorted(names):
            if not any(Path(name).match(pattern) for pattern in IGNORED):
                path = Path(parent) / name
                if path != folder / _FIRST:
                    yield path


def read_regular_file(path: Path, most: int) -> bytes | None:
    """Return a plain file's content; None for a link, pipe, device or more than `most` bytes."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | _NEVER_WAIT)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        content = file.read(most + 1)
    return content if len(content) <= most else None
