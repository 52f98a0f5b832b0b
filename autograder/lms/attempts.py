"""Sort the files of a download by student and attempt; it reads no student's file.

What can't be sorted is reported as doubtful. It must not know what was imported before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from autograder.errors import ArchiveRefused
from autograder.lms.archives import Contents, File
from autograder.lms.file_names import Label, Who, detect, label, without_turn
from autograder.lms.forms import Lms
from autograder.lms.imported import Known
from autograder.lms.roster import Person, Roster, safe_id
from autograder.lms.rows import Doubtful, Row
from autograder.wording import listed, plain

AS_IT_IS = "look at it, then put what counts into a folder named after the student, and import that"
_LONGEST_NOTE = 1_000_000
_SAME_SECONDS = 2  # A zip stores times in steps of two seconds.
_Labelled = list[tuple[Label, File]]


@dataclass(frozen=True)
class Attempt:
    """What one student submitted at one time, not read yet.

    Attributes:
        source: what the download calls it.
        files: its files, with the sender's own names.
        prefix: what the system puts before the names of this student's files.
        when: the trusted time, UTC without a time zone.
        turn: grows with each upload, where the system counts them.
        date: when the files were packed, in UTC; it shows what is newer, not what is late.
        marked_late: whether the system marks it late.
        only_notes: whether there is nothing but what the system wrote itself.
    """

    student: str
    source: str
    files: tuple[File, ...]
    prefix: str = ""
    when: datetime | None = None
    turn: int = 0
    date: datetime | None = None
    marked_late: bool = False
    only_notes: bool = False

    def is_newer(self, other: Known) -> bool | None:
        """Return whether it was submitted after another one; None if nothing shows that."""
        if self.when and other.when and self.when != other.when:
            return self.when > other.when
        if self.turn and other.turn and self.turn != other.turn:
            return self.turn > other.turn
        if self.date and other.date:
            apart = self.date - other.date
            if abs(apart) > timedelta(seconds=_SAME_SECONDS):
                return apart > timedelta()
        return None


@dataclass(frozen=True)
class ByStudent:
    """A download, sorted.

    Attributes:
        lms: the system that it comes from.
        attempts: those of each student, the latest first.
        people: who they are, as far as a roster says.
        doubtful: what can't be assigned to a student.
    """

    lms: Lms
    attempts: dict[str, list[Attempt]] = field(hash=False)
    people: dict[str, Person] = field(hash=False)
    doubtful: tuple[Row, ...]


def sort_download(
    contents: Contents,
    lesson: str,
    zone: ZoneInfo,
    lms: Lms | None = None,
    roster: Roster | None = None,
    file_times: bool = False,
) -> ByStudent:
    """Find out whose work each file is, and which attempt it belongs to.

    Args:
        contents: the download.
        lesson: the lesson's name, which is also its notebook's.
        zone: the time zone in which the system writes its times.
        lms: the system that it comes from; None to recognise it by its file names.
        roster: the class; None to use the names in the download as they are.
        file_times: use the dates of files as submission times, where names have none.
    """
    contents = _unwrapped(contents)
    chosen = lms or detect(file.path for file in contents.files)
    return _Sorting(chosen, lesson, zone, roster, file_times).sort(contents)


class _Sorting:
    def __init__(
        self, lms: Lms, lesson: str, zone: ZoneInfo, roster: Roster | None, file_times: bool
    ) -> None:
        self._lms = lms
        self._lesson = lesson
        self._zone = zone
        self._roster = roster
        self._file_times = file_times
        self._people: dict[str, Person] = {}
        self._doubtful: list[Row] = []

    def sort(self, contents: Contents) -> ByStudent:
        senders = self._senders(contents)
        students: dict[str, list[Who]] = {}
        for who, files in senders.items():
            try:
                students.setdefault(self._student(who, files), []).append(who)
            except Doubtful as doubt:
                self._doubtful.append(doubt.row(_called(files)))
        self._drop_shared(students, senders)
        attempts = {
            student: self._attempts(student, senders[who])
            for student, (who,) in sorted(students.items())
        }
        people = {student: self._people[student] for student in attempts if student in self._people}
        return ByStudent(self._lms, attempts, people, tuple(self._doubtful))

    def _senders(self, contents: Contents) -> dict[Who, _Labelled]:
        senders: dict[Who, _Labelled] = {}
        for file in contents.files:
            if found := label(file.path, self._lms):
                senders.setdefault(found.who, []).append((found, file))
            else:
                doubt = Doubtful(f"its name is not one that {self._lms} gives", AS_IT_IS)
                self._doubtful.append(doubt.row(plain(file.path, 200)))
        return senders

    def _student(self, who: Who, files: _Labelled) -> str:
        """Return the id of a sender.

        Raises:
            Doubtful: the sender can't be identified.
        """
        if self._lms is Lms.BLACKBOARD:
            who = _with_receipt(who, files)
        if self._roster is not None:
            person = self._roster.find(who, self._lms)
            self._people[person.student] = person
            return person.student
        if not (student := _own_id(who, self._lms)):
            raise Doubtful("its name does not name a student", AS_IT_IS)
        return student

    def _drop_shared(self, students: dict[str, list[Who]], senders: dict[Who, _Labelled]) -> None:
        """Drop a student whom two senders claim to be; names that differ in case are one folder."""
        folders: dict[str, list[str]] = {}
        for student in students:
            folders.setdefault(student.casefold(), []).append(student)
        for same in folders.values():
            whos = [who for student in same for who in students[student]]
            if len(whos) < 2:
                continue
            for who in whos:
                others = listed([_called(senders[other]) for other in whos if other != who])
                doubt = Doubtful(
                    f"{others} would be the same student, {same[0]}",
                    "import with a roster that has the system's own id of each student, or put "
                    "the files into folders named after the students",
                )
                self._doubtful.append(doubt.row(_called(senders[who]), same[0]))
            for student in same:
                del students[student]

    def _attempts(self, student: str, labelled: _Labelled) -> list[Attempt]:
        if self._lms is Lms.CANVAS:
            groups = list(_by_turn(labelled, self._lesson))
        else:
            by_time: dict[datetime | None, _Labelled] = {}
            for found, file in labelled:
                by_time.setdefault(found.when, []).append((found, file))
            groups = list(by_time.values())
        return sorted((self._attempt(student, g) for g in groups), key=_order, reverse=True)

    def _attempt(self, student: str, group: _Labelled) -> Attempt:
        own = [(found, file) for found, file in group if not found.is_note]
        first = (own or group)[0][0]
        date = max((self._utc(file.date) for _, file in own if file.date), default=None)
        when = None if first.when is None else self._utc(first.when)
        person = self._people.get(student)
        if when is None and person and person.when:
            when = self._utc(person.when)
        if when is None and self._file_times:
            when = date
        return Attempt(
            student,
            _called(group),
            tuple(replace(file, path=found.file) for found, file in own),
            first.prefix,
            when,
            max(found.turn for found, _ in group),
            date,
            first.late,
            not own,
        )

    def _utc(self, when: datetime) -> datetime:
        """Convert a time to UTC without a zone; one that has none is in the system's zone."""
        aware = when if when.tzinfo else when.replace(tzinfo=self._zone)
        return aware.astimezone(UTC).replace(tzinfo=None)


