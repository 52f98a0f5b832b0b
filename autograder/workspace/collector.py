"""Collect submissions from nbgrader's exchange without trusting their times or links.

In the exchange, a submission still belongs to the student. The time in its name and in
`timestamp.txt` is only the student's claim, a file can be changed after the due date, and a link
may lead to something that only the instructor can read. `workspace.configure` makes nbgrader's own
commands use this collector, too. It must not know how anything is graded.

A file's time of change (ctime, inode(7)) is set by the system and can't be set back.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from traitlets import Bool

from autograder.files import read_regular_files, temporary, write_files
from autograder.workspace.timestamp_file import RECEIPT_FILES, timestamp_in, timestamp_text

# nbgrader notes the time and then copies, perhaps over a network with a different clock.
PATIENCE = timedelta(minutes=2)
_LATER = (
    "{username}'s submission says that it is from {said:%Y-%m-%d %H:%M} UTC, but something in it "
    "was changed at {timestamp:%Y-%m-%d %H:%M} UTC, and this time counts."
)


class TrustedCollect(ExchangeCollect):
    """nbgrader's collector, made safe for a class in which somebody may cheat."""

    file_times = Bool(
        True,
        help="Believe a submission's time only as far as its files confirm it. Turn this off for "
        "one collection after the exchange was moved or restored from a backup.",
    ).tag(config=True)

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        """Copy the plain files, without links, and note the time that counts."""
        record = self._path_to_record(src)
        if record["timestamp"] != record["said"]:
            self.log.warning(_LATER.format(**record))
        with temporary.folder("collect") as folder:
            plain = Path(folder, "plain")
            plain.mkdir()
            write_files({} if os.path.islink(src) else read_regular_files(Path(src)), plain)
            if record["timestamp"] != timestamp_in(plain):
                text = timestamp_text(record["timestamp"])
                (plain / RECEIPT_FILES[0]).write_text(text, encoding="utf-8")
            super().do_copy(str(plain), dest, log)

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Return who submitted and when: the time in the name, or later if files changed later."""
        changed = last_change(Path(path))
        try:
            record: dict[str, Any] = super()._path_to_record(path)
        except (ValueError, OverflowError):  # the name contains no valid time
            name = os.path.basename(path)
            record = {"username": name.split("+")[0], "filename": name, "timestamp": changed}
        said = record["timestamp"]
        later = self.file_times and changed > said + PATIENCE
        return {**record, "said": said, "timestamp": changed if later else said}


def last_change(folder: Path) -> datetime:
    """Return when something in a folder was last written, renamed, added or removed, in UTC."""
    newest = max(map(_changed, _all_in(folder)))
    return datetime.fromtimestamp(newest, UTC).replace(tzinfo=None)


def _all_in(folder: Path) -> Iterator[Path]:
    yield folder
    if not folder.is_symlink():
        for parent, folders, names in os.walk(folder):
            yield from (Path(parent, name) for name in (*folders, *names))


def _changed(path: Path) -> float:
    try:
        return path.lstat().st_ctime
    except OSError:  # its owner has just removed it
        return 0.0
