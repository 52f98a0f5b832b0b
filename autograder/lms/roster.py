"""Read the list of a class, in the forms in which Moodle, Canvas and Blackboard export it.

It finds the people on the list whom a download names. It must not know files, submissions or
grades.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from autograder.errors import RosterError
from autograder.files import read_regular_file
from autograder.lms.file_names import Who
from autograder.lms.forms import Lms
from autograder.lms.rows import Doubtful
from autograder.wording import listed, plain

_LARGEST_BYTES = 20_000_000
# What a column holds, and the headers that the systems give it, in lower case.
COLUMNS: dict[str, tuple[str, ...]] = {
    "student": ("student_id", "nbgrader id"),
    "login": ("username", "user name", "sis login id", "login id", "login", "anmeldename"),
    "number": (
        *("id number", "student id", "sis user id", "student number", "matriculation number"),
        *("id-nummer", "matrikelnummer"),
    ),
    "email": ("email address", "email", "e-mail", "e-mail address", "e-mail-adresse"),
    "moodle": ("identifier",),
    "canvas": ("id",),
    "name": ("student", "full name", "name", "vollständiger name"),
    "first": ("first name", "firstname", "first_name", "vorname"),
    "last": ("last name", "lastname", "surname", "last_name", "nachname"),
    "when": ("last modified (submission)",),
}
_IDS = ("student", "login", "number", "email", "canvas")
# As Moodle writes times in English; a time in another language is skipped, with a note.
_TIMES = (
    *("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%A, %B %d, %Y, %I:%M %p"),
    *("%d %B %Y, %I:%M %p", "%d %B %Y, %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"),
)
# Letters that don't come from another one by an accent, and what everybody types instead.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


@dataclass(frozen=True)
class Person:
    """One student of the list.

    Attributes:
        student: the id in the gradebook, and the name of the student's folder.
        ids: every id by which a system may call them, as spelled there, by kind of column.
        cells: the whole row by header.
        when: when they last submitted, in the system's time zone, if the list says so.
    """

    student: str
    first: str
    last: str
    ids: Mapping[str, str] = field(hash=False)
    cells: Mapping[str, str] = field(hash=False)
    when: datetime | None = None

    @property
    def name(self) -> str:
        """The first and last name."""
        return " ".join(filter(None, (self.first, self.last)))


@dataclass(frozen=True)
class Roster:
    """A class: its people, the list's headers, and what could not be read in it."""

    people: tuple[Person, ...]
    headers: tuple[str, ...] = ()
    special: Mapping[str, str] = field(default_factory=dict, hash=False)
    notes: tuple[str, ...] = ()

    def header(self, kind: str) -> str | None:
        """Return the header of the column that holds this kind of thing (see `COLUMNS`)."""
        return _columns(self.headers).get(kind)

    def find(self, who: Who, lms: Lms) -> Person:
        """Return the person whom a download means.

        Raises:
            Doubtful: it means nobody, or more than one person.
        """
        if numbered := self._by_number(who, lms):
            return numbered
        for table, keys in (
            (self._by_id, [_plainly(login) for login in who.logins]),
            (self._by_name, [_compact(who.name)]),
            (self._by_bare_name, [_bare(who.name)]),
        ):
            for key in filter(None, keys):
                if found := table.get(key):
                    return _only(found, who)
        raise Doubtful(
            f"nobody in the roster is {plain(str(who))}",
            "add a row for them to the roster, or put their files into a folder named after them",
        )

    def _by_number(self, who: Who, lms: Lms) -> Person | None:
        kind = {Lms.MOODLE: "moodle", Lms.CANVAS: "canvas"}.get(lms)
        if not who.number or kind is None:
            return None
        found = [person for person in self.people if person.ids.get(kind) == who.number]
        if not found:
            return None
        person = _only(found, who)
        # Moodle gives people new numbers in each assignment: another list may fit by chance.
        named = lms is Lms.MOODLE and who.name and person.name and not _is_anonymous(who)
        if named and not _name_keys(person, _bare) & {_bare(who.name)}:
            raise Doubtful(
                f"the roster says that {who.number} is {plain(person.name)}, not {plain(who.name)}",
                "download the grading worksheet of exactly this assignment, and import with it",
            )
        return person

    @cached_property
    def _by_id(self) -> dict[str, list[Person]]:
        kinds = ("student", "login", "number", "email")
        return _table(
            (person, {_plainly(person.student), *(_plainly(person.ids.get(k, "")) for k in kinds)})
            for person in self.people
        )

    @cached_property
    def _by_name(self) -> dict[str, list[Person]]:
        return _table((person, _name_keys(person, _compact)) for person in self.people)

    @cached_property
    def _by_bare_name(self) -> dict[str, list[Person]]:
        return _table((person, _name_keys(person, _bare)) for person in self.people)


