"""Grade what students submitted."""

import json
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.grading_table import differences, show_grading, table
from autograder.commands.shared import (
    CellTimeout,
    Jobs,
    Lessons,
    Students,
    Unsandboxed,
    WorkspaceFolder,
    console,
    open_workspace,
)
from autograder.limits import CELL_SECONDS, DEADLINE_SECONDS


def grade_command(
    lessons: Lessons = None,
    workspace: WorkspaceFolder = None,
    student: Students = None,
    jobs: Jobs = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Run submissions on the workers of this Dask scheduler: tcp://host:8786, or "
            "tls://host:8786 with certificates in Dask's configuration.",
            show_default="this machine",
        ),
    ] = None,
    cell_timeout: CellTimeout = CELL_SECONDS,
    deadline: Annotated[
        int, typer.Option(min=1, help="Seconds that one whole submission may take.")
    ] = DEADLINE_SECONDS,
    run_all: Annotated[
        bool, typer.Option("--run-all", help="Run every cell, even if no check depends on it.")
    ] = False,
    unsandboxed: Unsandboxed = False,
    like_nbgrader: Annotated[
        bool,
        typer.Option(
            "--like-nbgrader",
            help="Score by nbgrader's own rules, and show where autograder's differ.",
        ),
    ] = False,
    collect_first: Annotated[
        bool, typer.Option("--collect", help="First collect what students submitted.")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write all outcomes to this JSON file.")
    ] = None,
) -> None:
    """Score submissions into nbgrader's gradebook; one bad submission never stops the class.

    Each submission ends with a score, or with 0 points and a reason that its
    student can act on. A submission that was graded before and has not changed
    is not run again.

    With --cluster, machines that run `dask worker ADDRESS` run the submissions,
    each in its own sandbox; only this machine writes grades. The course's page
    on clusters explains how to start the workers.

    Exit codes: 0 every submission has a score; 1 some have a reason instead; 2
    grading could not be done; 130 Ctrl-C stopped it.

    Examples:

        autograder grade

        autograder grade 02_anatomy_and_freezing --student ada --student bela

        autograder grade --collect --jobs 4 --json outcomes.json

        autograder grade --cluster tcp://head.example.org:8786
    """
    from autograder.grading import Grading, Options, find_submissions
    from autograder.workspace import collect

    target = open_workspace(workspace)
    if collect_first:
        for lesson in lessons or sorted(path.name for path in target.release.glob("*")):
            for warning in collect(lesson, target):
                console.print(f"{lesson}: {warning}", markup=False, highlight=False)
    pairs = find_submissions(target, lessons or [], student or [])
    options = Options(jobs, cell_timeout, deadline, run_all, not unsandboxed, like_nbgrader)
    outcomes = show_grading(Grading(target, pairs, options, cluster), console)
    console.print(table(outcomes))
    if like_nbgrader and (differing := differences(outcomes, like_nbgrader)):
        console.print(differing)
    if json_file is not None:
        text = json.dumps([outcome.as_dict() for outcome in outcomes], indent=1)
        json_file.write_text(text + "\n", encoding="utf-8")
    if not all(outcome.graded for outcome in outcomes):
        raise typer.Exit(1)
