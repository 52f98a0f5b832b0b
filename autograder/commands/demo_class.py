"""Show the whole way on a class of invented students."""

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
        str | None, typer.Argument(help="The lesson.", show_default="the first in solutions/")
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="Where to build it.", show_default="_build/class"),
    ] = None,
    jobs: Jobs = None,
    cell_timeout: CellTimeout = CELL_SECONDS,
    unsandboxed: Unsandboxed = False,
) -> None:
    """Show the whole way on a class of invented students: release, submit, grade, feedback.

    They are right in different ways, wrong in the ways of tests/bank, and
    broken: not a notebook, an endless loop, a dead kernel.

    Exit codes: 0 all got what they must; 1 one of them did not; 2 it could not
    be done; 130 it was stopped by Ctrl-C.

    Example:

        autograder class
    """
    from autograder.demo_class import build
    from autograder.grading import Grading, Options, find_submissions
    from autograder.lesson import find_lessons
    from autograder.record import write_feedback
    from autograder.workspace import hand_back

    repository = find_repository()
    source = find_lessons([lesson] if lesson else [], repository / "solutions")[0]
    root = workspace or repository / "_build" / "class"
    with console.status("Students fetch the lesson, work and submit ..."):
        target, students = build(root, source, repository / "tests" / "bank")
    pairs = find_submissions(target, [], [])
    options = Options(jobs, cell_timeout, DEADLINE_SECONDS, sandboxed=not unsandboxed)
    outcomes = show_grading(Grading(target, pairs, options), console)
    pages = write_feedback(target, pairs)
    list(track(pages, "Feedback", len(pairs), console=console))
    hand_back(source.stem, target)
    console.print(table(outcomes, {student.name: student.story for student in students}))
    console.print(
        f"The class is in {short(target.root)}: go there and start `jupyter lab`, its Nbgrader "
        "menu opens the formgrader; the feedback pages are in feedback/."
    )
    if surprises := unexpected(outcomes, students):
        for sentence in surprises:
            console.print(sentence, markup=False)
        raise typer.Exit(1)
