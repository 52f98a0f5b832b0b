"""The bank of answers is read as its authors wrote it."""

import pytest

from autograder.answer_bank import Answer, load, with_answer
from autograder.errors import LessonError
from autograder.lesson.release import solved_notebook


def test_load(toy_repository):
    answers = load("01_toy", toy_repository / "tests" / "bank")
    assert list(answers) == ["double", "halve"]
    kinds = [answer.kind for answer in answers["double"]]
    assert kinds == ["right", "right", "wrong", "wrong"]
    assert answers["halve"][1] == Answer(
        exercise="halve",
        kind="wrong",
        title="divides whole numbers",
        message="Half of 5 is 2.5",
        source='def halve(number):\n    """Return half the number."""\n    return number // 2',
    )
    assert load("99_unknown", toy_repository / "tests" / "bank") == {}


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("# %%", "begin it with"),
        ('# %% right="a" wrong="b" message="c"', "begin it with"),
        ('# %% wrong="forgot"', "add message="),
    ],
)
def test_unfinished_answer_is_named(tmp_path, header, sentence):
    (tmp_path / "01_toy").mkdir()
    (tmp_path / "01_toy" / "double.py").write_text(f"{header}\ndef double(n):\n    return n\n")
    with pytest.raises(LessonError, match=sentence):
        load("01_toy", tmp_path)


def test_with_answer(toy_repository):
    notebook = solved_notebook(toy_repository / "solutions" / "01_toy.py")
    changed = with_answer(notebook, "double", "double = None")
    assert "double = None" in [cell.source for cell in changed.cells]
    assert "double = None" not in [cell.source for cell in notebook.cells]
    with pytest.raises(LessonError, match="'triple'"):
        with_answer(notebook, "triple", "")
