"""Write the class as a tidy table, one row per student, lesson and check, for your own analysis.

It must not know what is computed or drawn from it.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from pathlib import Path

from autograder.class_report.misconceptions import Misconceptions
from autograder.class_report.read_class import CHECK, Check, ClassRecord, SubmissionRecord

# A spreadsheet runs a cell that begins like this as a formula, and students choose what they write.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One check of a student's work on a lesson; what is not known or does not apply is empty.

    Attributes:
        lesson, student, check: names; `check` is empty if nothing was submitted and the lesson's
            checks are not known.
        kind: exercise, quiz, written (given by hand), or question. The rows of kind question break
            down the row of kind quiz: leave one of the two kinds out of a sum.
        state: of the submission: graded, ended early, not graded, missing.
        score, max_score: points.
        attempted: whether the exercise was tried; empty for a question.
        tries: how often the student ran the check until it passed, by their own count.
        inside: whether it was judged in the student's own process.
        misconception: what the bank of answers links to the message.
        reason: the message.
        repairs: how many things were repaired before it was graded.
        hours_late: hours after the due date.
        grading_seconds: processor seconds of the whole submission in grading.
        minutes_worked: minutes on the whole lesson, counted by the student's own machine.
    """

    lesson: str
    student: str
    check: str
    kind: str
    state: str
    score: float | None = None
    max_score: float | None = None
    attempted: bool | None = None
    tries: int | None = None
    inside: bool | None = None
    misconception: str = ""
    reason: str = ""
    repairs: int = 0
    hours_late: float = 0.0
    grading_seconds: float | None = None
    minutes_worked: float | None = None


COLUMNS = tuple(field.name for field in fields(Row))
_values = attrgetter(*COLUMNS)  # `astuple` would copy each value, which takes longer than writing


def rows(record: ClassRecord, known: Mapping[str, Misconceptions]) -> Iterator[Row]:
    """Yield the table of a class; `known` has the misconceptions of each lesson with a bank."""
    lessons = {lesson.name: lesson for lesson in record.lessons}
    for submission in record.submissions:
        lesson = lessons[submission.lesson]
        if submission.state == "missing":
            for name in lesson.order or ("",):
                yield Row(lesson.name, submission.student, name, "", "missing")
        for check in submission.checks:
            yield _of_check(submission, check, known.get(lesson.name, Misconceptions({})))
            if check.kind == "quiz":
                yield from _of_questions(submission, check)


def write(table: Iterator[Row], path: Path) -> None:
    """Write the table as CSV (UTF-8, a header line).

    A text that a spreadsheet would take for a formula gets an apostrophe in front.

    Raises:
        OSError: the file can't be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in table:
            writer.writerow(map(_harmless, _values(row)))


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return round(value, 3) if isinstance(value, float) else value


def _of_check(submission: SubmissionRecord, check: Check, known: Misconceptions) -> Row:
    lost = bool(check.reason) and check.attempted is not False
    exercise = check.grade_id.removesuffix(CHECK)
    return Row(
        submission.lesson,
        submission.student,
        check.grade_id,
        check.kind,
        submission.state,
        check.score,
        check.max_score,
        check.attempted if check.kind != "quiz" else None,
        check.tries,
        check.inside,
        known.name(exercise, check.reason).title if lost and check.kind == "exercise" else "",
        check.reason,
        len(submission.repairs),
        submission.late,
        submission.seconds,
        submission.minutes,
    )


def _of_questions(submission: SubmissionRecord, quiz_check: Check) -> Iterator[Row]:
    whole = _of_check(submission, quiz_check, Misconceptions({}))
    points = quiz_check.max_score / max(1, len(submission.questions))
    for name, right in submission.questions.items():
        score = points if right else 0.0
        yield replace(whole, check=name, kind="question", score=score, max_score=points, reason="")
