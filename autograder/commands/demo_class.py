"""Demonstrate the whole workflow on a class of invented students."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from autograder.commands.grading_table import show_grading, table, unexpected
from autograder.commands.shared import CellTimeout, Jobs, Unsandboxed, console, short
from autograder.limits import CELL_SECONDS, DEADLINE_SECONDS
from autograder.workspace import find_repository


def class_command(
    lesson: Annotated[
        str | None,
        typer.Argument(help="The lesson to use.", show_default="the first in solutions/"),
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace", "-w", help="Where to build the class.", show_default="_build/class"
        ),
    ] = None,
    jobs: Jobs = None,
    cell_timeout: CellTimeout = CELL_SECONDS,
    unsandboxed: Unsandboxed = False,
) -> None:
    """Show the whole workflow on invented students: release, submit, grade, feedback.

    Some students are right in different ways, and some are wrong in the ways
    collected in tests/bank. Some submissions are broken: not a notebook, an
    endless loop, a dead kernel.

    Exit codes: 0 every student got the expected result; 1 at least one did not;
    2 the command could not do its work; 130 Ctrl-C stopped it.

    Example:

        autograder class
    """
    from autograder.demo_class import build
    from autograder.grading import Grading, Options, find_submissions
    from autograder.lesson import find_lessons
    from autograder.record import write_feedback
    from autograder.workspace import return_feedback

    repository = find_repository()
    source = find_lessons([lesson] if lesson else [], repository / "solutions")[0]
    root = workspace or repository / "_build" / "class"
    with console.status("Students fetch the lesson, work on it and submit ..."):
        target, students = build(root, source, repository / "tests" / "bank")
    pairs = find_submissions(target, [], [])
    options = Options(jobs, cell_timeout, DEADLINE_SECONDS, sandboxed=not unsandboxed)
    outcomes = show_grading(Grading(target, pairs, options), console)
    pages = write_feedback(target, pairs)
    list(track(pages, "Feedback", len(pairs), console=console))
    return_feedback(source.stem, target)
    console.print(table(outcomes, {student.name: student.story for student in students}))
    console.print(
        f"The class is in {short(target.root)}: go there and start `jupyter lab`. Its Nbgrader "
        "menu opens the formgrader; the feedback pages are in feedback/."
    )
    if surprises := unexpected(outcomes, students):
        for sentence in surprises:
            console.print(sentence, markup=False)
        raise typer.Exit(1)
