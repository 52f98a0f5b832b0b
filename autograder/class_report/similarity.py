"""Finds pairs of submissions whose answers have the same structure; it must not call it cheating.

Answers are compared exercise by exercise, as bags of fingerprints (see `structure`). What the
exercise gave is taken out, and what many wrote: as in MOSS, whose option -m ignores a passage that
stands in more than m programs (Schleimer, Wilkerson and Aiken, SIGMOD 2003). Two answers are alike
from a Dice coefficient of `ALIKE` on; a short answer can be nothing but alike, so a pair is shown
only when its alike answers hold `ENOUGH` fingerprints in common. It must not know scores.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, starmap

from autograder.class_report.structure import Fingerprints, Statement, fingerprints, statements

# The closest two of the bank's independent answers reach 0.75, the disguised copies of the tests
# stay above 0.9.
ALIKE = 0.8
# About five lines of an answer's own; a fingerprint is `structure.GRAM` words of a statement.
ENOUGH = 24
# Written by more than so many and by more than this share of the class, it is the usual way.
USUAL_STUDENTS = 10
USUAL_SHARE = 0.02


@dataclass(frozen=True)
class Likeness:
    """How like two answers to one exercise are: Dice's coefficient, and fingerprints in common."""

    exercise: str
    degree: float
    common: int


# What is alike in one exercise, by the names of two students.
Alike = list[tuple[tuple[str, str], Likeness]]


@dataclass(frozen=True)
class Pair:
    """Two students whose work on a lesson is alike, in these exercises, most telling first."""

    lesson: str
    first: str
    second: str
    alike: tuple[Likeness, ...]

    @property
    def common(self) -> int:
        """Fingerprints in common, in all exercises that are alike."""
        return sum(each.common for each in self.alike)


def similar_pairs(
    lesson: str, answers: Mapping[str, Mapping[str, str]], stubs: Mapping[str, str]
) -> tuple[Pair, ...]:
    """Compare all students of a lesson with each other.

    The time grows with the number of students, not with that of pairs: only those are compared who
    have an unusual fingerprint in common.

    Args:
        lesson: its name.
        answers: by student, the code of each exercise.
        stubs: what each exercise gave.

    Returns:
        The pairs worth looking at, those with most in common first.
    """
    return telling(lesson, starmap(compare, by_exercise(answers, stubs)))


def by_exercise(
    answers: Mapping[str, Mapping[str, str]], stubs: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str], str]]:
    """What `compare` takes, for each exercise: they can be compared side by side."""
    for exercise in sorted({name for each in answers.values() for name in each}):
        codes = {student: each[exercise] for student, each in answers.items() if exercise in each}
        yield exercise, codes, stubs.get(exercise, "")


def compare(exercise: str, codes: Mapping[str, str], stub: str) -> Alike:
    """Who wrote what is alike in one exercise; `codes` are answers by student."""
    given = fingerprints(statements(stub))
    known = {code: _own(code, given) for code in set(codes.values())}
    own = {student: known[code] for student, code in sorted(codes.items())}
    holders: dict[int, list[str]] = defaultdict(list)
    for student, prints in own.items():
        for each in prints:
            holders[each].append(student)
    most = max(USUAL_STUDENTS, USUAL_SHARE * sum(bool(prints) for prints in own.values()))
    unusual = {each: names for each, names in holders.items() if len(names) <= most}
    sizes = {
        name: sum(n for p, n in prints.items() if p in unusual) for name, prints in own.items()
    }
    common: Counter[tuple[str, str]] = Counter()
    for each, names in unusual.items():
        for first, second in combinations(names, 2):
            common[first, second] += min(own[first][each], own[second][each])
    return [
        ((first, second), Likeness(exercise, degree, count))
        for (first, second), count in common.items()
        if (degree := 2 * count / (sizes[first] + sizes[second])) >= ALIKE
    ]


def telling(lesson: str, compared: Iterable[Alike]) -> tuple[Pair, ...]:
    """The pairs worth looking at of all that `compare` found, those with most in common first."""
    found: dict[tuple[str, str], list[Likeness]] = defaultdict(list)
    for names, likeness in chain.from_iterable(compared):
        found[names].append(likeness)
    pairs = [
        Pair(lesson, *names, tuple(sorted(alike, key=lambda each: -each.common)))
        for names, alike in found.items()
    ]
    shown = [pair for pair in pairs if pair.common >= ENOUGH]
    return tuple(sorted(shown, key=lambda pair: (-pair.common, pair.first, pair.second)))


def _own(code: str, given: Fingerprints) -> Fingerprints:
    """The fingerprints of an answer without those of what was given."""
    found = fingerprints(statements(code))
    return Counter({each: count for each, count in found.items() if each not in given})


@dataclass(frozen=True)
class Line:
    """A line of code, and whether its statement stands in the other answer, too."""

    text: str
    alike: bool


@dataclass(frozen=True)
class SideBySide:
    """Two answers to be laid side by side, what is the same in both marked."""

    first: str
    second: str

    @cached_property
    def lines(self) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """The lines of both."""
        return _marked(self.first, self.second), _marked(self.second, self.first)


def _marked(code: str, other: str) -> tuple[Line, ...]:
    theirs = {statement.tokens for statement in statements(other)}
    alike = {
        number
        for statement in statements(code)
        if statement.tokens in theirs
        for number in _numbers(statement)
    }
    return tuple(
        Line(text, number in alike) for number, text in enumerate(code.splitlines(), start=1)
    )


def _numbers(statement: Statement) -> range:
    return range(statement.first, statement.last + 1)
