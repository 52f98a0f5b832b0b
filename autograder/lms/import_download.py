"""Import a download: read each student's latest attempt and put it where nbgrader expects it.

It writes what nbgrader's own collecting would: `submitted/STUDENT/LESSON/`, with the time in
`timestamp.txt`. What is not imported stays where it is and is reported with the reason; attempts
that don't count are kept in `downloaded/LESSON/earlier/`. It must not know how anything is scored.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import nbformat
from nbformat import NotebookNode

from autograder.errors import ArchiveRefused, ImportFailed, Unusable
from autograder.files import fingerprint, read_regular_files, write_files
from autograder.lesson import match_name
from autograder.lms import archives
from autograder.lms.archives import Contents, Refused
from autograder.lms.attempts import AS_IT_IS, Attempt, ByStudent, sort_download
from autograder.lms.forms import Lms
from autograder.lms.imported import Known, Records
from autograder.lms.roster import Person, Roster
from autograder.lms.rows import Doubtful, Row, Status
from autograder.record import Journal, due_date, update_students
from autograder.submission import read_submission
from autograder.wording import listed
from autograder.workspace import RECEIPT_FILES, Workspace, timestamp_in, timestamp_text

_JUST_LATE = timedelta(seconds=1)


@dataclass(frozen=True)
class ImportOptions:
    """How to import a download.

    Attributes:
        lms: the system that it comes from; None to recognise it by its file names.
        roster: the class; None to use the names in the download as they are.
        timezone: that of the times the system writes; None for nbgrader's `Exchange.timezone`.
        file_times: use the dates of files as submission times, where names have none.
        replace: let the download replace what is here, even if nothing shows that it is newer.
        dry_run: change nothing.
    """

    lms: Lms | None = None
    roster: Roster | None = None
    timezone: str | None = None
    file_times: bool = False
    replace: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class _Read:
    """An attempt in memory: its files as they will be written, and what was left out."""

    attempt: Attempt
    files: dict[str, bytes] = field(hash=False)
    digest: str
    left_out: tuple[Refused, ...]


@contextmanager
def open_download(
    workspace: Workspace, lesson: str, path: Path, options: ImportOptions
) -> Iterator["Import"]:
    """Open a download to import it, until the `with` block ends; nobody can grade until then.

    Raises:
        LessonError: the lesson does not exist.
        ImportFailed: nothing in it can be imported.
        ArchiveRefused: it can't be opened, or not safely.
        WorkspaceError: a grader is at work here.
    """
    released = sorted(folder.name for folder in workspace.source.iterdir() if folder.is_dir())
    lesson = match_name(lesson, released)
    with ExitStack() as stack:
        contents = stack.enter_context(archives.opened(path))
        if not contents.files and not contents.refused:
            raise ImportFailed(f"{path} is empty: name the folder or archive that you downloaded.")
        if not options.dry_run:
            stack.enter_context(Journal(workspace.root).locked([lesson]))
        yield Import(workspace, lesson, contents, options)


class Import:
    """A download, sorted by student; iterating over it imports one student at a time.

    Attributes:
        lesson: the lesson's full name.
        sorted: the download, by student.
        absent: the students in the roster who have nothing in the download.
    """

    def __init__(
        self, workspace: Workspace, lesson: str, contents: Contents, options: ImportOptions
    ) -> None:
        self.lesson = lesson
        self._workspace = workspace
        self._options = options
        self._contents = contents
        self._due = due_date(workspace, lesson)
        self._source = _source(workspace, lesson)
        self._records = Records(workspace, lesson)
        zone = _zone(workspace, options)
        self.sorted: ByStudent = sort_download(
            contents, lesson, zone, options.lms, options.roster, options.file_times
        )
        present = {*self.sorted.attempts, *(row.student for row in self.sorted.doubtful)}
        people = options.roster.people if options.roster else ()
        self.absent = [person for person in people if person.student not in present]

    def __len__(self) -> int:
        """Return how many times an iteration yields rows."""
        return 1 + len(self.sorted.attempts)

    def __iter__(self) -> Iterator[list[Row]]:
        """Import one student after the other; the rows of what belongs to nobody come first."""
        refused = [
            Doubtful(each.reason, AS_IT_IS).row(each.path) for each in self._contents.refused
        ]
        yield [*refused, *self.sorted.doubtful]
        try:
            for attempts in self.sorted.attempts.values():
                yield self._take(attempts)
        finally:
            if not self._options.dry_run:
                self._records.write()
                update_students(self._workspace, map(_details, self.sorted.people.values()))

    def _take(self, attempts: list[Attempt]) -> list[Row]:
        """Import the latest attempt that has a notebook, and keep the others aside."""
        rows, is_latest = [], True
        for attempt in attempts:
            try:
                read = self._read(attempt)
                row = self._decide(read) if is_latest else self._keep_aside(read)
                is_latest = False
            except ArchiveRefused as error:
                row = self._row(Status.DOUBTFUL, attempt, str(error), AS_IT_IS)
            except Doubtful as doubt:
                row = self._row(Status.DOUBTFUL, attempt, doubt.reason, doubt.advice)
            rows.append(row)
        return rows

    def _read(self, attempt: Attempt) -> _Read:
        """Read an attempt into memory, and find its notebook.

        Raises:
            Doubtful: there is no notebook, or there are several that may be meant.
            ArchiveRefused: it can't be read, or not safely.
        """
        files, left_out = archives.unpack(attempt.files)
        files = {path: held for path, held in files.items() if Path(path).name not in RECEIPT_FILES}
        notebooks = [path for path in files if path.lower().endswith(".ipynb")]
        if not notebooks:
            raise Doubtful(_without_notebook(attempt, files, left_out), "ask for the notebook")
        files = _rooted(files, self._chosen(notebooks, files))
        return _Read(attempt, files, _digest(files), left_out)

    def _chosen(self, notebooks: list[str], files: dict[str, bytes]) -> str:
        """Return the notebook that counts; grading looks for it in the folder that contains it."""
        wanted = f"{self.lesson}.ipynb"
        named = [path for path in notebooks if PurePosixPath(path).name == wanted]
        candidates = named or notebooks
        if len(candidates) > 1:
            candidates = [p for p in candidates if not self._trouble({wanted: files[p]})]
        if len(candidates) == 1:
            return candidates[0]
        raise Doubtful(
            f"{listed(sorted(named or notebooks), 4)} could each be meant",
            f"ask which one counts, put it into the student's folder as {wanted}, and import that",
        )

    def _trouble(self, files: dict[str, bytes]) -> str:
        """Return why grading will find nothing to grade; empty if it will find something."""
        with tempfile.TemporaryDirectory() as name:
            for path, content in files.items():
                if "/" not in path and path.lower().endswith(".ipynb"):
                    Path(name, path).write_bytes(content)
            try:
                read_submission(Path(name), self.lesson, self._source)
            except Unusable as reason:
                return str(reason)
        return ""

    def _decide(self, read: _Read) -> Row:
        """Compare an attempt with what is there, and import it if it counts."""
        attempt, stamp = read.attempt, self._stamp(read.attempt)
        folder = self._workspace.submitted / attempt.student / self.lesson
        before = self._before(attempt.student, folder)
        if before is None:
            self._put(read, folder)
            return self._row(Status.NEW, attempt, self._note(read))
        same = before.digest == read.digest
        newer = attempt.is_newer(before)
        if same and stamp in (None, before.when):
            if newer is not False:
                self._remember(read)
            return self._row(Status.UNCHANGED, attempt, "")
        # If it is the same work with another time, the time is only better known now.
        if not self._options.replace and newer is None and not same:
            raise Doubtful(
                "it differs from what was imported before, and nothing shows which one is newer",
                "import again with --replace if this one counts",
            )
        if not self._options.replace and newer is False:
            return self._keep_aside(read, "what was imported before is newer")
        self._put(read, folder)
        return self._row(Status.REPLACED, attempt, self._note(read))

    def _before(self, student: str, folder: Path) -> Known | None:
        """Return what is in a student's folder, and what is remembered about it."""
        if not folder.is_dir():
            return None
        files = {
            path: held
            for path, held in read_regular_files(folder).items()
            if path not in RECEIPT_FILES
        }
        digest = _digest(files)
        known = self._records.get(student)
        if known is None or known.digest != digest:
            known = Known(digest)
        return replace(known, when=timestamp_in(folder))

    def _stamp(self, attempt: Attempt) -> datetime | None:
        """Return the time that nbgrader gets: the known one, or just after the due date if late."""
        if attempt.when is None and attempt.marked_late and self._due is not None:
            return self._due + _JUST_LATE
        return attempt.when

    def _note(self, read: _Read) -> str:
        """Return what a person should know about an attempt that is imported."""
        notes = [f"{each.path} was left out: {each.reason}" for each in read.left_out[:3]]
        if trouble := self._trouble(read.files):
            notes.append(f"grading will give 0 points: {trouble}")
        if read.attempt.marked_late and read.attempt.when is None:
            notes.append(
                "marked late, but not by how much: recorded as one second late"
                if self._due
                else "marked late, but nbgrader knows no due date: nothing is deducted"
            )
        return "; ".join(notes)

    def _row(self, status: Status, attempt: Attempt, reason: str, advice: str = "") -> Row:
        stamp = self._stamp(attempt)
        late = (stamp - self._due).total_seconds() if stamp and self._due else 0.0
        source, student = attempt.source, attempt.student
        return Row(status, source, student, stamp, max(0.0, late), reason, advice)

    def _put(self, read: _Read, folder: Path) -> None:
        """Put an attempt in place of what is there, and keep the old one aside."""
        self._remember(read)
        if self._options.dry_run:
            return
        files = dict(read.files)
        if stamp := self._stamp(read.attempt):
            files[RECEIPT_FILES[0]] = timestamp_text(stamp).encode()
        incoming = self._records.folder / ".incoming"
        _write(files, incoming)
        if folder.is_dir():
            digest = _digest(read_regular_files(folder))
            aside = self._aside(read.attempt.student, timestamp_in(folder), digest)
            shutil.rmtree(aside, ignore_errors=True)
            aside.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(aside)
        folder.parent.mkdir(parents=True, exist_ok=True)
        incoming.rename(folder)

    def _remember(self, read: _Read) -> None:
        it = read.attempt
        self._records.set(it.student, Known(read.digest, it.prefix, it.when, it.turn, it.date))

    def _keep_aside(self, read: _Read, reason: str = "a later attempt counts") -> Row:
        aside = self._aside(read.attempt.student, read.attempt.when, read.digest)
        if not self._options.dry_run and not aside.exists():
            _write(read.files, aside)
        return self._row(Status.EARLIER, read.attempt, reason)

    def _aside(self, student: str, when: datetime | None, digest: str) -> Path:
        name = f"{when:%Y-%m-%d-%H-%M-%S}-{digest[:8]}" if when else digest[:8]
        return self._records.folder / "earlier" / student / name


