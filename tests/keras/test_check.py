"""How a check ends: passed, failed or not attempted, said in words and kept in the progress file.

The messages for wrong answers are tested in `tests/lessons` with the bank of answers.
"""

from pathlib import Path

import keras
import pytest

from transferlab import check, errors, progress_file
from transferlab.check import answers, freezing


@pytest.fixture(autouse=True)
def lesson_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def model() -> keras.Model:
    return keras.Sequential([keras.Input((2,)), *(keras.layers.Dense(2) for _ in range(4))])


def test_pass_is_said_and_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with check.exercise("freeze_base"):
        pass
    assert capsys.readouterr().out.startswith("✅ freeze_base: passed.")
    assert progress_file.load().checks["freeze_base"].passed


def test_failure_is_kept_and_raised() -> None:
    message = "End it with `return model`"
    with pytest.raises(check.CheckFailed, match=message), check.exercise("freeze_base"):
        answers.returned_model(None)
    assert not progress_file.load().checks["freeze_base"].passed


def test_stub_is_told_apart_from_a_wrong_answer() -> None:
    with pytest.raises(check.NotAttempted), check.exercise("freeze_base"):
        raise NotImplementedError
    assert "freeze_base" not in progress_file.load().checks


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NameError("name 'snapshot' is not defined"), "Is it spelt right"),
        (ValueError("Unknown variable: <x>"), "give `compile` a new one"),
        (ZeroDivisionError("division by zero"), "your code stopped with ZeroDivisionError"),
    ],
)
def test_error_in_an_answer_becomes_a_sentence(error: Exception, message: str) -> None:
    with pytest.raises(check.CheckFailed, match=message), check.exercise("freeze"):
        raise error


def test_trouble_of_the_course_is_not_put_on_the_student() -> None:
    damaged = errors.TransferlabError("The backbone file is damaged: reinstall transferlab.")
    with pytest.raises(errors.TransferlabError) as raised, check.exercise("freeze"):
        raise damaged
    assert raised.value is damaged
    assert "freeze" not in progress_file.load().checks


def test_failure_shows_its_message_alone_in_a_notebook() -> None:
    (line,) = check.CheckFailed("Try again.")._render_traceback_()
    assert line == "CheckFailed: Try again."
    lines = check.CheckFailed("word " * 40)._render_traceback_()
    assert all(len(line) <= 88 for line in lines)
    assert " ".join(lines).split() == ["CheckFailed:", *["word"] * 40]


@pytest.mark.parametrize("answer", [None, "8", True, [8], 8.5, {}])
def test_count_that_is_no_whole_number_is_refused(answer: object) -> None:
    with pytest.raises(check.CheckFailed):
        freezing.trainable_count(answer, model())


@pytest.mark.parametrize("answer", [24, 24.0])
def test_count_may_be_any_kind_of_whole_number(answer: object) -> None:
    freezing.trainable_count(answer, model())


@pytest.mark.parametrize("value", [None, 1, (1, 2, 3), "ab"])
def test_pair_takes_two_things(value: object) -> None:
    with pytest.raises(check.CheckFailed):
        answers.pair(value)


def test_layers_without_weights_count_for_nothing() -> None:
    with_pool = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.MaxPool2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    freezing.frozen_exactly(with_pool, slice(None, 2))


def test_another_case_is_named_in_front() -> None:
    with (
        pytest.raises(check.CheckFailed, match=r"^In another case \(small\): Your function"),
        check.another_case("small"),
    ):
        answers.returned_model(None)


def test_same_weights_refuses_a_clone() -> None:
    original = model()
    freezing.same_weights(original, original.get_weights())
    with pytest.raises(check.CheckFailed, match="lost what it had learned"):
        freezing.same_weights(keras.models.clone_model(original), original.get_weights())
