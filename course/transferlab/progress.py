"""The progress panel of a lesson: quiz and checks, in words and bars, live in its kernel."""

from collections.abc import Sequence
from html import escape

import ipywidgets as widgets
from IPython import get_ipython

from transferlab import progress_file, quiz
from transferlab.progress_file import Progress

# One panel per kernel: showing it again shows the same widget, so none goes stale.
_panel: widgets.HTML | None = None
_exercises: tuple[str, ...] = ()


def panel(exercises: Sequence[str] = ()) -> widgets.HTML:
    """Return the progress panel: quiz and checks, in words and bars, live in this kernel.

    `exercises` names the lesson's exercises in order, so that those not tried yet are counted;
    without it only those whose check has run are shown. From now on each cell that runs counts as
    work on the lesson, and the file exists: the lesson has been begun.
    """
    global _panel, _exercises
    _exercises = tuple(exercises)
    if _panel is None:
        _panel = widgets.HTML()
    if (shell := get_ipython()) is not None:
        shell.events.register("post_run_cell", _after_cell)
    progress_file.on_change(_refresh)
    _refresh(progress_file.load())
    progress_file.begin()
    return _panel


def _after_cell(_result: object) -> None:
    progress_file.note_work()


def _refresh(state: Progress) -> None:
    if _panel is not None:
        _panel.value = _as_html(state)


def _as_html(state: Progress) -> str:
    lines = []
    try:
        tally = quiz.tally(state)
        text = f"Quiz: {tally.answered} of {tally.questions} answered, {tally.right} right"
        lines.append(bar(text, tally.right, tally.questions))
    except quiz.QuizError as error:
        lines.append(f"<p>{escape(str(error))}</p>")
    names = list(dict.fromkeys([*_exercises, *state.checks]))
    passed = sum(name in state.checks and state.checks[name].passed for name in names)
    text = f"Checks: {passed} of {len(names)} passed" if names else "Checks: none has run yet"
    lines.append(bar(text, passed, len(names)))
    lines.append("<ul>" + "".join(_check_line(name, state) for name in names) + "</ul>")
    if not progress_file.is_saved():
        lines.append("<p><strong>Not saved:</strong> kept until you close the notebook only.</p>")
    return '<div class="transferlab-progress">' + "".join(lines) + "</div>"


def bar(text: str, done: int, total: int) -> str:
    """Return HTML: a bar of what is done, and the same in words."""
    shown = f'<progress value="{done}" max="{max(total, 1)}"></progress>'
    return f"<div><label>{shown} {escape(text)}</label></div>"


def _check_line(name: str, state: Progress) -> str:
    check = state.checks.get(name)
    if check is None:
        return f"<li><code>{escape(name)}</code>: not tried yet</li>"
    tries = "1 try" if check.tries == 1 else f"{check.tries} tries"
    outcome = "✅ passed" if check.passed else "not passed yet"
    return f"<li><code>{escape(name)}</code>: {outcome} ({tries})</li>"
