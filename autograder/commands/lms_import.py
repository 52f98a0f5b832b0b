"""Import what students submitted in other systems."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from autograder.commands.roster import IdColumn, RosterFile, open_roster
from autograder.commands.shared import WorkspaceFolder, console, open_workspace
from autograder.lms import Lms


def import_command(
    lesson: Annotated[str, typer.Argument(help="The lesson that was submitted.")],
    path: Annotated[Path, typer.Argument(help="The download: a zip, a tar, or a folder.")],
    workspace: WorkspaceFolder = None,
    lms: Annotated[
        Lms | None,
        typer.Option(
            "--from",
            help="The system that the download comes from.",
            show_default="recognised by its file names",
        ),
    ] = None,
    roster_file: RosterFile = None,
    id_column: IdColumn = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            help="The time zone of the times in file names and rosters.",
            show_default="Exchange.timezone",
        ),
    ] = None,
    file_times: Annotated[
        bool,
        typer.Option("--file-times", help="Use the dates of the files as submission times."),
    ] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Let this download count, even if nothing shows that it is newer."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; show what would happen.")
    ] = False,
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json", help="Also write what happened to each submission to this JSON file."
        ),
    ] = None,
) -> None:
    """Import what students submitted elsewhere: a download from Moodle, Canvas or Blackboard.

    In Moodle: View all submissions > Download all submissions. In Canvas: the
    assignment > Download Submissions. In Blackboard: the column's menu >
    Assignment File Download. A folder may hold a folder or a notebook for each
    student, named after the student. Zip and tar archives are opened, including
    archives inside archives.

    With --roster, names are looked up in the class list: Moodle's grading
    worksheet (it has Moodle's numbers and submission times), Canvas's exported
    gradebook, Blackboard's, or any CSV with a user name, a number or an
    address. Without it, students are named as in the download.

    The latest attempt counts; earlier ones are kept in downloaded/. Anything
    doubtful (two students with one name, nobody in the roster, no notebook,
    several notebooks) is reported with the reason and stays where it is; the
    others are imported. Importing again changes nothing, and a later download
    replaces what is older.

    Lateness is computed from times that students can't write: those in
    Blackboard's file names, those in Moodle's worksheet, and Canvas's mark
    LATE. nbgrader must know the due date: nbgrader db assignment add LESSON
    --duedate TIME.

    Exit codes: 0 everything is imported; 1 something is doubtful; 2 the command
    could not do its work.

    Examples:

        autograder import 2 ~/Downloads/submissions.zip --dry-run

        autograder import 2 submissions.zip --roster Grades-Course-Lesson2.csv

        autograder import 2 gradebook_2026.zip --timezone Europe/Berlin
    """
    from autograder.lms import ImportOptions, Status, open_download, summary

    target = open_workspace(workspace)
    roster = open_roster(roster_file, id_column)
    options = ImportOptions(lms, roster, timezone, file_times, replace, dry_run)
    with open_download(target, lesson, path, options) as importing:
        coming = track(importing, "Importing", len(importing), console=console)
        rows = [row for several in coming for row in several]
    if told := summary.table(rows):
        console.print(told)
    would = "Nothing was changed; the result would be: " if dry_run else ""
    line = f"{importing.lesson} from {importing.sorted.lms}: {would}"
    console.print(line + summary.summary(rows, importing.absent), markup=False)
    if json_file is not None:
        found: dict[str, object] = {"lesson": importing.lesson, "from": importing.sorted.lms}
        found["rows"] = [row.as_dict() for row in rows]
        found["absent"] = [person.student for person in importing.absent]
        text = json.dumps(found, ensure_ascii=False, indent=1)
        json_file.write_text(text + "\n", encoding="utf-8")
    if any(row.status is Status.DOUBTFUL for row in rows):
        raise typer.Exit(1)
