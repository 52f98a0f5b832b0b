"""Multiple-choice questions that mark themselves in the browser, and their score from files.

It must not know TensorFlow, the notebook's other cells, or who reads the score.
"""

import ast
import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from transferlab import progress_file
from transferlab.errors import TransferlabError

FILE = Path("quiz.json")
_VERSION = 1


class QuizError(TransferlabError):
    """A question that cannot be asked as written, or a question file that cannot be used."""


@dataclass(frozen=True)
class Choice:
    """One choice: its text, the feedback that choosing it gives, and whether it is right."""

    text: str
    feedback: str
    right: bool


@dataclass(frozen=True)
class Question:
    """A question with its choices in display order, exactly one of them right."""

    id: str
    prompt: str
    choices: tuple[Choice, ...]

    def fingerprint(self, choice: int) -> str:
        """Return 12 hex digits that change with the prompt or the text of choice `choice`."""
        return _digest(self.id, self.prompt, self.choices[choice].text)[:12]


@dataclass(frozen=True)
class Tally:
    """How many questions a lesson has, and how many are answered, and answered right."""

    questions: int
    answered: int
    right: int


def ask(
    question_id: str,
    prompt: str | None = None,
    *,
    right: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> widgets.VBox:
    """Return the widget of one question; the answer is recorded and an earlier one restored.

    An author writes the whole question (see `question_from_call`); a student's notebook has the
    id only, and the rest comes from ./quiz.json. The browser marks the answer by itself, so the
    widget also works on a page without a kernel. Raises `QuizError` for a malformed question, an
    unknown id, or a missing or damaged quiz.json.
    """
    if (prompt, right, wrong) != (None, None, None):
        return _widget(_question(question_id, prompt, right, wrong))
    questions = load_questions()
    if question_id not in questions:
        raise QuizError(
            f"{FILE} has no question {question_id!r}, it has {', '.join(questions) or 'none'}: "
            "get the lesson's folder again, notebook and quiz.json together."
        )
    return _widget(questions[question_id])


def score() -> int:
    """Return how many questions of ./quiz.json are answered right in ./progress.json.

    Prints a line for each question that is open or wrong. Needs no widget and no browser. Raises
    `QuizError` when quiz.json is missing or damaged; a damaged progress.json counts as empty.
    """
    questions, state = load_questions(), progress_file.load()
    points = 0
    for question in questions.values():
        chosen = _chosen(question, state.answers.get(question.id))
        if chosen is None:
            print(f"{question.id}: not answered yet. Choose an answer, then run this cell again.")
        elif not question.choices[chosen].right:
            print(f"{question.id}: not right yet. Read its feedback, choose again, run this again.")
        else:
            points += 1
    print(f"Quiz: {points} of {len(questions)} right.")
    return points


def tally(state: progress_file.Progress, path: Path = FILE) -> Tally:
    """Count the answers in `state` against the questions in `path`. Raises as `score` does."""
    questions = load_questions(path)
    chosen = {id_: _chosen(question, state.answers.get(id_)) for id_, question in questions.items()}
    answered = [questions[id_].choices[index] for id_, index in chosen.items() if index is not None]
    return Tally(len(questions), len(answered), sum(choice.right for choice in answered))


def question_from_call(source: str) -> Question:
    """Return the question that an author's quiz cell asks, without running the cell.

    `source` holds one call of `quiz.ask` with literal arguments and nothing else: id, prompt,
    `right={choice: feedback}` and `wrong={choice: feedback, ...}`. Raises `QuizError`, naming the
    question (or the cell's first line) and what is wrong.
    """
    cell = f"The quiz cell that begins {source.strip().partition(chr(10))[0]!r}"
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise QuizError(f"{cell} is not Python: {error.msg} in line {error.lineno}.") from error
    match body:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name("quiz"), "ask"), args, keywords))]:
            pass
        case _:
            raise QuizError(f"{cell} must be one call of quiz.ask(...) and nothing else.")
    names = ["question_id", "prompt"]
    if len(args) > len(names):
        raise QuizError(f"{cell} must name right= and wrong=.")
    given = dict(zip(names, args, strict=False)) | {k.arg or "**": k.value for k in keywords}
    if len(given) < len(args) + len(keywords) or set(given) != {*names, "right", "wrong"}:
        raise QuizError(f"{cell} must have an id, a prompt, right={{...}} and wrong={{...}}.")
    values = {name: _literal(node, f"{cell}, in {name}:") for name, node in given.items()}
    return _question(**values)


def save_questions(questions: Iterable[Question], path: Path = FILE) -> None:
    """Write `questions` to `path`: the same questions give the same bytes on every machine.

    Raises `QuizError` when two questions share an id.
    """
    stored: dict[str, Any] = {}
    for question in questions:
        if question.id in stored:
            raise QuizError(f"Two questions are called {question.id!r}: rename one of them.")
        stored[question.id] = {
            "prompt": question.prompt,
            "choices": [choice.text for choice in question.choices],
            "sealed": _seal([[choice.right, choice.feedback] for choice in question.choices]),
        }
    document = {"version": _VERSION, "questions": stored}
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def load_questions(path: Path = FILE) -> dict[str, Question]:
    """Return the questions in `path` by id, in the lesson's order.

    Raises `QuizError` when the file is missing or damaged.
    """
    try:
        stored = json.loads(Path(path).read_text(encoding="utf-8"))
        if stored["version"] != _VERSION:
            raise ValueError(f"version {stored['version']!r}")
        return {id_: _stored_question(id_, entry) for id_, entry in stored["questions"].items()}
    except FileNotFoundError:
        raise QuizError(
            f"{path} is missing: it belongs next to the notebook, so get the lesson's folder "
            "again, or start the notebook from its own folder."
        ) from None
    except (OSError, *_DAMAGE) as error:
        raise QuizError(f"{path} is damaged: get a fresh copy of it from the lesson.") from error


