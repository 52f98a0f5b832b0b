"""Copies are found however they are disguised, and nobody is named who wrote an answer alone."""

import itertools
import random
import re
from pathlib import Path

import pytest

from autograder import answer_bank
from autograder.class_report.similarity import ALIKE, ENOUGH, SideBySide, similar_pairs
from autograder.class_report.structure import fingerprints, statements
from autograder.lesson.source import find_lessons, read_lesson
from autograder.submission.rebuild import released_source
from tests.grading.disguise import disguised, invented

ROOT = Path(__file__).parents[2]
LESSONS = find_lessons([], ROOT / "solutions")
EXERCISES = ("first", "second", "third")
FIRST, SECOND = "    chosen = set()\n", "    total = 0\n"
ANSWER = '''
def freeze(model, cut):
    """Freeze the layers of the cut."""
    chosen = set()
    total = 0
    for layer in model.layers[cut]:
        chosen.add(id(layer))
    for layer in model.layers:
        layer.trainable = id(layer) not in chosen
        if not layer.trainable:
            total += sum(weight.shape[0] for weight in layer.weights)
    return model, total
'''


def names(pairs):
    return {(pair.first, pair.second) for pair in pairs}


def degree(first: str, second: str) -> float:
    """How alike two codes are, from 0 to 1."""
    a, b = (fingerprints(statements(code)) for code in (first, second))
    return 2 * sum((a & b).values()) / (sum(a.values()) + sum(b.values()))


@pytest.mark.parametrize(
    "change",
    [
        lambda code: re.sub(r"\blayer\b", "part", code.replace("chosen", "frozen_ones")),
        lambda code: code.replace('"""Freeze the layers of the cut."""', "# nothing to say"),
        lambda code: code.replace(FIRST + SECOND, SECOND + FIRST),
        lambda code: code.replace("    return", '    print("done", total)\n    return'),
        lambda code: code.replace("    ", "  "),
        lambda code: code.replace("total = 0", "total: int = 7"),
        lambda code: "%matplotlib inline\nimport os\n" + code,
        lambda code: code.replace("model.layers[cut]:", "model . layers [\n  cut\n  ] :"),
    ],
    ids=["names", "texts", "order", "prints", "layout", "numbers", "imports", "lines"],
)
def test_a_disguise_changes_no_structure(change) -> None:
    changed = change(ANSWER)
    assert changed != ANSWER
    assert degree(ANSWER, changed) == 1


def test_other_words_are_another_structure() -> None:
    assert degree(ANSWER, ANSWER.replace("shape[0]", "size").replace("not in", "in")) < 1
    assert degree("a.trainable = True", "a.built = True") < 1


def test_every_planted_copy_is_found_and_nobody_else() -> None:
    chance = random.Random(7)
    answers = {
        f"student{number:03}": {name: invented(name, chance) for name in EXERCISES}
        for number in range(120)
    }
    planted = set()
    for number in range(0, 120, 8):
        original = f"student{number:03}"
        answers[f"zcopy{number:03}"] = {
            name: disguised(code, chance) for name, code in answers[original].items()
        }
        planted.add((original, f"zcopy{number:03}"))
    pairs = similar_pairs("02", answers, {})
    assert names(pairs) == planted
    assert all(each.degree >= 0.9 for pair in pairs for each in pair.alike)


def test_one_long_answer_copied_is_enough() -> None:
    chance = random.Random(3)
    one, other = ({name: invented(name, chance) for name in EXERCISES} for _ in range(2))
    assert similar_pairs("02", {"ada": one, "bela": other}, {}) == ()
    other["second"] = disguised(one["second"], chance)
    (pair,) = similar_pairs("02", {"ada": one, "bela": other}, {})
    assert [each.exercise for each in pair.alike] == ["second"]


@pytest.mark.parametrize("source", LESSONS, ids=lambda path: path.stem)
def test_no_two_independent_answers_of_the_bank_are_named(source: Path) -> None:
    """Each right answer, and the author's, as a student's own work; nobody writes two alike."""
    lesson = read_lesson(source)
    cells = {cell.id: cell for cell in lesson.notebook.cells}
    answers: dict[str, dict[str, str]] = {}
    stubs = {}
    for exercise, group in answer_bank.load(source.stem, ROOT / "tests" / "bank").items():
        right = [answer.source for answer in group if answer.kind == "right"]
        stubs[exercise] = released_source(cells[exercise])
        for number, code in enumerate([cells[exercise].source, *right]):
            answers.setdefault(f"student{number}", {})[exercise] = code
    # Two who did nothing, and two of whom each did one thing.
    answers["idle1"], answers["idle2"] = dict(stubs), dict(stubs)
    assert len(answers) >= 5
    assert similar_pairs(source.stem, answers, stubs) == ()
    # Each exercise by itself, whatever else these students wrote.
    for exercise in stubs:
        alone = {
            name: {exercise: each[exercise]} for name, each in answers.items() if exercise in each
        }
        assert similar_pairs(source.stem, alone, stubs) == ()


