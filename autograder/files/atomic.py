"""Read and write files so that a crash leaves either the old content or the new."""

import json
import os
from pathlib import Path
from typing import Any


def read_whole(path: Path) -> dict[str, Any] | None:
    """The JSON object that a file holds; None if there is none, or a torn one."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that after any crash it holds either the old or the new content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
