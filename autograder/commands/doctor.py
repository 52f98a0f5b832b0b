"""Check what this machine can do."""

from pathlib import Path

import typer
from rich.markup import escape

from autograder.commands.shared import WorkspaceFolder, console
from autograder.workspace import Workspace


def doctor_command(workspace: WorkspaceFolder = None) -> None:
    """Check whether this machine can sandbox students' code, start it fast and reach the gradebook.

    Exit codes: 0 this machine can grade a class; 1 it can't, because it can't
    sandbox students' code or because the gradebook's server doesn't answer.

    Example:

        autograder doctor
    """
    from autograder.commands.machine_checks import examine

    findings = list(examine(Workspace((workspace or Path("grading")).resolve())))
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        mark = "[green]yes[/green]" if finding.good else "[yellow]no [/yellow]"
        line = f"{mark}  {finding.what:{width}}  {escape(finding.detail)}"
        console.print(line, soft_wrap=True)
    if not all(finding.good for finding in findings if finding.vital):
        raise typer.Exit(1)
