"""Show what happened to a download: a table of what a person should look at, and a summary."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from rich.markup import escape
from rich.table import Table

from autograder.lms.roster import Person
from autograder.lms.rows import Row, Status
from autograder.wording import listed

_WORDS = {
    Status.NEW: "new",
    Status.REPLACED: "replaced by a later attempt",
    Status.UNCHANGED: "already here",
    Status.EARLIER: "earlier attempts kept aside",
    Status.DOUBTFUL: "doubtful and not imported",
}


def table(rows: Sequence[Row]) -> Table | None:
    """Return what is doubtful, and what is worth knowing about the rest; None if nothing is."""
    told = [row for row in rows if row.reason]
    if not told:
        return None
    result = Table()
    result.add_column("in the download", overflow="fold")
    result.add_column("student", no_wrap=True)
    result.add_column("status", no_wrap=True)
    result.add_column("reason, and what to do", overflow="fold")
    for row in sorted(told, key=lambda row: row.status is not Status.DOUBTFUL):
        why = f"{row.reason}: {row.advice}" if row.advice else row.reason
        style = "yellow" if row.status is Status.DOUBTFUL else None
        cells = (row.source, row.student, str(row.status), why)
        result.add_row(*map(escape, cells), style=style)
    return result


def summary(rows: Sequence[Row], absent: Sequence[Person]) -> str:
    """Return the counts of each status, in one line."""
    counts = Counter(row.status for row in rows)
    parts = [f"{counts[status]} {words}" for status, words in _WORDS.items() if counts[status]]
    here = [row for row in rows if row.status not in (Status.DOUBTFUL, Status.EARLIER)]
    if late := [row for row in here if row.late > 0]:
        most = timedelta(seconds=round(max(row.late for row in late)))
        parts.append(f"{len(late)} late, the latest by {most}")
    if absent:
        names = listed([person.student for person in absent])
        parts.append(f"{len(absent)} in the roster submitted nothing: {names}")
    return ", ".join(parts)