def _unwrapped(contents: Contents) -> Contents:
    """Remove a folder around everything, as packing or unpacking by hand creates it."""
    tops = {file.path.partition("/")[0] for file in contents.files}
    inner = [file.path.partition("/")[2] for file in contents.files]
    if len(tops) != 1 or not all(inner) or detect(tops) is not Lms.FOLDER:
        return contents
    notebooks = [name for name in inner if "/" not in name and name.endswith(".ipynb")]
    # One notebook directly in it: this is the folder of the only student.
    if len(notebooks) == 1 or not (notebooks or any("/" in name for name in inner)):
        return contents
    files = zip(contents.files, inner, strict=True)
    return replace(contents, files=tuple(replace(file, path=name) for file, name in files))


def _own_id(who: Who, lms: Lms) -> str:
    """Return a student's id where there is no roster: what the download itself calls them."""
    if lms is Lms.CANVAS:
        return safe_id("_".join(filter(None, (who.name, who.number))))
    return safe_id(who.logins[0] if who.logins else who.name)


def _with_receipt(who: Who, files: _Labelled) -> Who:
    """Add what Blackboard's own note says in its first line: `Name: Ada Lovelace (ada)`."""
    for found, file in files:
        if not found.is_note:
            continue
        try:
            content = file.take(_LONGEST_NOTE)
        except (ArchiveRefused, OSError):
            continue
        _, _, said = content.decode("utf-8-sig", "replace").partition("\n")[0].partition(":")
        name, _, login = said.strip().rstrip(")").rpartition("(")
        # It counts only as far as it agrees with the name that the system gave the file.
        if login in who.logins:
            return replace(who, name=name.strip(), logins=(login,))
    return who


def _by_turn(labelled: _Labelled, lesson: str) -> Iterator[_Labelled]:
    """Yield Canvas's uploads as attempts: the newest of each name, then the second newest, etc."""
    given = {found.file for found, _ in labelled}
    versions: dict[str, _Labelled] = {}
    for found, file in labelled:
        bare = without_turn(found.file)
        # Students number files, too: only a certain resubmission loses its number.
        if bare != f"{lesson}.ipynb" and bare not in given:
            bare = found.file
        versions.setdefault(bare, []).append((replace(found, file=bare), file))
    for several in versions.values():
        several.sort(key=lambda each: each[0].turn, reverse=True)
    for place in range(max(map(len, versions.values()))):
        yield [several[place] for several in versions.values() if place < len(several)]


def _order(attempt: Attempt) -> tuple[datetime, int, datetime]:
    return attempt.when or datetime.min, attempt.turn, attempt.date or datetime.min


def _called(files: _Labelled) -> str:
    """Return the name by which a person finds the files in the download."""
    found, file = files[0]
    if found.prefix.endswith("/"):
        before, folder, _ = file.path.partition(found.prefix)
        return plain(before + folder, 200)
    return plain(file.path, 200) + (f" and {len(files) - 1} more" if files[1:] else "")
