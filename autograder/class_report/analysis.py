"""Compute what the report says about one lesson: scores, items, failed checks, repairs, time.

It puts records into arrays and passes them to `statistics`. It must not know how anything is drawn
or written.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from autograder.class_report.misconceptions import Misconception, Misconceptions
from autograder.class_report.read_class import (
    CHECK,
    Check,
    ClassRecord,
    LessonRecord,
    SubmissionRecord,
)
from autograder.class_report.statistics import Spread, difficulty, discrimination, rest_of, spread

_Item = tuple[str, str]  # the name and kind of an item


@dataclass(frozen=True)
class Item:
    """An exercise, a written answer or a quiz question, and how the class did in it.

    Attributes:
        name, kind: the kind is "exercise", "written" or "question".
        prompt: what a question asks; "" for the other kinds.
        students: how many have a score in it.
        difficulty, discrimination: see `statistics`; None where they are not defined.
        attempted: the share of students who tried it; None if not known.
        tries: the median number of times its check was run until it passed; None if not known.
    """

    name: str
    kind: str
    prompt: str
    students: int
    difficulty: float | None
    discrimination: float | None
    attempted: float | None
    tries: float | None


@dataclass(frozen=True)
class Failure:
    """A way in which a check failed, and how many students it happened to."""

    check: str
    what: Misconception
    message: str
    students: int


@dataclass(frozen=True)
class LessonAnalysis:
    """Everything that the report says about a lesson.

    Attributes:
        lesson: the lesson.
        percents: (graded students,) scores in percent of the maximum.
        states: how many submissions are in each state.
        scores: the spread of `percents`; None if nobody has a score.
        items: in the lesson's order.
        failures: the commonest first.
        repairs: each kind of repair, and how many submissions needed it.
        repaired: how many submissions needed any repair.
        flagged: submissions that were not graded or ended early, with the reason.
        late: how many came after the due date.
        inside: checks that were judged in the students' own processes.
        minutes: minutes of work, counted by the students' machines; None if not known.
        seconds: processor seconds in grading; None if not known.
    """

    lesson: LessonRecord
    percents: tuple[float, ...]
    states: Counter[str]
    scores: Spread | None
    items: tuple[Item, ...]
    failures: tuple[Failure, ...]
    repairs: tuple[tuple[str, int], ...]
    repaired: int
    flagged: tuple[SubmissionRecord, ...]
    late: int
    inside: tuple[str, ...]
    minutes: Spread | None
    seconds: Spread | None

    @property
    def handed_in(self) -> int:
        """How many students submitted something that grading looked at."""
        return sum(count for state, count in self.states.items() if state != "missing")


def analyse(record: ClassRecord, lesson: LessonRecord, known: Misconceptions) -> LessonAnalysis:
    """Compute everything that the report says about one lesson of a class.

    Work that could not be graded says nothing about how difficult an item is, so it is left out of
    the items and the scores, and is listed instead.
    """
    everyone = record.of_lesson(lesson.name)
    scored = [each for each in everyone if each.percent is not None]
    percents = tuple(each.percent for each in scored if each.percent is not None)
    repairs = Counter(repair for each in everyone for repair in dict.fromkeys(each.repairs))
    inside = {check.grade_id: None for each in scored for check in each.checks if check.inside}
    return LessonAnalysis(
        lesson,
        percents,
        Counter(each.state for each in everyone),
        spread(percents),
        tuple(_items(scored, lesson)),
        _failures(scored, known),
        tuple(repairs.most_common()),
        sum(bool(each.repairs) for each in everyone),
        tuple(each for each in everyone if each.reason),
        sum(each.late > 0 for each in everyone),
        tuple(inside),
        spread([each.minutes for each in everyone if each.minutes is not None]),
        spread([each.seconds for each in everyone if each.seconds is not None]),
    )


def _items(scored: list[SubmissionRecord], lesson: LessonRecord) -> Iterator[Item]:
    """Yield the items of a lesson: its checks, with the quiz as questions where these are known."""
    columns = _columns(scored)
    table = np.full((len(scored), len(columns)), np.nan)
    most = np.zeros(len(columns))
    checks: dict[str, list[Check]] = defaultdict(list)
    for row, submission in enumerate(scored):
        for check in submission.checks:
            checks[check.grade_id].append(check)
        for item, score, points in _scores(submission):
            column = columns[item]
            table[row, column], most[column] = score, points
    rest = rest_of(table)
    for (name, kind), column in columns.items():
        yield Item(
            name.removesuffix(CHECK),
            kind,
            lesson.questions[name].prompt if kind == "question" else "",
            int((~np.isnan(table[:, column])).sum()),
            difficulty(table[:, column], most[column]) if most[column] else None,
            discrimination(table[:, column], rest[:, column]),
            _share_attempted(checks[name]),
            _median_tries(checks[name]),
        )


def _columns(scored: list[SubmissionRecord]) -> dict[_Item, int]:
    names = dict.fromkeys(item for each in scored for item, _, _ in _scores(each))
    return {item: column for column, item in enumerate(names)}


def _scores(submission: SubmissionRecord) -> Iterator[tuple[_Item, float, float]]:
    """Yield each item with its score (NaN if it has none yet) and its points."""
    for check in submission.checks:
        if check.kind == "quiz" and submission.questions:
            points = check.max_score / len(submission.questions)
            for name, right in submission.questions.items():
                yield (name, "question"), points * right, points
        else:
            score = np.nan if check.score is None else check.score
            yield (check.grade_id, check.kind), score, check.max_score


def _share_attempted(checks: list[Check]) -> float | None:
    known = [check.attempted for check in checks if check.attempted is not None]
    return sum(known) / len(known) if known else None


def _median_tries(checks: list[Check]) -> float | None:
    tries = [check.tries for check in checks if check.tries]
    return float(np.median(tries)) if tries else None


def _failures(scored: list[SubmissionRecord], known: Misconceptions) -> tuple[Failure, ...]:
    """Count how checks of exercises failed, leaving out what was not attempted."""
    counts: Counter[tuple[str, Misconception]] = Counter()
    messages: dict[tuple[str, Misconception], str] = {}
    for submission in scored:
        for check in submission.checks:
            if check.kind == "exercise" and check.reason and check.attempted is not False:
                exercise = check.grade_id.removesuffix(CHECK)
                what = exercise, known.name(exercise, check.reason)
                counts[what] += 1
                messages.setdefault(what, check.reason)
    return tuple(
        Failure(exercise, what, messages[exercise, what], count)
        for (exercise, what), count in counts.most_common()
    )