def _source(workspace: Workspace, lesson: str) -> NotebookNode:
    path = workspace.source / lesson / f"{lesson}.ipynb"
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise ImportFailed(f"{path} can't be read: run `autograder release` again.") from error


def _zone(workspace: Workspace, options: ImportOptions) -> ZoneInfo:
    name = options.timezone or str(workspace.config().Exchange.get("timezone", "UTC"))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImportFailed(
            f"There is no time zone {name!r}: use a name such as Europe/Berlin or UTC."
        ) from error


def _digest(files: dict[str, bytes]) -> str:
    return fingerprint.of(fingerprint.of_files(files))


def _without_notebook(attempt: Attempt, files: Iterable[str], left_out: tuple[Refused, ...]) -> str:
    if attempt.only_notes:
        return "only a text was submitted, and no file"
    locked = [path for path in files if path.lower().endswith(archives.FOREIGN)]
    if locked:
        return f"there is no notebook, and {listed(locked)} can't be opened here (only zip and tar)"
    if left_out:
        return f"there is no notebook, and {left_out[0].path} was left out: {left_out[0].reason}"
    return f"there is no notebook, only {listed(sorted(files))}" if files else "it is empty"


def _rooted(files: dict[str, bytes], notebook: str) -> dict[str, bytes]:
    """Return the files relative to the notebook's folder; files elsewhere keep their paths."""
    root = notebook.rpartition("/")[0]
    if not root:
        return files
    below = f"{root}/"
    inside = {
        path.removeprefix(below): held for path, held in files.items() if path.startswith(below)
    }
    taken = {path.partition("/")[0].casefold() for path in inside}
    beside = {
        path: held
        for path, held in files.items()
        if not path.startswith(below)
        and not path.lower().endswith(".ipynb")
        and path.partition("/")[0].casefold() not in taken
    }
    return inside | beside


def _write(files: dict[str, bytes], folder: Path) -> None:
    """Write a folder from scratch, replacing anything that an import that was killed left there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_files(files, folder)


def _details(person: Person) -> dict[str, str]:
    """Return a person by the names of nbgrader's columns, which hold 128 letters."""
    details = {
        "first_name": person.first,
        "last_name": person.last,
        "email": person.ids.get("email", ""),
        "lms_user_id": person.ids.get("canvas", ""),
    }
    return {"id": person.student} | {column: text[:128] for column, text in details.items()}
