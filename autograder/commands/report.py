"""Show a class on one page."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.shared import WorkspaceFolder, console, short
from autograder.errors import WorkspaceError
from autograder.workspace import Workspace, find_repository


def report_command(
    lesson: Annotated[
        list[str] | None, typer.Option("--lesson", "-l", help="Only this lesson; may be repeated.")
    ] = None,
    workspace: WorkspaceFolder = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="A folder, or the page itself as a file that ends in .html.",
            show_default="report/ in the workspace",
        ),
    ] = None,
) -> None:
    """Show a whole class on one page: scores, exercises, misconceptions, who may need help.

    It reads what [bold]autograder grade[/bold] left, changes nothing and
    writes three files. report.html opens in any browser, needs no network and
    explains how to read it; report.csv is the same data as a table, with a row
    for each student, lesson and check; report.ipynb opens that table for your
    own analysis. The files hold names and grades: keep them where you keep the
    gradebook.

    A pair of similar submissions is a reason to look and to ask; it is not proof.

    Exit codes: 0 done; 2 nothing was graded yet, or the report could not be written.

    Examples:

        autograder report

        autograder report --lesson 2 --lesson 3

        autograder report --output week5/class.html
    """
    from autograder.class_report import write_report

    target = Workspace((workspace or find_repository() / "grading").resolve())
    with console.status("Reading the class, comparing answers, drawing plots ..."):
        done = write_report(
            target, lesson or [], output or target.root / "report", _bank_of(target)
        )
    for name, count in done.ungraded.items():
        console.print(f"{name} is not graded yet ({count} submitted).", markup=False)
    console.print(
        f"{_count(done.students, 'student')}, {_count(done.lessons, 'lesson')}; "
        f"{_count(done.listed, 'student')} who may need help, "
        f"{_count(done.pairs, 'pair')} of similar submissions."
    )
    for path in (done.page, done.table, done.notebook):
        console.print(short(path), soft_wrap=True, markup=False, highlight=False)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _bank_of(workspace: Workspace) -> Path | None:
    """Return the bank of answers of the repository around us or the workspace, if there is one."""
    for start in (Path.cwd(), workspace.root):
        with contextlib.suppress(WorkspaceError):
            folder = find_repository(start) / "tests" / "bank"
            if folder.is_dir():
                return folder
    return None
