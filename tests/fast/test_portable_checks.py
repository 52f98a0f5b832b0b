"""An author is told what of a check stays in the student's process, by name and with the reason."""

import pytest

from autograder.lesson.portable_checks import Stays, uncarriable_names
from autograder.lesson.release import solved_notebook
from autograder.lesson.source import find_lessons
from autograder.workspace.folders import find_repository
from tests.fast.test_check_inputs import notebook


@pytest.mark.parametrize(
    ("answer", "check", "name", "why"),
    [
        ("class Wallet: pass", "Wallet()", "Wallet", "a class that the lesson defines"),
        ("class W: pass\nwallet = W()", "wallet.coins", "wallet", "the lesson's own class `W`"),
        ("class W: pass\ndef fill(): return W()", "fill()", "fill", "that returns an object of"),
        ("table = pd.read_csv('a.csv')", "table.mean()", "table", "a pandas object"),
        ("pattern = re.compile('a')", "pattern.match('a')", "pattern", "a compiled pattern"),
        ("log = open('log.txt')", "log.read()", "log", "an open file"),
    ],
)
def test_what_stays_is_named(answer: str, check: str, name: str, why: str) -> None:
    (found,) = uncarriable_names(notebook(("solution", answer), ("check", check)))
    assert (found.check, found.name) == ("check1", name)
    assert why in found.why


def test_what_the_check_does_not_use_is_no_matter() -> None:
    made = notebook(
        ("solution", "class W: pass\nwallet = W()\ncoins = 3"), ("check", "assert coins == 3")
    )
    assert uncarriable_names(made) == []


def test_what_is_carried_is_not_named() -> None:
    answer = "import keras\nmodel = keras.Model()\nnumbers = [1, 2]\ndef double(n): return 2 * n"
    made = notebook(("solution", answer), ("check", "double(numbers[0]), model"), ("locked", "%%"))
    assert uncarriable_names(made) == []


def test_all_of_our_lessons_are_carried() -> None:
    solutions = find_repository() / "solutions"
    found: list[Stays] = []
    for path in find_lessons([], solutions):
        found += uncarriable_names(solved_notebook(path))
    assert found == []
