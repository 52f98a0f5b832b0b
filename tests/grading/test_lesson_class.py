"""The real lesson through real nbgrader: release, submit, collect, grade, feedback."""

from pathlib import Path

from autograder import answer_bank
from autograder.commands.grading_table import unexpected
from autograder.lesson.source import read_lesson, telling_lines

ROOT = Path(__file__).parents[2]


def test_class_on_the_lesson(lesson_class):
    assert len(lesson_class.students) >= 12
    assert unexpected(lesson_class.outcomes.values(), lesson_class.students) == []
    answers = answer_bank.load(lesson_class.lesson, ROOT / "tests" / "bank")
    reasons = {check.grade_id: check.reason for check in lesson_class.outcomes["dilan"].checks}
    for exercise, known in answers.items():
        first_wrong = next(answer for answer in known if answer.kind == "wrong")
        assert first_wrong.message in reasons[f"{exercise}_check"]
    for check in lesson_class.outcomes["gita"].checks:
        assert "ot attempted" in check.reason or check.grade_id == "quiz_check"
    lesson = read_lesson(ROOT / "solutions" / f"{lesson_class.lesson}.py")
    hidden = [
        line.strip()
        for cell in lesson.notebook.cells
        if "BEGIN HIDDEN" in cell.source
        for line in cell.source.splitlines()
        if line.strip() in telling_lines(lesson.notebook)
    ]
    assert hidden
    page = lesson_class.feedback("dilan")
    assert [line for line in hidden if line in page] == []
