"""Pack feedback pages for upload: Moodle's feedback files, Canvas's re-upload, or plain files.

Moodle finds whom a page is for by the folder's name in its own download, Canvas by what comes
before the file's name; both are remembered when a download is imported. It must not know what a
page says.
"""

import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import ExportFailed
from autograder.lms.forms import ExportFormat
from autograder.lms.imported import Records
from autograder.lms.roster import Roster
from autograder.workspace import Workspace


@dataclass(frozen=True)
class Page:
    """A page, and the path at which the system looks for it; "" if that is not known."""

    student: str
    lesson: str
    path: Path
    packed: str


def find_pages(
    workspace: Workspace,
    pairs: Iterable[tuple[str, str]],
    form: ExportFormat,
    roster: Roster | None = None,
) -> Iterator[Page]:
    """Yield the feedback pages of (lesson, student) pairs, each with the name it must get."""
    records: dict[str, Records] = {}
    people = {person.student: person for person in roster.people} if roster else {}
    for lesson, student in pairs:
        path = workspace.feedback / student / lesson / f"{lesson}.html"
        if not path.is_file():
            continue
        if form not in (ExportFormat.MOODLE, ExportFormat.CANVAS):
            yield Page(student, lesson, path, f"{student}/{lesson}.html")
            continue
        if lesson not in records:
            records[lesson] = Records(workspace, lesson)
        known = records[lesson].get(student)
        prefix = known.prefix if known else ""
        person = people.get(student)
        if not prefix and form is ExportFormat.MOODLE and person and person.ids.get("moodle"):
            name = person.name.replace("_", " ") or "Participant"
            prefix = f"{name}_{person.ids['moodle']}_assignsubmission_file_/"
        yield Page(student, lesson, path, f"{prefix}{lesson}.html" if prefix else "")


def pack(pages: Iterable[Page], target: Path) -> dict[str, str]:
    """Put pages into a zip if `target` ends in .zip, otherwise into a folder.

    Returns:
        The students whose page could not be packed, with the reason.

    Raises:
        ExportFailed: there are no pages at all.
    """
    missing, packed = {}, {}
    for page in pages:
        if page.packed:
            packed[page.packed] = page.path
        else:
            missing[page.student] = (
                "the system's name for this student is not known: import the download, or give "
                "the grading worksheet with --roster"
            )
    if not packed and not missing:
        raise ExportFailed("There is no feedback page yet: run `autograder feedback` first.")
    if target.suffix.lower() == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in packed.items():
                archive.write(path, name)
    else:
        for name, path in packed.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / name)
    return missing
