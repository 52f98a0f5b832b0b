"""The rule by which the report lists students who may need help; it knows scores, not their cause.

Three signs, each told in words, and no grade made of them: nothing handed in where at least half of
the class did; work that could not be graded; less than half of the points where the middle of the
class has at least half. One sign is enough to be listed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from autograder.class_report.read_class import ClassRecord, LessonRecord, SubmissionRecord

HALF = 50.0
RULE = (
    "A student is listed who handed in nothing where at least half of the class did, whose work "
    "could not be graded, or who has less than half of the points in a lesson in which the middle "
    "of the class has at least half. It is a reason to ask, and no judgement: what lies behind it "
    "is not known here."
)


@dataclass(frozen=True)
class Sign:
    """One sign that a student may need help, in a lesson, in words."""

    lesson: str
    text: str


def signs(record: ClassRecord) -> Mapping[str, tuple[Sign, ...]]:
    """The signs by student, those with most of them first; students without any are left out."""
    found: dict[str, list[Sign]] = defaultdict(list)
    for lesson in record.lessons:
        for student, text in _in_lesson(record.of_lesson(lesson.name), lesson):
            found[student].append(Sign(lesson.name, text))
    order = sorted(found, key=lambda student: (-len(found[student]), student))
    return {student: tuple(found[student]) for student in order}


def _in_lesson(
    submissions: tuple[SubmissionRecord, ...], lesson: LessonRecord
) -> Iterator[tuple[str, str]]:
    missing = [each for each in submissions if each.state == "missing"]
    # While some wait to be graded, nobody is said to have handed in nothing.
    expected = not lesson.waiting and 2 * len(missing) <= len(submissions)
    percents = [each.percent for each in submissions if each.percent is not None]
    fair = bool(percents) and float(np.median(percents)) >= HALF
    for each in submissions:
        if each.state == "missing":
            if expected:
                yield each.student, "handed in nothing"
        elif each.state == "not graded":
            yield each.student, "handed in what could not be graded"
        elif fair and each.percent is not None and each.percent < HALF:
            untried = sum(check.attempted is False for check in each.checks)
            more = f", {untried} not attempted" if untried else ""
            yield each.student, f"{each.score:g} of {each.max_score:g} points{more}"
