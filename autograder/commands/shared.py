"""Options that several commands share, and the console on which they print."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.workspace import Workspace, find_repository

console = Console()
Lessons = Annotated[
    list[str] | None, typer.Argument(help="Lesson names; all lessons if none is given.")
]
WorkspaceFolder = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="The grading workspace.", show_default="grading/"),
]
Students = Annotated[
    list[str] | None, typer.Option("--student", "-s", help="Only this student; may be repeated.")
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1, help="How many submissions to run at a time.", show_default="one per processor"
    ),
]
CellTimeout = Annotated[
    int,
    typer.Option(min=1, help="Processor seconds that a cell may take before it is interrupted."),
]
Unsandboxed = Annotated[
    bool,
    typer.Option(
        "--unsandboxed",
        help="Run students' code without a sandbox; use it only if you trust the code.",
    ),
]


def open_workspace(workspace: Path | None) -> Workspace:
    """Return the grading workspace; raise `WorkspaceError` if it can't be written."""
    target = Workspace((workspace or find_repository() / "grading").resolve())
    target.check_writable()
    return target


def short(path: Path) -> str:
    """Return the path relative to the current folder, if it is inside it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
