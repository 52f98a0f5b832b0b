"""Show how grading goes and how it ended: a progress bar, a table, the surprises of a demo."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from autograder.errors import Stopped
from autograder.scoring import Outcome
from autograder.wording import shorten

if TYPE_CHECKING:
    from autograder.demo_class import Student
    from autograder.grading import Grading

SLOW_SECONDS = 15


class RateColumn(ProgressColumn):
    """A column with the number of submissions graded per minute."""

    def render(self, task: Task) -> Text:
        """Return the rate so far."""
        speed = task.finished_speed or task.speed
        return Text("  -/min" if speed is None else f"{speed * 60:5.1f}/min")


class SlowColumn(ProgressColumn):
    """A column with the submission that has been running longest, if it is slow."""

    def __init__(self, grading: "Grading") -> None:
        super().__init__()
        self._grading = grading

    def render(self, task: Task) -> Text:
        """Return whose submission it is and how long it has been running."""
        pair, seconds = self._grading.longest_running()
        if pair is None or seconds < SLOW_SECONDS:
            return Text()
        return Text(f"slow: {pair[1]}, {seconds:.0f} s")


def show_grading(grading: "Grading", console: Console) -> list[Outcome]:
    """Grade behind a progress bar; return the outcomes, sorted by lesson and student.

    Raises:
        Stopped: Ctrl-C was pressed; the message says how far grading got.
    """
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
        SlowColumn(grading),
    )
    outcomes: list[Outcome] = []
    try:
        # Closing ends the workers at once, even if Ctrl-C comes while the bar is being drawn.
        with Progress(*columns, console=console) as progress, closing(iter(grading)) as coming:
            bar = progress.add_task("", total=len(grading.pairs))
            for outcome in coming:
                outcomes.append(outcome)
                progress.update(bar, advance=1, description=_flagged(outcomes))
    except KeyboardInterrupt:
        raise Stopped(
            f"Stopped: {len(outcomes)} of {len(grading.pairs)} graded and kept; "
            "run `autograder grade` again."
        ) from None
    return sorted(outcomes, key=lambda outcome: (outcome.lesson, outcome.student))


def _flagged(outcomes: Sequence[Outcome]) -> str:
    """Say how many outcomes so far a person should look at."""
    count = sum(
        bool(outcome.reason or outcome.repairs or _replaced(outcome)) for outcome in outcomes
    )
    return f"{count} flagged" if count else ""


def table(outcomes: Sequence[Outcome], stories: dict[str, str] | None = None) -> Table:
    """Return a table with a row per submission: student, score, and why it is not higher."""
    result = Table(caption=_summary(outcomes), caption_justify="left")
    result.add_column("student", no_wrap=True)
    if stories is not None:
        result.add_column("what they did")
    if len({outcome.lesson for outcome in outcomes}) > 1:
        result.add_column("lesson")
    result.add_column("score", justify="right", no_wrap=True)
    result.add_column("status", no_wrap=True)
    result.add_column("reason", overflow="fold")
    for outcome in outcomes:
        row = [outcome.student]
        row += [stories.get(outcome.student, "")] if stories is not None else []
        row += [outcome.lesson] if len({o.lesson for o in outcomes}) > 1 else []
        row += [_score(outcome), _status(outcome), _reason(outcome)]
        result.add_row(*map(escape, row), style="yellow" if outcome.reason else None)
    return result


def differences(outcomes: Sequence[Outcome], like_nbgrader: bool) -> Table | None:
    """Return the checks that our rules and nbgrader's score differently; None if there are none."""
    rules = ("nbgrader's", "autograder's") if like_nbgrader else ("autograder's", "nbgrader's")
    result = Table(title="Where autograder's rules and nbgrader's own differ", title_justify="left")
    result.add_column("student", no_wrap=True)
    result.add_column("check")
    result.add_column(f"recorded: {rules[0]}", justify="right")
    result.add_column(rules[1], justify="right")
    for outcome in outcomes:
        for check in outcome.checks:
            if check.other_score not in (None, check.score):
                scores = f"{check.score:g}", f"{check.other_score:g}"
                result.add_row(escape(outcome.student), escape(check.grade_id), *scores)
    return result if result.row_count else None


def unexpected(outcomes: Sequence[Outcome], students: Iterable["Student"]) -> list[str]:
    """Return a sentence for each invented student whose outcome is not the expected one."""
    by_name = {outcome.student: outcome for outcome in outcomes}
    sentences = []
    for student in students:
        outcome = by_name.get(student.name)
        if outcome is None:
            sentences.append(f"{student.name} has no outcome at all.")
        elif outcome.score != student.expected or student.reason not in outcome.reason:
            wanted = f"{student.expected:g} points" if student.expected is not None else "a reason"
            wanted += f" with {student.reason!r}" if student.reason else ""
            sentences.append(
                f"{student.name} must get {wanted}, but got {_score(outcome)}: {_reason(outcome)}"
            )
    return sentences


def _score(outcome: Outcome) -> str:
    return f"{outcome.score or 0:g} / {outcome.max_score:g}"


def _reason(outcome: Outcome) -> str:
    """Say in a line or two why the score is not higher; the pages for students say it in full."""
    if outcome.reason:
        return outcome.reason
    if replaced := _replaced(outcome):
        return f"check it by hand: its code has replaced {shorten(', '.join(replaced), 120)}"
    lost = [check for check in outcome.checks if check.reason]
    if len(lost) == 1:
        return f"{lost[0].grade_id}: {shorten(lost[0].reason, 120)}"
    return f"lost points in {', '.join(check.grade_id for check in lost)}" if lost else ""


def _replaced(outcome: Outcome) -> list[str]:
    """Return the names that checks in its process rely on and that its code has replaced."""
    return sorted({name for check in outcome.checks for name in check.replaced})


def _status(outcome: Outcome) -> str:
    if not outcome.graded:
        return "not graded"
    if outcome.reason:
        return "ended early"
    if _replaced(outcome):
        return "tampered"
    return "repaired" if outcome.repairs else "graded"


def _summary(outcomes: Sequence[Outcome]) -> str:
    reasons = sum(not outcome.graded for outcome in outcomes)
    parts = [f"{len(outcomes) - reasons} graded"]
    if cached := sum(outcome.cached for outcome in outcomes):
        parts.append(f"{cached} unchanged and not run again")
    if repaired := sum(bool(outcome.repairs) for outcome in outcomes):
        parts.append(f"{repaired} repaired: their pages and --json list the repairs")
    if reasons:
        parts.append(f"{reasons} not graded: each has a reason")
    if inside := sorted({c.grade_id for outcome in outcomes for c in outcome.checks if c.inside}):
        parts.append(f"judged in the students' own processes: {', '.join(inside)}")
    return ", ".join(parts)
