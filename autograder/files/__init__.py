"""Read and write files, trusted or not; this package knows nothing about what is in them."""

from autograder.files import fingerprint, temporary
from autograder.files.atomic import read_whole, write_whole
from autograder.files.untrusted import (
    MOST_BYTES,
    MOST_FILES,
    plain_files,
    read_plain,
    together,
    without_code,
    write_files,
)

__all__ = [
    "MOST_BYTES",
    "MOST_FILES",
    "fingerprint",
    "plain_files",
    "read_plain",
    "read_whole",
    "temporary",
    "together",
    "without_code",
    "write_files",
    "write_whole",
]
