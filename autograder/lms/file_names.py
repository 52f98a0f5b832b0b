"""Find out from the names in a download who submitted something, when, and as which attempt.

The patterns are those of the systems' own code: Moodle `mod/assign/classes/downloader.php`, Canvas
`lib/content_zipper.rb`; Blackboard's are in its help on "Download Assignments". It must not read a
file or know who is in the class. A student chooses the end of a name and nothing before it, so the
first place where a pattern fits counts, never a later one.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from autograder.lms.forms import Lms


@dataclass(frozen=True)
class Who:
    """What a name says about its sender, as spelled there; "" and () for what it doesn't say.

    Attributes:
        number: the system's own id (Moodle's differs from one assignment to the next).
        name: the full name; Canvas writes it in lower case, in one word, last name first.
        logins: user names that it may stand for, the likeliest first.
    """

    number: str = ""
    name: str = ""
    logins: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = self.name or (self.logins[0] if self.logins else "")
        return " ".join(part for part in (shown, self.number and f"({self.number})") if part)


@dataclass(frozen=True)
class Label:
    """What the name of one file in a download says.

    Attributes:
        file: the file's name as its sender gave it, with folders if there are any.
        prefix: what comes before it, by which the system knows whom a file is for.
        when: the time of the attempt in the system's time zone; None where names have none.
        late: whether the system marks it late.
        turn: grows with each upload; 0 where names have no such number.
        is_note: whether the system wrote it itself: a receipt, or a text typed into a form.
    """

    who: Who
    file: str
    prefix: str
    when: datetime | None = None
    late: bool = False
    turn: int = 0
    is_note: bool = False


_MOODLE = re.compile(
    r"(?P<prefix>(?P<name>.+?)(?:_(?P<number>\d+))?"
    r"_assignsubmission_(?P<plugin>file|onlinetext)_?)(?P<file>.*)",
    re.DOTALL,
)
_CANVAS = re.compile(
    r"(?P<prefix>(?:(?P<name>.+?)_)?(?P<late>LATE_)?(?P<number>\d+)_(?P<turn>\d+)_)(?P<file>.+)",
    re.DOTALL,
)
_CANVAS_ANONYMOUS = re.compile(
    r"(?P<prefix>(?P<late>LATE_)?(?P<number>anon_[^\W_]+)_(?P<turn>\d+)_)(?P<file>.+)", re.DOTALL
)
_CANVAS_NOTE = re.compile(
    r"(?:(?P<name>.+?)_)?(?P<late>LATE_)?(?P<number>\d+|anon_[^\W_]+)_(?:text|link)\.html"
)
# "attempt" is written in the language of the system: intento, Versuch, poging, ...
_BLACKBOARD = re.compile(
    r"(?P<prefix>(?P<head>.+?)_[^\W\d_]{3,20}_(?P<when>\d{4}(?:-\d\d){5}))"
    r"(?:_(?P<file>.+)|\.txt)",
    re.DOTALL,
)
_TURN_MARK = re.compile(r"-\d{1,3}(?=(\.[^.]*)?$)")


def moodle(part: str) -> Label | None:
    """Read `Full Name_123456_assignsubmission_file_/hw.ipynb`, or the same without a folder."""
    if not (found := _MOODLE.fullmatch(part)):
        return None
    who = Who(found["number"] or "", found["name"])
    is_note = found["plugin"] == "onlinetext"
    return Label(who, found["file"], found["prefix"], is_note=is_note)


def canvas(part: str) -> Label | None:
    """Read `lastnamefirstname_LATE_12345_67890_hw-1.ipynb`, or `anon_Ab3Cd_67890_hw.ipynb`."""
    if note := _CANVAS_NOTE.fullmatch(part):
        who, late = Who(note["number"], note["name"] or ""), bool(note["late"])
        return Label(who, "", "", late=late, is_note=True)
    found = _CANVAS_ANONYMOUS.fullmatch(part) or _CANVAS.fullmatch(part)
    if not found:
        return None
    who = Who(found["number"], found.groupdict().get("name") or "")
    late, turn = bool(found["late"]), int(found["turn"])
    return Label(who, found["file"], found["prefix"], None, late, turn)


def blackboard(part: str) -> Label | None:
    """Read `Assignment_username_attempt_2026-11-21-10-11-12_hw.ipynb`, or a note with no file."""
    if not (found := _BLACKBOARD.fullmatch(part)):
        return None
    try:
        when = datetime.strptime(found["when"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
    # Both the assignment's name and the user's may have underscores in them.
    words = found["head"].split("_")
    logins = tuple("_".join(words[start:]) for start in range(len(words) - 1, 0, -1))
    if not logins:
        return None
    who, file = Who(logins=logins), found["file"]
    return Label(who, file or "", f"{found['prefix']}_", when, is_note=not file)


def folder(part: str) -> Label:
    """Read `student/hw.ipynb` or `student.ipynb`: the name is the student's id, address or name."""
    stem, dot, _ = part.rpartition(".")
    name = stem if dot and part.endswith((".ipynb", ".zip", ".tar", ".tgz")) else part
    return Label(Who(name=name, logins=(name,)), part, "")


_PATTERNS: dict[Lms, Callable[[str], Label | None]] = {
    Lms.MOODLE: moodle,
    Lms.CANVAS: canvas,
    Lms.BLACKBOARD: blackboard,
}


def label(path: str, lms: Lms) -> Label | None:
    """Return what a path in a download says; None if nothing in it fits the system's pattern.

    The outermost folder that fits counts, because its sender chose the names of what is in it.
    """
    parts = path.split("/")
    if lms is Lms.FOLDER:
        named, rest = folder(parts[0]), "/".join(parts[1:])
        return replace(named, file=rest, prefix=f"{parts[0]}/") if rest else named
    for place, part in enumerate(parts, 1):
        if found := _PATTERNS[lms](part):
            file = "/".join(filter(None, [found.file, *parts[place:]]))
            is_folder = not found.file and file
            prefix = f"{found.prefix}/" if is_folder else found.prefix
            return replace(found, file=file, prefix=prefix, is_note=found.is_note or not file)
    return None


def detect(paths: Iterable[str]) -> Lms:
    """Return the system whose patterns most of the names fit; a folder if they fit none."""
    paths = list(paths)
    fitting = Counter(
        {lms: sum(label(path, lms) is not None for path in paths) for lms in _PATTERNS}
    )
    [(lms, count)] = fitting.most_common(1)
    return lms if count and 2 * count >= len(paths) else Lms.FOLDER


def without_turn(file: str) -> str:
    """Turn `hw-2.ipynb` into `hw.ipynb`: Canvas numbers files named like an earlier upload."""
    return _TURN_MARK.sub("", file)
