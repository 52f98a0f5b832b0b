"""Write grades in the forms that learning management systems read.

Moodle: *Grades > Import > CSV file* (any column may name the student, and columns of feedback are
allowed), or the grading worksheet of one assignment. Canvas: *Gradebook > Import*, which finds
students by the columns of its own export. It must not know how grades came about.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.errors import ExportFailed
from autograder.lms.forms import ExportFormat
from autograder.lms.roster import Person, Roster
from autograder.record import Scored
from autograder.wording import plain

# A spreadsheet runs a cell that begins like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_HARMLESS = re.compile(r"-|[+-]?\d+([.,]\d+)?")
_CANVAS_HEADERS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_MOODLE_HEADERS = ("Username", "ID number", "First name", "Last name", "Email address")
_LONGEST_FEEDBACK = 2000


@dataclass(frozen=True)
class Table:
    """Grades as rows of text, and the students who could not be included, with the reason."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    missing: dict[str, str] = field(default_factory=dict, hash=False)

    def as_csv(self) -> str:
        """Return the table as CSV, with nothing in it that a spreadsheet would run."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow([neutral(header) for header in self.headers])
        writer.writerows([neutral(cell) for cell in row] for row in self.rows)
        return text.getvalue()


def neutral(cell: str) -> str:
    """Return a cell that a spreadsheet shows and does not run: a formula gets an apostrophe."""
    is_formula = cell.lstrip(" ").startswith(_FORMULA) and not _HARMLESS.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def number(points: float) -> str:
    """Format points as every system reads them: a dot, no trailing zeros, no exponent."""
    text = f"{points:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def as_table(
    form: ExportFormat,
    scores: Sequence[Scored],
    roster: Roster | None = None,
    column: str | None = None,
    scale: bool = False,
) -> Table:
    """Return grades in a form that is a table.

    Args:
        form: the form.
        scores: the grades.
        roster: the class as the system exports it; Canvas requires one, for its own ids.
        column: the header of the grades, if there is only one lesson; Canvas accepts grades for
            an assignment only under its name with its number, `Homework 1 (456)`.
        scale: scale scores to the maximum points that the roster gives for the assignment.

    Raises:
        ExportFailed: something that the form needs is missing.
    """
    lessons = list(dict.fromkeys(scored.lesson for scored in scores))
    if column is not None and len(lessons) != 1:
        raise ExportFailed("--column names the column for one lesson: name that lesson, too.")
    if form is ExportFormat.CSV:
        return _plain(scores)
    if form is ExportFormat.CANVAS:
        if roster is None or roster.header("canvas") is None:
            raise ExportFailed(
                "Canvas finds students by its own ids: export its gradebook (Grades > Export), and "
                "give that file with --roster."
            )
        return _canvas(scores, lessons, roster, column, scale)
    if roster is not None and roster.header("moodle"):
        if len(lessons) != 1:
            raise ExportFailed("Moodle's grading worksheet is for one assignment: name one lesson.")
        return _worksheet(scores, roster, scale)
    return _moodle(scores, lessons, roster, column)


def as_json(scores: Iterable[Scored]) -> str:
    """Return grades as a JSON list of objects, one for each student and lesson."""
    return json.dumps([scored.as_dict() for scored in scores], ensure_ascii=False, indent=1) + "\n"


def _plain(scores: Iterable[Scored]) -> Table:
    headers = (
        *("lesson", "student_id", "last_name", "first_name", "email", "handed_in"),
        *("raw_score", "late_penalty", "score", "max_score", "waits_for_a_person", "feedback"),
    )
    rows = [
        (
            *(it.lesson, it.student, it.last, it.first, it.email),
            "" if it.when is None else f"{it.when:%Y-%m-%d %H:%M:%S} UTC",
            *map(number, (it.raw, it.penalty, it.score, it.most)),
            "yes" if it.unfinished else "no",
            feedback_text(it),
        )
        for it in scores
    ]
    return Table(headers, tuple(rows))


def _moodle(
    scores: Sequence[Scored], lessons: list[str], roster: Roster | None, column: str | None
) -> Table:
    """Return one row for each student; Moodle asks which column is which, and suggests matches."""
    titles = [column or lesson for lesson in lessons]
    both = [header for title in titles for header in (title, f"{title} (feedback)")]
    people = _people(roster)
    rows, missing = [], {}
    for student, of_student in _by_student(scores).items():
        person = people.get(student)
        if roster is not None and person is None:
            missing[student] = "the roster has no row for this student"
            continue
        one = next(iter(of_student.values()))
        if person is not None:
            ids = person.ids
            login = ids.get("login", "") or student
            email = ids.get("email", "") or one.email
            who = (login, ids.get("number", ""), person.first, person.last, email)
        else:
            who = (student, "", one.first, one.last, one.email)
        cells: list[str] = []
        for lesson in lessons:
            it = of_student.get(lesson)
            cells += ("", "") if it is None else (number(it.score), feedback_text(it))
        rows.append((*who, *cells))
    return Table((*_MOODLE_HEADERS, *both), tuple(rows), missing)


def _worksheet(scores: Sequence[Scored], roster: Roster, scale: bool) -> Table:
    """Return Moodle's grading worksheet with the grades filled in; other cells stay as they are."""
    headers = {" ".join(header.casefold().split()): header for header in roster.headers}
    grade, comment = headers.get("grade"), headers.get("feedback comments")
    most = headers.get("maximum grade")
    if grade is None:
        raise ExportFailed(
            "The worksheet has no column Grade: download it again (View all submissions > "
            "Download grading worksheet), with Moodle in English."
        )
    by_student = {scored.student: scored for scored in scores}
    rows = []
    for person in roster.people:
        cells = dict(person.cells)
        if (it := by_student.pop(person.student, None)) is not None:
            theirs = _points(cells.get(most or "", ""))
            cells[grade] = number(_scaled(it, theirs, scale))
            if comment is not None:
                cells[comment] = feedback_text(it)
        rows.append(tuple(cells.get(header, "") for header in roster.headers))
    missing = dict.fromkeys(by_student, "the worksheet has no row for this student")
    return Table(roster.headers, tuple(rows), missing)


