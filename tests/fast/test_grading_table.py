"""The table says of each submission in a line or two why its score is not higher."""

import io
from collections.abc import Iterator

from rich.console import Console

from autograder.commands.grading_table import SLOW_SECONDS, show_grading, table
from autograder.scoring.results import CheckResult, Outcome

PASSED = CheckResult("first_check", 2, 2)
LOST = CheckResult("second_check", 0, 3, "The base still moved in phase 2. " * 9)
UNTRIED = CheckResult("third_check", 0, 1, "third: not attempted yet.")


def shown(*outcomes: Outcome) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(table(outcomes))
    return console.export_text()


def test_one_lost_check_is_told_with_the_start_of_its_reason() -> None:
    text = shown(Outcome("02", "ada", 2, 5, checks=(PASSED, LOST)))
    assert "second_check: The base still moved in phase 2." in text
    assert "…" in text
    assert "2 / 5" in text


def test_several_lost_checks_are_named_only() -> None:
    text = shown(Outcome("02", "ada", 2, 6, checks=(PASSED, LOST, UNTRIED)))
    assert "lost points in second_check, third_check" in text
    assert "phase 2" not in text


def test_full_marks_need_no_reason_and_a_missing_score_has_one() -> None:
    ungraded = Outcome("02", "bela", None, 2, "It is not a notebook: submit again.")
    text = shown(Outcome("02", "ada", 2, 2, checks=(PASSED,)), ungraded)
    assert "lost" not in text
    assert "It is not a notebook: submit again." in text
    assert "1 graded, 1 not graded" in text


class Slow:
    """A grading in which one submission is taking long and another ended with a reason."""

    pairs = (("02", "ada"), ("02", "bela"))

    def __iter__(self) -> Iterator[Outcome]:
        yield Outcome("02", "bela", None, 2, "It is not a notebook: submit again.")

    def longest_running(self) -> tuple[tuple[str, str], float]:
        return self.pairs[0], SLOW_SECONDS + 6


def test_progress_names_what_is_slow_and_counts_what_was_flagged() -> None:
    console = Console(width=200, record=True, file=io.StringIO(), force_terminal=True)
    (outcome,) = show_grading(Slow(), console)
    assert outcome.student == "bela"
    text = console.export_text()
    assert f"slow: ada, {SLOW_SECONDS + 6} s" in text
    assert "1 flagged" in text