def read_roster(path: Path, id_column: str | None = None) -> Roster:
    """Read a list of students: CSV with commas, semicolons or tabs, in any usual encoding.

    Args:
        path: the file.
        id_column: the header of the column that holds the students' ids in the gradebook; by
            default the first one present of user name, number, e-mail address, id.

    Raises:
        RosterError: it is not such a list, or two rows have the same id.
    """
    rows = _rows(path)
    headers = tuple(cell.strip() for cell in next(rows, []))
    columns = _columns(headers)
    if id_column is not None:
        id_header = _match_header(id_column, headers, path)
    else:
        id_header = next((columns[kind] for kind in _IDS if kind in columns), "")
    if not id_header:
        raise RosterError(
            f"{path.name} has no column that names a student (it has {listed(list(headers), 8)}): "
            "export the list of participants, the gradebook or the grading worksheet, or say "
            "which column it is with --id-column."
        )
    special: dict[str, str] = {}
    people: list[Person] = []
    unread: list[str] = []
    for row in rows:
        cells = dict(zip(headers, (cell.strip() for cell in row), strict=False))
        if cells.get(columns.get("name", ""), "").casefold() == "points possible":
            special = cells  # Canvas: the maximum points of each column
        elif cells.get(id_header):
            people.append(_person(cells, columns, cells[id_header], unread))
    _check_distinct(people, path)
    notes = [f"{len(unread)} times such as {plain(unread[0])} could not be read"] if unread else []
    return Roster(tuple(people), headers, special, tuple(notes))


def safe_id(text: str) -> str:
    """Return an id that can be the name of a folder, on every system."""
    kept = re.sub(r"[^\w.@+-]+", "_", unicodedata.normalize("NFC", text.strip()))
    return kept.strip("._")[:60]  # letters, which may take four bytes each


def _rows(path: Path) -> Iterator[list[str]]:
    content = read_regular_file(path, _LARGEST_BYTES)
    if content is None:
        raise RosterError(f"{path} can't be read: name the CSV file that holds the students.")
    text = _decoded(content)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise RosterError(
            f"{path.name} is not a CSV file ({error}): export it again as CSV, not as Excel."
        ) from error


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _columns(headers: Iterable[str]) -> dict[str, str]:
    """Return the headers by what their columns hold; the earlier name of a kind wins."""
    by_name = {" ".join(header.casefold().split()): header for header in headers}
    return {
        kind: next(by_name[name] for name in names if name in by_name)
        for kind, names in COLUMNS.items()
        if any(name in by_name for name in names)
    }


def _match_header(wanted: str, headers: tuple[str, ...], path: Path) -> str:
    for header in headers:
        if header.casefold() == wanted.strip().casefold():
            return header
    raise RosterError(f"{path.name} has no column {wanted!r}: it has {listed(list(headers), 12)}.")


def _person(
    cells: dict[str, str], columns: dict[str, str], called: str, unread: list[str]
) -> Person:
    ids = {kind: cells.get(header, "") for kind, header in columns.items()}
    if "moodle" in ids:  # "Participant 123456", in any language
        ids["moodle"] = (re.findall(r"\d+", ids["moodle"]) or [""])[-1]
    first, last = ids.pop("first", ""), ids.pop("last", "")
    full = ids.pop("name", "")
    if not (first or last):
        before, comma, after = full.partition(",")
        first, last = (after.strip(), before.strip()) if comma else (full, "")
    time = ids.pop("when", "")
    when = _time(time)
    if when is None and any(letter.isdigit() for letter in time):
        unread.append(time)
    return Person(safe_id(called), first, last, ids, cells, when)


def _time(text: str) -> datetime | None:
    text = " ".join(text.split())  # Moodle puts a narrow space before AM and PM
    for form in _TIMES:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def _check_distinct(people: list[Person], path: Path) -> None:
    seen: set[str] = set()
    for person in people:
        key = person.student.casefold()
        if key in seen or not key:
            raise RosterError(
                f"{path.name} has two rows for {plain(person.student)}: give each student a "
                "different id, or name a column that has different ids with --id-column."
            )
        seen.add(key)
    if not people:
        raise RosterError(f"{path.name} holds no student: export it again.")


def _table(keyed: Iterable[tuple[Person, set[str]]]) -> dict[str, list[Person]]:
    table: dict[str, list[Person]] = {}
    for person, keys in keyed:
        for key in keys - {""}:
            table.setdefault(key, []).append(person)
    return table


def _only(found: list[Person], who: Who) -> Person:
    if len(found) == 1:
        return found[0]
    students = listed([person.student for person in found])
    raise Doubtful(
        f"{plain(str(who))} fits {len(found)} students in the roster: {students}",
        "import with a roster that has the system's own id (Moodle: the grading worksheet, "
        "Canvas: the exported gradebook), or put the files into folders named after the students",
    )


def _name_keys(person: Person, key: Callable[[str], str]) -> set[str]:
    """Key a name in every order of its parts: Canvas puts the last name first, without spaces."""
    words = person.name.split()
    turned = (words[cut:] + words[:cut] for cut in range(max(1, len(words))))
    return {key(" ".join(order)) for order in turned}


def _is_anonymous(who: Who) -> bool:
    """Return whether the name is one word, as in Moodle's "Participant 123456" in any language."""
    return len(who.name.split()) == 1


def _plainly(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()


def _compact(text: str) -> str:
    """Return only the letters and digits, in lower case."""
    return "".join(letter for letter in _plainly(text) if letter.isalnum() or _is_mark(letter))


def _bare(text: str) -> str:
    """Return the same as `_compact`, without accents."""
    letters = unicodedata.normalize("NFKD", _plainly(text).translate(_LETTERS))
    return "".join(letter for letter in letters if letter.isalnum())


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter) in ("Mn", "Mc")  # Vowels, in many scripts
