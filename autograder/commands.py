"""The commands an instructor types: options in, tables out; they decide nothing themselves."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.errors import LessonError
from autograder.workspace import Workspace, create, find_repository

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="""Release lessons to a class, grade what comes back, return feedback.

    The order of the work:

    [bold]autograder release[/bold]   make the student notebooks from solutions/
    [bold]nbgrader collect[/bold]     in grading/: take in what students submitted
    [bold]autograder grade[/bold]     score it into nbgrader's gradebook
    [bold]autograder feedback[/bold]  write the pages that students get back

    [bold]autograder class[/bold] shows it all on a class of invented students.
    """,
)
console = Console()
Lessons = Annotated[list[str] | None, typer.Argument(help="Lesson names; all if none is given.")]
WorkspaceFolder = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="The grading workspace [default: grading/]."),
]


@app.command("release")
def release_command(
    lessons: Lessons = None,
    workspace: WorkspaceFolder = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail if course/ is out of date.")
    ] = False,
    exchange: Annotated[
        bool, typer.Option("--exchange", help="Also hand the lessons out in nbgrader's exchange.")
    ] = False,
) -> None:
    """Make the student version and the grading workspace from solutions/*.py.

    Examples:

        autograder release
        autograder release 02_anatomy_and_freezing --exchange
        autograder release --check
    """
    from autograder.release import hand_out, release, stale
    from autograder.source import find_lessons

    repository = find_repository()
    course = repository / "course"
    paths = find_lessons(lessons or [], repository / "solutions")
    if check:
        for path in paths:
            if outdated := stale(path, course):
                raise LessonError(
                    f"{path.name} and course/{path.stem}/{outdated[0]} differ: run `autograder "
                    "release` and commit what it makes."
                )
        console.print(f"course/ is up to date with {len(paths)} lesson(s).")
        return
    target = create(workspace or repository / "grading")
    for path in paths:
        release(path, target, course)
        if exchange:
            hand_out(path.stem, target)
        console.print(f"{path.stem}: student version in {_short(course / path.stem)}")


def _open(workspace: Path | None) -> Workspace:
    return Workspace((workspace or find_repository() / "grading").resolve())


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


@app.callback()
def _several_commands() -> None:
    """Keep `release` a command of its own."""
