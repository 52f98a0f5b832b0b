"""Find pairs of submissions whose answers have the same structure; it must not call it cheating.

Answers are compared exercise by exercise, as bags of fingerprints (see `structure`). What the
exercise gave is left out, and so is what many students wrote, as in MOSS, whose option -m ignores a
passage that appears in more than m programs (Schleimer, Wilkerson and Aiken, SIGMOD 2003). Two
answers are similar if their Dice coefficient is at least `ALIKE`. Short answers can hardly differ,
so a pair is shown only if its similar answers have at least `ENOUGH` fingerprints in common. It
must not know scores.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, starmap

from autograder.class_report.structure import Fingerprints, Statement, fingerprints, statements

# The closest two of the bank's independent answers reach 0.75; the disguised copies in the tests
# stay above 0.9.
ALIKE = 0.8
# About five lines of an answer's own; a fingerprint is `structure.GRAM` words of a statement.
ENOUGH = 24
# What more than this many students and this share of the class wrote is the usual way.
USUAL_STUDENTS = 10
USUAL_SHARE = 0.02


@dataclass(frozen=True)
class Likeness:
    """How similar two answers to an exercise are: Dice's coefficient, fingerprints in common."""

    exercise: str
    degree: float
    common: int


# The similar answers to one exercise, by the names of two students.
Alike = list[tuple[tuple[str, str], Likeness]]


@dataclass(frozen=True)
class Pair:
    """Two students whose answers to these exercises are similar, most in common first."""

    lesson: str
    first: str
    second: str
    alike: tuple[Likeness, ...]

    @property
    def common(self) -> int:
        """The number of fingerprints in common, over all similar answers."""
        return sum(each.common for each in self.alike)


def similar_pairs(
    lesson: str, answers: Mapping[str, Mapping[str, str]], stubs: Mapping[str, str]
) -> tuple[Pair, ...]:
    """Compare all students of a lesson with each other.

    The time grows with the number of students, not with the number of pairs, because only students
    who have an unusual fingerprint in common are compared.

    Args:
        lesson: its name.
        answers: the code of each exercise, by student.
        stubs: what each exercise gave.

    Returns:
        The pairs worth looking at, those with most in common first.
    """
    return telling(lesson, starmap(compare, by_exercise(answers, stubs)))


def by_exercise(
    answers: Mapping[str, Mapping[str, str]], stubs: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield the arguments of `compare` for each exercise, so that it can run in parallel."""
    for exercise in sorted({name for each in answers.values() for name in each}):
        codes = {student: each[exercise] for student, each in answers.items() if exercise in each}
        yield exercise, codes, stubs.get(exercise, "")


def compare(exercise: str, codes: Mapping[str, str], stub: str) -> Alike:
    """Find who wrote similar answers to one exercise; `codes` are answers by student."""
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
    """Return the pairs worth looking at, of all that `compare` found, most in common first."""
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
    """Return the fingerprints of an answer without those of what was given."""
    found = fingerprints(statements(code))
    return Counter({each: count for each, count in found.items() if each not in given})


@dataclass(frozen=True)
class Line:
    """A line of code, and whether its statement is also in the other answer."""

    text: str
    alike: bool


@dataclass(frozen=True)
class SideBySide:
    """Two answers to show side by side, with what is the same in both marked."""

    first: str
    second: str

    @cached_property
    def lines(self) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """The lines of both answers."""
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
