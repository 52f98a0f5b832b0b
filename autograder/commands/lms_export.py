"""Write grades for other systems."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from autograder.commands.roster import IdColumn, RosterFile, open_roster
from autograder.commands.shared import Lessons, WorkspaceFolder, console, open_workspace
from autograder.lms import ExportFormat


def export_command(
    lessons: Lessons = None,
    form: Annotated[
        ExportFormat, typer.Option("--to", help="The system or format to write for.")
    ] = ExportFormat.CSV,
    workspace: WorkspaceFolder = None,
    roster_file: RosterFile = None,
    id_column: IdColumn = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write.", show_default="grades-FORM.csv"),
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="The header for one lesson's grades: 'Homework 1 (456)'.")
    ] = None,
    scale: Annotated[
        bool,
        typer.Option(
            "--scale", help="Scale the scores to the maximum points that the roster gives."
        ),
    ] = False,
    feedback: Annotated[
        Path | None,
        typer.Option(help="Also pack the feedback pages, into FILE.zip or into a folder."),
    ] = None,
) -> None:
    """Write the grades for Moodle, Canvas, a spreadsheet, a program or nbgrader.

    --to moodle writes a file for Grades > Import > CSV file, with a column of
    feedback. If the roster is the grading worksheet of the assignment, that
    worksheet is filled in instead, for Upload grading worksheet. --to canvas
    writes a file for Gradebook > Import; it needs the exported gradebook as
    --roster. --to csv and --to json write one row for each student and lesson.
    --to nbgrader runs nbgrader's own export, with its exporter.

    Penalties for being late are deducted. Cells that a spreadsheet would run as
    a formula get an apostrophe in front.

    --feedback packs the pages that autograder feedback wrote: with --to moodle
    in the folders of the download (for Upload multiple feedback files in a
    zip), with --to canvas under the names of the download (for Upload
    Submissions), otherwise as STUDENT/LESSON.html.

    Exit codes: 0 everything is written; 1 some students could not be included;
    2 the command could not do its work.

    Examples:

        autograder export --to csv

        autograder export 2 --to moodle --roster worksheet.csv --feedback pages.zip

        autograder export 2 --to canvas --roster gradebook.csv --column 'Lesson 2 (456)'
    """
    from autograder.files import write_atomically
    from autograder.grading import find_submissions
    from autograder.lms import grades, pages
    from autograder.record import scored
    from autograder.workspace import export_by_nbgrader

    target = open_workspace(workspace)
    roster = open_roster(roster_file, id_column)
    pairs = find_submissions(target, lessons or [], [])
    chosen = list(dict.fromkeys(lesson for lesson, _ in pairs))
    file = output or Path(f"grades-{form}.{'json' if form is ExportFormat.JSON else 'csv'}")
    missing: dict[str, str] = {}
    if form is ExportFormat.NBGRADER:
        export_by_nbgrader(chosen, file, target)
    else:
        scores = list(scored(target, chosen))
        if form is ExportFormat.JSON:
            text = grades.as_json(scores)
        else:
            written = grades.as_table(form, scores, roster, column, scale)
            text, missing = written.as_csv(), written.missing
        write_atomically(file, text.encode())
        if waiting := sum(each.unfinished for each in scores):
            console.print(f"{waiting} submission(s) still need manual grading in the formgrader.")
    console.print(f"Grades of {', '.join(chosen)} are in {file}", markup=False)
    if feedback is not None:
        found = pages.find_pages(target, pairs, form, roster)
        missing |= pages.pack(track(list(found), "Packing", console=console), feedback)
        console.print(f"Feedback is in {feedback}", markup=False)
    for student, reason in missing.items():
        console.print(f"{student}: {reason}", markup=False)
    if missing:
        raise typer.Exit(1)
