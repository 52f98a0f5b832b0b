"""What the tests of importing share: the toy lesson released, and downloads of it."""

import copy
import io
import zipfile
from pathlib import Path

import nbformat

from autograder.lesson.release import release_lesson
from autograder.lms.import_download import ImportOptions, open_download
from autograder.lms.roster import Roster, read_roster
from autograder.workspace.folders import Workspace, create_workspace
from tests.grading.submitting import DOUBLE, HALVE, LESSON, named

HERE = Path(__file__).parent
FILE = f"{LESSON}.ipynb"


def released(root: Path) -> Workspace:
    """A workspace with the toy lesson in it."""
    workspace = create_workspace(root)
    release_lesson(HERE / "solutions" / f"{LESSON}.py", workspace)
    return workspace


def roster_of(folder: Path, text: str) -> Roster:
    """The roster that a file with this text is."""
    path = folder / "roster.csv"
    path.write_text(text)
    return read_roster(path)


def answered(workspace: Workspace, double: str = DOUBLE, halve: str = HALVE) -> bytes:
    """A student's notebook."""
    notebook = nbformat.read(workspace.release / LESSON / FILE, as_version=4)
    notebook = copy.deepcopy(notebook)
    named(notebook, "double").source = double
    named(notebook, "halve").source = halve
    return nbformat.writes(notebook).encode()


def zipped(files: dict[str, bytes | str]) -> bytes:
    """A zip's bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def download(path: Path, files: dict[str, bytes | str]) -> Path:
    """A zip, or a folder where the path has no ending."""
    if path.suffix:
        path.write_bytes(zipped(files))
        return path
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        (path / name).write_bytes(data)
    return path


def take_in(workspace: Workspace, path: Path, lesson: str = LESSON, **options):
    """Import a download; return what became of each, by student or else by its name there."""
    with open_download(workspace, lesson, path, ImportOptions(**options)) as importing:
        rows = [row for several in importing for row in several]
    found: dict = {}
    for row in rows:
        found.setdefault(row.student or row.source, []).append(row)
    return found


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }
