"""Questions: parsed from an author's cell, kept sealed, marked by a link, scored from files."""

import json
import subprocess
import sys
from pathlib import Path

import ipywidgets as widgets
import pytest
from ipywidgets.embed import dependency_state

from transferlab import progress_file, quiz

FREEZING = """
quiz.ask(
    "freezing_implies",
    "What does `trainable = False` on a layer imply?",
    right={"Training leaves its weights alone": "They take part, unchanged."},
    wrong={
        "It is skipped": "It still `computes`.",
        "Training is always faster": "Only the gradients are saved.",
    },
)
"""
SLICE = """
# a comment does no harm
quiz.ask("slice", "Which layers are in layers[:-3]?",
         right={"All but the last three": "Counted from the end."},
         wrong={"The last three": "That is layers[-3:]."})
"""


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a lesson folder with two questions; it is the working directory."""
    monkeypatch.chdir(tmp_path)
    quiz.save_questions([quiz.question_from_call(FREEZING), quiz.question_from_call(SLICE)])
    return tmp_path


def index_of(question_id: str, right: bool) -> int:
    """Return the display index of a right, or the first wrong, choice."""
    choices = quiz.load_questions()[question_id].choices
    return next(i for i, choice in enumerate(choices) if choice.right == right)


def radio_of(box: widgets.VBox) -> widgets.RadioButtons:
    """Return the radio buttons of a question's widget."""
    return next(child for child in box.children if isinstance(child, widgets.RadioButtons))


def feedback_of(box: widgets.VBox) -> widgets.Stack:
    """Return the feedback panels of a question's widget."""
    return next(child for child in box.children if isinstance(child, widgets.Stack))


def note_of(box: widgets.VBox) -> str:
    """Return the remark under a question's widget."""
    return box.children[-1].value


def answer(question_id: str, right: bool) -> widgets.VBox:
    """Answer a question by its widget, as the browser does."""
    box = quiz.ask(question_id)
    radio_of(box).index = index_of(question_id, right)
    return box


def test_a_call_gives_the_question() -> None:
    question = quiz.question_from_call(FREEZING)
    assert question.id == "freezing_implies"
    assert question.prompt == "What does `trainable = False` on a layer imply?"
    assert {choice.text for choice in question.choices if choice.right} == {
        "Training leaves its weights alone"
    }
    assert {choice.feedback for choice in question.choices if not choice.right} == {
        "It still `computes`.",
        "Only the gradients are saved.",
    }


def test_the_order_depends_on_the_texts_alone() -> None:
    swapped = FREEZING.replace("right=", "x=").replace("wrong=", "right=").replace("x=", "wrong=")
    swapped = swapped.replace(
        '"Training is always faster": "Only the gradients are saved.",\n', ""
    ).replace('{"Training leaves', '{"Training is always faster": "?", "Training leaves')
    texts = [[c.text for c in quiz.question_from_call(s).choices] for s in (FREEZING, swapped)]
    assert texts[0] == texts[1], "the key shows in the order of the choices"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("right={", "rihgt={", "right="),
        ("quiz.ask(", "quiz.ask(*x, ", "right="),
        ('"They take part, unchanged."', '""', "has no feedback"),
        ('"They take part, unchanged."', "feedback", "plain text, not an expression"),
        ('"They take part, unchanged."', 'f"{1}"', "plain text, not an expression"),
        ('{"Training leaves its weights alone": "They take part, unchanged."}', "{}", "at least"),
        ('"It is skipped"', '" "', "is empty"),
        ('"It is skipped"', '"Training is always faster"', "appears twice"),
        ('"It is skipped"', '"training LEAVES its `weights` alone"', "appears twice"),
        ('{"Training', '{"Two": "right", "Training', "2 right choices"),
        ('"freezing_implies"', '"Freezing implies"', "make the id of"),
        ('"What does `trainable = False` on a layer imply?"', '""', "prompt is empty"),
    ],
)
def test_a_malformed_question_is_named(old: str, new: str, complaint: str) -> None:
    assert old in FREEZING
    with pytest.raises(quiz.QuizError, match=complaint) as caught:
        quiz.question_from_call(FREEZING.replace(old, new, 1))
    named = "freezing_implies" in str(caught.value) or "Freezing implies" in str(caught.value)
    assert named or "quiz.ask(" in str(caught.value)


