"""Write the feedback pages that students get back."""

from typing import Annotated

import typer
from rich.progress import track

from autograder.commands.shared import (
    Lessons,
    Students,
    WorkspaceFolder,
    console,
    open_workspace,
    short,
)


def feedback_command(
    lessons: Lessons = None,
    workspace: WorkspaceFolder = None,
    student: Students = None,
    hand: Annotated[
        bool, typer.Option("--return", help="Also return the pages in nbgrader's exchange.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many pages to write at a time.", show_default="one per processor"
        ),
    ] = None,
) -> None:
    """Write each student's feedback page: scores and messages, without hidden tests.

    Examples:

        autograder feedback

        autograder feedback 02_anatomy_and_freezing --return
    """
    from autograder.grading import find_submissions
    from autograder.record import write_feedback
    from autograder.workspace import return_feedback

    target = open_workspace(workspace)
    pairs = find_submissions(target, lessons or [], student or [])
    pages = list(
        track(write_feedback(target, pairs, jobs), "Feedback", len(pairs), console=console)
    )
    failed = [page for page in pages if page.reason]
    for page in failed:
        console.print(f"{page.student}, {page.lesson}: {page.reason}", markup=False)
    if hand:
        for lesson in dict.fromkeys(page.lesson for page in pages):
            return_feedback(lesson, target)
    console.print(f"{len(pages) - len(failed)} pages in {short(target.feedback)}")
    if failed:
        raise typer.Exit(1)