def bank_lessons() -> dict[str, dict[str, list[str]]]:
    found = {}
    for source in LESSONS:
        groups = answer_bank.load(source.stem, ROOT / "tests" / "bank")
        found[source.stem] = {
            exercise: [answer.source for answer in group if answer.kind == "right"]
            for exercise, group in groups.items()
        }
    return found


def test_a_copied_lesson_of_the_bank_is_found_in_its_disguise() -> None:
    """What real answers look like once they are copied: every lesson, every set of answers."""
    chance = random.Random(11)
    for lesson, groups in bank_lessons().items():
        cells = {c.id: c for c in read_lesson(ROOT / "solutions" / f"{lesson}.py").notebook.cells}
        stubs = {exercise: released_source(cells[exercise]) for exercise in groups}
        for number in range(min(map(len, groups.values()))):
            own = {exercise: answers[number] for exercise, answers in groups.items()}
            copy = {exercise: disguised(code, chance) for exercise, code in own.items()}
            pairs = similar_pairs(lesson, {"ada": own, "bela": copy}, stubs)
            assert names(pairs) == {("ada", "bela")}, f"{lesson}, answers {number}"
            assert all(each.degree >= ALIKE for each in pairs[0].alike)
            assert pairs[0].common >= ENOUGH


def test_what_the_exercise_gave_is_no_likeness() -> None:
    given = invented("freeze", random.Random(1), length=30)
    own = {"ada": {"freeze": given + "\nx = 1"}, "bela": {"freeze": given + "\ny = sum([2])"}}
    assert names(similar_pairs("02", own, {})) == {("ada", "bela")}
    assert similar_pairs("02", own, {"freeze": given}) == ()


def test_what_many_write_is_no_likeness() -> None:
    """Eleven alike are the usual way; in a small group the same would be worth a look."""
    chance = random.Random(5)
    usual = invented("freeze", chance, length=20)
    crowd = {f"student{number:02}": {"freeze": disguised(usual, chance)} for number in range(11)}
    assert similar_pairs("02", crowd, {}) == ()
    few = dict(itertools.islice(crowd.items(), 3))
    assert len(similar_pairs("02", few, {})) == 3


def test_a_short_answer_never_counts_alone() -> None:
    short = "def count(model):\n    return sum(w.size for w in model.weights)"
    assert similar_pairs("02", {"ada": {"count": short}, "bela": {"count": short}}, {}) == ()


@pytest.mark.parametrize(
    "code",
    [
        "",
        "def f(:",
        "%%bash\nls -l | wc |",
        "x" * 60_000,
        "(" * 5000,
        "\0",
        "x = 1\n" * 9 + "-" * 4000 + "1",
    ],
    ids=["nothing", "no python", "magic", "long", "brackets", "null", "deep"],
)
def test_what_can_not_be_read_has_no_structure(code) -> None:
    assert statements(code) == ()
    everything = {"ada": {"freeze": code}, "bela": {"freeze": code}}
    assert similar_pairs("02", everything, {"freeze": code}) == ()


def test_side_by_side_marks_statements_that_stand_in_both() -> None:
    first = "def f(a):\n    b = a.weights\n    return sum(\n        b\n    )"
    second = "def f(x):\n    y = x.layers\n    return sum(y)"
    left, right = SideBySide(first, second).lines
    assert [line.alike for line in left] == [True, False, True, True, True]
    assert [line.alike for line in right] == [True, False, True]
    assert [line.text for line in left] == first.splitlines()


def test_code_of_every_kind_is_read() -> None:
    """Each statement of Python's, nested, is found once, with its own lines."""
    code = """
class Counter:
    async def run(self, *values, **named):
        async with open("a") as file, self.lock:
            async for line in file:
                yield line
        try:
            del self.old
        except (ValueError, OSError) as error:
            raise LookupError from error
        else:
            assert values
        finally:
            self.done = True
        match named:
            case {"a": [first, *rest], **others}:
                return lambda x, y=1: x if y else f"{rest}"
        while (n := len(values)) > 3:
            break
"""
    found = statements(code)
    assert [each.first for each in found] == sorted(each.first for each in found)
    lines = {number for each in found for number in range(each.first, each.last + 1)}
    assert {2, 3, 4, 5, 6, 8, 10, 12, 14, 15, 17, 18, 19} <= lines
    renamed = code.replace("error", "problem").replace("rest", "tail").replace("first", "head")
    assert degree(code, renamed) == 1
