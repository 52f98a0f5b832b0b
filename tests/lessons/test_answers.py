"""Each exercise accepts every right answer, and meets each wrong one with the message for it."""

from collections import Counter
from pathlib import Path

import pytest

from autograder import answer_bank
from tests.lessons.solved import ANSWERS, SolvedLesson
from transferlab import check

Answered = tuple[str, answer_bank.Answer]


def exercises(lesson: SolvedLesson) -> list[str]:
    return [name for name in lesson.cells if f"{name}_check" in lesson.cells]


def test_solution_gets_full_marks(lesson_source: Path, solved: dict[str, SolvedLesson]) -> None:
    lesson = solved[lesson_source.stem]
    assert exercises(lesson)
    for name in exercises(lesson):
        assert f"✅ {name}: passed." in lesson.judge(name, lesson.cells[name])


def test_stub_is_not_attempted(lesson_source: Path, solved: dict[str, SolvedLesson]) -> None:
    lesson = solved[lesson_source.stem]
    for name in exercises(lesson):
        with pytest.raises(check.NotAttempted, match="not attempted yet"):
            lesson.judge(name, lesson.stubs[name])


def test_right_answer_passes(right_answer: Answered, solved: dict[str, SolvedLesson]) -> None:
    lesson, answer = right_answer
    assert "passed" in solved[lesson].judge(answer.exercise, answer.source)


def test_wrong_answer_is_told_why(wrong_answer: Answered, solved: dict[str, SolvedLesson]) -> None:
    lesson, answer = wrong_answer
    with pytest.raises(check.CheckFailed) as failure:
        solved[lesson].judge(answer.exercise, answer.source)
    assert answer.message in str(failure.value)


def test_bank_is_large_enough(lesson_source: Path, solved: dict[str, SolvedLesson]) -> None:
    lesson = solved[lesson_source.stem]
    count = Counter((a.exercise, a.kind) for name, a in ANSWERS if name == lesson.name)
    for name in exercises(lesson):
        assert count[name, "wrong"] >= 3, f"{name} needs three wrong answers"
        assert count[name, "right"] >= 2, f"{name} needs two right answers"
