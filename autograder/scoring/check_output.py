"""Decide what an executed check cell is worth; it knows cells, not gradebooks or students.

nbgrader gives full marks to a check that printed nothing, that was never run or whose score is not
a number, and no marks to correct work that warns on stderr. Here a check must show that it passed:
it either prints something or returns a number between 0 and its points.
"""

import logging
import math
import re
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.wording import shorten

_log = logging.getLogger(__name__)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Their messages are written for the student; the name of the type would not help.
_TEACHING = {"AssertionError", "CheckFailed", "NotAttempted", "NotImplementedError"}


@dataclass(frozen=True)
class Verdict:
    """The score of one check; `reason` is empty if no points were lost."""

    score: float
    max_score: float
    reason: str = ""


def score_check(cell: NotebookNode, max_score: float) -> Verdict:
    """Judge an executed check cell by its outputs.

    Args:
        cell: a code cell of an executed notebook (nbformat 4).
        max_score: its points.

    Returns:
        A finite score in [0, max_score]; a score below `max_score` always comes with a reason.
    """

    def nothing(reason: str) -> Verdict:
        return Verdict(0.0, max_score, reason)

    if cell.cell_type != "code" or cell.get("execution_count") is None:
        return nothing("The check was not run.")
    outputs = cell.get("outputs", [])
    for output in outputs:
        if output.output_type == "error":
            return nothing(shorten(error_sentence(output)))
    for output in outputs:
        if output.output_type == "execute_result":
            return _judge_number(_text(output), max_score)
    if not any(map(_is_shown, outputs)):
        return nothing("The check printed nothing, so nothing shows that it passed.")
    return Verdict(max_score, max_score)


def nbgrader_score(cell: NotebookNode, max_score: float) -> float | None:
    """Return what nbgrader's own rules give a check: silence passes, text on stderr costs all.

    Returns:
        A score; None if nbgrader would stop with an error.
    """
    from nbgrader.utils import determine_grade

    try:
        score, _ = determine_grade(cell, _log)
    except (KeyError, TypeError, ValueError):
        return None
    return None if score is None else float(score)


def error_sentence(output: NotebookNode) -> str:
    """Return an error output as one line."""
    if output.ename == "CellTimeoutError":
        return "The cell took too long and was stopped: look for a loop that never ends."
    if output.ename == "KeyboardInterrupt":
        return "The cell was stopped because it took too long."
    message = " ".join(_COLOUR.sub("", output.evalue).split())
    if message and output.ename in _TEACHING:
        return message
    return f"{output.ename}: {message}" if message else output.ename


def _judge_number(text: str, max_score: float) -> Verdict:
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not 0 <= score <= max_score:
        return Verdict(
            0.0,
            max_score,
            f"The check returned {shorten(text, 40)!r}, not a number from 0 to {max_score:g}.",
        )
    if score < max_score:
        return Verdict(score, max_score, f"{score:g} of {max_score:g} points.")
    return Verdict(score, max_score)


def _text(output: NotebookNode) -> str:
    text = output.data.get("text/plain", "")
    return text if isinstance(text, str) else "".join(text)


def _is_shown(output: NotebookNode) -> bool:
    if output.output_type == "stream":
        return output.name == "stdout" and bool(output.text.strip())
    return output.output_type == "display_data"
