"""What several commands share: the options an instructor gives, and where their words go."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.workspace import Workspace, find_repository

console = Console()
Lessons = Annotated[list[str] | None, typer.Argument(help="Lesson names; all if none is given.")]
WorkspaceFolder = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="The grading workspace.", show_default="grading/"),
]
Students = Annotated[
    list[str] | None, typer.Option("--student", "-s", help="Only this student; may be repeated.")
]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Submissions at a time.", show_default="one per processor")
]
CellTimeout = Annotated[
    int, typer.Option(min=1, help="Processor seconds of one cell before it is interrupted.")
]
Unsandboxed = Annotated[
    bool,
    typer.Option("--unsandboxed", help="Run students' code without walls around it: you trust it."),
]


def open_workspace(workspace: Path | None) -> Workspace:
    """The grading workspace; raises `WorkspaceError` when it can't be written."""
    target = Workspace((workspace or find_repository() / "grading").resolve())
    target.check_writable()
    return target


def short(path: Path) -> str:
    """The path as seen from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
