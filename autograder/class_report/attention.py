"""List the students who may need help, by a rule that knows scores, not their causes.

There are three signs, each reported in words and never combined into a grade: the student submitted
nothing where at least half of the class did; the work could not be graded; the student has less
than half of the points where the median of the class is at least half. One sign is enough.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from autograder.class_report.read_class import ClassRecord, LessonRecord, SubmissionRecord

HALF = 50.0
RULE = (
    "This list names students who submitted nothing where at least half of the class did, whose "
    "work could not be graded, or who have less than half of the points in a lesson where the "
    "median of the class is at least half. It is a reason to ask, not a judgement: the causes are "
    "not known here."
)


@dataclass(frozen=True)
class Sign:
    """One sign, in words, that a student may need help in a lesson."""

    lesson: str
    text: str


def signs(record: ClassRecord) -> Mapping[str, tuple[Sign, ...]]:
    """Return the signs by student, the most signs first; students without any are left out."""
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
    # While some submissions wait to be graded, nobody is said to have submitted nothing.
    expected = not lesson.waiting and 2 * len(missing) <= len(submissions)
    percents = [each.percent for each in submissions if each.percent is not None]
    fair = bool(percents) and float(np.median(percents)) >= HALF
    for each in submissions:
        if each.state == "missing":
            if expected:
                yield each.student, "submitted nothing"
        elif each.state == "not graded":
            yield each.student, "submitted work that could not be graded"
        elif fair and each.percent is not None and each.percent < HALF:
            untried = sum(check.attempted is False for check in each.checks)
            more = f", {untried} not attempted" if untried else ""
            yield each.student, f"{each.score:g} of {each.max_score:g} points{more}"
