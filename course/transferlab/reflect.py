"""Two questions at the end of a lesson; the answers stay in ./reflection.md and are sent nowhere.

It must not know the lesson, and must not overwrite a file that it did not write.
"""

import re
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from transferlab import student_files

FILE = Path("reflection.md")
QUESTIONS = ("Was everything clear?", "What could be better?")

_TITLE = "# Reflection"
_INTRO = (
    f"Your notes stay on this computer, in <code>{FILE}</code> next to the notebook; nothing is "
    "sent. Saving needs the running notebook."
)
_STYLE = """<style>
.transferlab-reflection { max-width: 48em;
  --jp-widgets-font-size: var(--jp-content-font-size1, 1rem) }
.transferlab-reflection .widget-html-content { line-height: 1.5; white-space: normal }
.transferlab-reflection .widget-textarea { align-items: stretch }
.transferlab-reflection .widget-textarea > label { width: auto; text-align: left }
</style>"""


def form() -> widgets.VBox:
    """Return the form, filled with what was saved earlier; its button writes ./reflection.md.

    A reflection.md that the form did not write is renamed (`reflection.md.bad`), not overwritten;
    if the folder cannot be written, the form says so in one sentence. Never raises.
    """
    answers, problem = _load()
    areas = [_area(question, text) for question, text in zip(QUESTIONS, answers, strict=True)]
    button = widgets.Button(description="Save", tooltip=f"Save your notes to {FILE}")
    status = widgets.HTML(_status(problem))

    def save(_: Any) -> None:
        status.value = _status(_save([area.value for area in areas]))

    button.on_click(save)
    box = widgets.VBox([widgets.HTML(f"{_STYLE}<p>{_INTRO}</p>"), *areas, button, status])
    box.add_class("transferlab-reflection")
    return box


def _area(question: str, text: str) -> widgets.Textarea:
    return widgets.Textarea(
        text,
        description=question,
        rows=4,
        layout=widgets.Layout(flex_flow="column", width="auto", height="auto"),
        style={"description_width": "auto"},
    )


def _status(sentence: str) -> str:
    return f'<span role="status">{escape(sentence)}</span>'


def _load() -> tuple[list[str], str]:
    """Return the saved answers, and a sentence for the student if there is something to say."""
    blank = [""] * len(QUESTIONS)
    try:
        return _decode(FILE.read_text(encoding="utf-8")), ""
    except FileNotFoundError:
        return blank, ""
    except (OSError, ValueError):
        pass
    try:
        return (
            blank,
            f"{FILE} was not written by this form: it is kept as {student_files.set_aside(FILE)}.",
        )
    except OSError as error:
        return blank, f"{FILE} cannot be read, nor moved away ({student_files.reason(error)})."


def _save(answers: list[str]) -> str:
    """Write the answers and return what to tell the student."""
    _, problem = _load()  # sets aside what someone else has written since the form was shown
    try:
        student_files.write(FILE, _encode(answers))
    except OSError as error:
        return (
            f"Not saved ({student_files.reason(error)}): copy your notes elsewhere, or free some "
            "space or make the lesson's folder writable, then press Save again."
        )
    return f"{problem} Saved to {FILE}.".strip()


def _encode(answers: list[str]) -> str:
    # A heading inside an answer is escaped as Markdown does it, so that it starts no new answer.
    escaped = [re.sub(r"(?m)^(\\*## )", r"\\\1", answer.strip()) for answer in answers]
    parts = [
        f"## {question}\n\n{text}\n" for question, text in zip(QUESTIONS, escaped, strict=True)
    ]
    return "\n".join([f"{_TITLE}\n", *parts])


def _decode(text: str) -> list[str]:
    """Return the answers in `text`; raise `ValueError` for anything but our own format."""
    title, *parts = re.split(r"(?m)^## ", text)
    if title.strip() != _TITLE or len(parts) != len(QUESTIONS):
        raise ValueError("not a reflection file")
    answers = []
    for question, part in zip(QUESTIONS, parts, strict=True):
        heading, _, answer = part.partition("\n")
        if heading.strip() != question:
            raise ValueError(f"unknown heading {heading!r}")
        answers.append(re.sub(r"(?m)^\\(\\*## )", r"\1", answer.strip()))
    return answers