@pytest.mark.parametrize(
    "source", ["", "x = 1", FREEZING + "print(1)", "quiz.ask(", "ask('a')", "%matplotlib inline"]
)
def test_a_cell_that_is_not_one_call_is_refused(source: str) -> None:
    with pytest.raises(quiz.QuizError, match="The quiz cell that begins"):
        quiz.question_from_call(source)


def test_questions_survive_the_file(lesson: Path) -> None:
    expected = [quiz.question_from_call(FREEZING), quiz.question_from_call(SLICE)]
    assert list(quiz.load_questions().values()) == expected


def test_the_file_shows_neither_key_nor_feedback(lesson: Path) -> None:
    text = (lesson / "quiz.json").read_text()
    for secret in ("unchanged", "gradients", "computes", "true", "right", "wrong"):
        assert secret not in text.replace("All but", "")


def test_the_file_is_the_same_bytes_each_time(lesson: Path) -> None:
    first = (lesson / "quiz.json").read_bytes()
    quiz.save_questions(quiz.load_questions().values(), lesson / "again.json")
    assert (lesson / "again.json").read_bytes() == first


def test_two_questions_of_one_name_are_refused(tmp_path: Path) -> None:
    question = quiz.question_from_call(SLICE)
    with pytest.raises(quiz.QuizError, match="'slice'"):
        quiz.save_questions([question, question], tmp_path / "quiz.json")


def test_unknown_question(lesson: Path) -> None:
    with pytest.raises(quiz.QuizError, match=r"'nosuch'.*freezing_implies, slice"):
        quiz.ask("nosuch")


def damage(old: str, new: str) -> str:
    """Return the text of a question file with one thing changed."""
    text = Path("quiz.json").read_text()
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    "content",
    [
        lambda: "",
        lambda: "[1, 2]",
        lambda: "[" * 100_000,
        lambda: '{"version": 1}',
        lambda: damage('"version": 1', '"version": 2'),
        lambda: damage('"sealed": "', '"sealed": "!'),
        lambda: damage('"The last three"', '"The last three", "x"'),
        lambda: damage('"Which layers are in layers[:-3]?"', "7"),
        lambda: damage('"All but the last three"', '"The last three"'),
    ],
)
def test_a_damaged_file_is_one_sentence(lesson: Path, content: object) -> None:
    (lesson / "quiz.json").write_text(content())  # type: ignore[operator]
    for use in (lambda: quiz.ask("slice"), quiz.score):
        with pytest.raises(quiz.QuizError, match=r"^quiz\.json is damaged: get a fresh copy"):
            use()


def test_a_missing_file_is_one_sentence(lesson: Path) -> None:
    (lesson / "quiz.json").unlink()
    for use in (lambda: quiz.ask("slice"), quiz.score):
        with pytest.raises(quiz.QuizError, match=r"^quiz\.json is missing"):
            use()


def test_the_browser_links_choice_and_feedback(lesson: Path) -> None:
    box = quiz.ask("freezing_implies")
    radio, feedback = radio_of(box), feedback_of(box)
    assert radio.index is None
    assert feedback.selected_index is None
    question = quiz.load_questions()["freezing_implies"]
    for panel, choice in zip(feedback.children, question.choices, strict=True):
        assert ("Right." in panel.value) == choice.right
        assert ("Not yet." in panel.value) != choice.right
        assert 'role="status"' in panel.value
    state = dependency_state([box]).values()
    links = [entry["state"] for entry in state if entry["model_name"] == "LinkModel"]
    ends = [[*link["source"], *link["target"]] for link in links]
    radio_id, feedback_id = f"IPY_MODEL_{radio.model_id}", f"IPY_MODEL_{feedback.model_id}"
    assert ends == [[radio_id, "index", feedback_id, "selected_index"]]


def test_markup_in_texts_is_escaped() -> None:
    box = quiz.ask("b", "Is `1 < 2`? <b>", right={"a`<i>`": "<script>"}, wrong={"c": "`d`"})
    assert "<code>1 &lt; 2</code>? &lt;b&gt;" in box.children[0].value
    assert "<script>" not in "".join(panel.value for panel in feedback_of(box).children)
    assert "a<i>" in radio_of(box).options  # a radio button's label is shown as plain text


def test_an_author_can_ask_without_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    box = eval(FREEZING.strip(), {"quiz": quiz})
    assert len(radio_of(box).options) == 3
    with pytest.raises(quiz.QuizError, match="prompt is empty"):
        quiz.ask("freezing_implies", right={"a": "b"}, wrong={"c": "d"})