def _canvas(
    scores: Sequence[Scored],
    lessons: list[str],
    roster: Roster,
    column: str | None,
    scale: bool,
) -> Table:
    titles = [column or _canvas_title(lesson, roster) for lesson in lessons]
    theirs = [_points(roster.special.get(title, "")) for title in titles]
    most = {scored.lesson: scored.most for scored in scores}
    possible = [
        number(points if points and scale else most[lesson])
        for lesson, points in zip(lessons, theirs, strict=True)
    ]
    rows = [("    Points Possible", "", "", "", "", *possible)]
    people, missing = _people(roster), {}
    for student, of_student in _by_student(scores).items():
        if (person := people.get(student)) is None:
            missing[student] = "the roster has no row for this student"
            continue
        cells = [
            number(_scaled(of_student[lesson], points, scale)) if lesson in of_student else ""
            for lesson, points in zip(lessons, theirs, strict=True)
        ]
        rows.append((*(person.cells.get(header, "") for header in _CANVAS_HEADERS), *cells))
    return Table((*_CANVAS_HEADERS, *titles), tuple(rows), missing)


def _canvas_title(lesson: str, roster: Roster) -> str:
    """Return the header by which Canvas knows a lesson's assignment, with its number if any."""

    def bare(header: str) -> str:
        title = header.rpartition(" (")[0] if header.endswith(")") else header
        return title.casefold().replace(" ", "_")

    return next((header for header in roster.headers if bare(header) == lesson.casefold()), lesson)


def _scaled(it: Scored, theirs: float | None, scale: bool) -> float:
    if not theirs or theirs == it.most:
        return it.score
    if not scale:
        raise ExportFailed(
            f"{it.lesson} gives {number(it.most)} points and the system's assignment "
            f"{number(theirs)}: set it to {number(it.most)} there, or export with --scale."
        )
    return it.score * theirs / it.most if it.most else 0.0


def _points(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None  # "(read only)", a scale in words, nothing


def _people(roster: Roster | None) -> dict[str, Person]:
    return {person.student: person for person in roster.people} if roster else {}


def _by_student(scores: Iterable[Scored]) -> dict[str, dict[str, Scored]]:
    students: dict[str, dict[str, Scored]] = {}
    for scored in scores:
        students.setdefault(scored.student, {})[scored.lesson] = scored
    return students


def feedback_text(it: Scored) -> str:
    """Say in one line where points were lost and what a person wrote; the page has the rest."""
    parts = [f"{name}: {number(got)} of {number(most)}" for name, got, most in it.lost]
    if it.penalty:
        parts.append(f"late: -{number(it.penalty)}")
    parts += [plain(comment, 500) for comment in it.comments]
    text = "; ".join(parts)
    return text if len(text) <= _LONGEST_FEEDBACK else f"{text[: _LONGEST_FEEDBACK - 1]}…"
