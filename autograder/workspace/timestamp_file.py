"""Read and write the time of a submission in nbgrader's own files next to it."""

from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.files import read_regular_file

# From these nbgrader knows which submission something belongs to, and when it was submitted.
RECEIPT_FILES = ("timestamp.txt", "submission_secret.txt")
_LONGEST_TIMESTAMP = 200


def timestamp_text(when: datetime) -> str:
    """Return a time, UTC without a time zone, as nbgrader writes it into a submitted folder."""
    return f"{when:%Y-%m-%d %H:%M:%S.%f} UTC"


def timestamp_in(folder: Path) -> datetime | None:
    """Return when a folder was submitted, in UTC without a time zone; None if it doesn't say."""
    content = read_regular_file(folder / RECEIPT_FILES[0], _LONGEST_TIMESTAMP) or b""
    try:
        return parse_utc(content.decode().strip()) or None
    except (ValueError, OverflowError):
        return None