def test_score_counts_right_answers_and_names_the_rest(
    lesson: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert quiz.score() == 0
    assert "slice: not answered yet" in capsys.readouterr().out
    answer("slice", right=False)
    assert quiz.score() == 0
    assert "slice: not right yet" in capsys.readouterr().out
    answer("slice", right=True)
    assert quiz.score() == 1
    out = capsys.readouterr().out
    assert "slice" not in out
    assert "freezing_implies: not answered yet" in out
    answer("freezing_implies", right=True)
    assert quiz.score() == 2
    assert capsys.readouterr().out == "Quiz: 2 of 2 right.\n"


def test_tries_count_changes_of_mind_alone(lesson: Path) -> None:
    answer("slice", right=False)
    answer("slice", right=False)
    assert progress_file.load().answers["slice"].tries == 1
    answer("slice", right=True)
    assert progress_file.load().answers["slice"].tries == 2


def test_an_answer_is_restored_without_being_a_try(lesson: Path) -> None:
    answer("slice", right=True)
    before = (lesson / "progress.json").read_bytes()
    box = quiz.ask("slice")
    assert radio_of(box).index == feedback_of(box).selected_index == index_of("slice", True)
    assert note_of(box) == ""
    assert (lesson / "progress.json").read_bytes() == before


def test_a_new_process_restores_and_scores(lesson: Path) -> None:
    answer("slice", right=True)
    answer("freezing_implies", right=False)
    script = (
        "from transferlab import quiz\n"
        "print(quiz.ask('slice').children[1].value)\n"
        "print('points', quiz.score())\n"
        "import sys; print('tensorflow' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    lines = run.stdout.splitlines()
    assert lines[0] == "All but the last three"
    assert "points 1" in lines
    assert lines[-1] == "False", "a quiz must not wait for TensorFlow"
    assert run.stderr == "", "nbgrader takes all points for a line on stderr"


def release_again(old: str, new: str) -> None:
    """Release the lesson once more with one text changed."""
    assert old in SLICE
    changed = quiz.question_from_call(SLICE.replace(old, new))
    quiz.save_questions([quiz.question_from_call(FREEZING), changed])


@pytest.mark.parametrize(
    ("old", "new"),
    [("All but the last three", "All but three"), ("Which layers are", "Which layers are NOT")],
)
def test_an_answer_to_other_words_counts_no_more(lesson: Path, old: str, new: str) -> None:
    answer("slice", right=True)
    release_again(old, new)
    assert quiz.score() == 0
    box = quiz.ask("slice")
    assert radio_of(box).index is None
    assert "has changed since" in note_of(box)
    assert "answer it again" in note_of(box)
    radio_of(box).index = index_of("slice", True)
    assert note_of(box) == ""
    assert quiz.score() == 1


def test_an_answer_follows_its_text_when_choices_are_added(lesson: Path) -> None:
    answer("slice", right=True)
    more = ", ".join(f'"Choice {i}": "No."' for i in range(8))
    release_again('wrong={"The', "wrong={" + more + ', "The')
    assert index_of("slice", True) > 0, "the example no longer moves the choice"
    assert quiz.score() == 1
    assert radio_of(quiz.ask("slice")).value == "All but the last three"


def test_an_answer_without_fingerprint_counts_by_index(lesson: Path) -> None:
    right = index_of("slice", True)
    for choice, points in ((right, 1), (1 - right, 0), (7, 0), (-1, 0)):
        stored = {"version": 1, "answers": {"slice": {"choice": choice, "tries": 1}}, "checks": {}}
        (lesson / "progress.json").write_text(json.dumps(stored))
        assert quiz.score() == points


@pytest.mark.parametrize("content", ["", "not json", "[]", "[" * 100_000, '{"version": 1}'])
def test_a_damaged_progress_file_scores_nothing_and_says_so(
    lesson: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (lesson / "progress.json").write_text(content)
    assert quiz.score() == 0
    captured = capsys.readouterr()
    assert "progress.json could not be read" in captured.out
    assert captured.err == ""


def test_an_answer_that_cannot_be_kept_says_so_beside_the_question(
    lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        progress_file, "FILE", Path("quiz.json") / "progress.json"
    )  # never writable
    box = answer("slice", right=True)
    assert note_of(box).startswith("Your progress could not be saved")
    assert "go on" in note_of(box)
    assert quiz.score() == 1, "the answer is lost for this session"