def _stored_question(id_: str, entry: dict[str, Any]) -> Question:
    right: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for text, (is_right, feedback) in zip(entry["choices"], _unseal(entry["sealed"]), strict=True):
        (right if is_right else wrong)[text] = feedback
    return _question(id_, entry["prompt"], right, wrong)


_DAMAGE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, QuizError)


def _seal(value: Any) -> str:
    """Hide the key from a glance at the file. It is no secret: the browser must be able to mark.

    It is not compressed, because zlib's bytes differ between builds and the file is compared byte
    by byte.
    """
    return base64.b64encode(json.dumps(value).encode()).decode()


def _unseal(sealed: str) -> Any:
    return json.loads(base64.b64decode(sealed, validate=True))


def _literal(node: ast.expr, where: str) -> Any:
    if isinstance(node, ast.Dict):
        texts = [_literal(key, where) for key in node.keys if key]
        for text in texts:
            if texts.count(text) > 1:
                raise QuizError(f"{where} the choice {text!r} appears twice.")
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError) as error:
        raise QuizError(f"{where} write plain text, not an expression.") from error


def _question(question_id: Any, prompt: Any, right: Any, wrong: Any) -> Question:
    """Return the question with its choices shuffled, the same way each time, or raise."""
    where = f"Quiz question {question_id!r}:"
    if not isinstance(question_id, str) or not re.fullmatch("[a-z][a-z0-9_]*", question_id):
        raise QuizError(f"{where} make the id of lower-case words joined by underscores.")
    if not _is_text(prompt):
        raise QuizError(f"{where} its prompt is empty.")
    for name, choices in (("right", right), ("wrong", wrong)):
        if not isinstance(choices, Mapping) or not choices:
            raise QuizError(f"{where} {name}= must map at least one choice to its feedback.")
        for text, feedback in choices.items():
            if not _is_text(text):
                raise QuizError(f"{where} a choice in {name}= is empty.")
            if not _is_text(feedback):
                raise QuizError(f"{where} the choice {text!r} has no feedback.")
    if len(right) > 1:
        raise QuizError(f"{where} it has {len(right)} right choices, but one alone can be chosen.")
    choices = [Choice(text, feedback, right=True) for text, feedback in right.items()]
    choices += [Choice(text, feedback, right=False) for text, feedback in wrong.items()]
    labels = [_label(choice.text).casefold() for choice in choices]
    for choice, label in zip(choices, labels, strict=True):
        if labels.count(label) > 1:
            raise QuizError(f"{where} the choice {choice.text!r} appears twice.")
    choices.sort(key=lambda choice: _digest(question_id, choice.text))
    return Question(question_id, prompt, tuple(choices))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _label(text: str) -> str:
    """Return a choice's text as a radio button can show it: on one line, without markup."""
    return " ".join(text.replace("`", "").split())


def _chosen(question: Question, answer: progress_file.Answer | None) -> int | None:
    """Return the index of the recorded choice, or None if there is none in this question."""
    if answer is None:
        return None
    indices = range(len(question.choices))
    if not answer.fingerprint:
        return answer.choice if answer.choice in indices else None
    return next((i for i in indices if question.fingerprint(i) == answer.fingerprint), None)


_STYLE = """<style>
.transferlab-quiz { max-width: 48em; margin-block: .5em;
  --jp-widgets-font-size: var(--jp-content-font-size1, 1rem) }
.transferlab-quiz .widget-radio, .transferlab-quiz .widget-radio-box { width: auto; height: auto }
.transferlab-quiz .widget-radio-box label { height: auto; line-height: 1.4; margin-block: .15em;
  white-space: normal }
.transferlab-quiz .widget-html-content { line-height: 1.5; white-space: normal }
.transferlab-feedback { padding: .3em .8em; border-left: .3em solid #b35900 }
.transferlab-feedback.right { border-left-color: #1a7f37 }
</style>"""


def _widget(question: Question) -> widgets.VBox:
    answer = progress_file.load().answers.get(question.id)
    chosen = _chosen(question, answer)
    radio = widgets.RadioButtons(
        options=[_label(choice.text) for choice in question.choices], index=chosen
    )
    feedback = widgets.Stack(
        [widgets.HTML(_feedback(choice)) for choice in question.choices], selected_index=chosen
    )
    note = widgets.HTML()
    if answer is not None and chosen is None:
        note.value = "This question has changed since you answered it: please answer it again."
    # The link lives in the browser: it marks the answer with or without a kernel.
    widgets.jslink((radio, "index"), (feedback, "selected_index"))

    def record(change: Any) -> None:
        if change.new is not None:
            fingerprint = question.fingerprint(change.new)
            note.value = progress_file.record_answer(question.id, change.new, fingerprint)

    radio.observe(record, "index")
    prompt = widgets.HTML(f"{_STYLE}<p><strong>{with_code(question.prompt)}</strong></p>")
    box = widgets.VBox([prompt, radio, feedback, note])
    box.add_class("transferlab-quiz")
    return box


def _feedback(choice: Choice) -> str:
    word, kind = ("Right.", " right") if choice.right else ("Not yet.", "")
    return (
        f'<div class="transferlab-feedback{kind}" role="status">'
        f"<strong>{word}</strong> {with_code(choice.feedback)}</div>"
    )


def with_code(text: str) -> str:
    """Return plain text as HTML, with the text between backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))
