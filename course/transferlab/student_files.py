"""Save a student's small files: whole or not at all, and never over one that could not be read.

It must not know what the files hold.
"""

import os
from pathlib import Path


def write(path: Path, content: str | bytes) -> None:
    """Replace what `path` holds by `content` in one step; a crash leaves the old or the new file.

    Raises `OSError` when the folder cannot be written or the disk is full; `path` is then
    unchanged, and nothing else is left behind.
    """
    data = content.encode() if isinstance(content, str) else content
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError:
        if draft.is_file():
            draft.unlink()
        raise


def set_aside(path: Path) -> Path:
    """Rename an unreadable `path` to a free name ending in `.bad`, and return that name.

    Raises `OSError` when the folder cannot be written.
    """
    aside, count = path.with_name(f"{path.name}.bad"), 1
    while aside.exists():
        count += 1
        aside = path.with_name(f"{path.name}.{count}.bad")
    return path.replace(aside)


def reason(error: OSError) -> str:
    """Return why a file operation failed, in the operating system's own few words."""
    return error.strerror or type(error).__name__
