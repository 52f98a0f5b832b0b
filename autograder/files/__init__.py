"""Read and write files, trusted or not; this package knows nothing about what is in them."""

from autograder.files import fingerprint, temporary
from autograder.files.atomic import read_json, write_atomically
from autograder.files.untrusted import (
    MOST_BYTES,
    MOST_FILES,
    merge_files,
    read_regular_file,
    read_regular_files,
    without_code,
    write_files,
)

__all__ = [
    "MOST_BYTES",
    "MOST_FILES",
    "fingerprint",
    "merge_files",
    "read_json",
    "read_regular_file",
    "read_regular_files",
    "temporary",
    "without_code",
    "write_atomically",
    "write_files",
]
