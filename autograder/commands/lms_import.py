"""Take in what students handed in elsewhere."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from autograder.commands.roster import IdColumn, RosterFile, open_roster
from autograder.commands.shared import WorkspaceFolder, console, open_workspace
from autograder.lms import Lms


def import_command(
    lesson: Annotated[str, typer.Argument(help="The lesson that was handed in.")],
    path: Annotated[Path, typer.Argument(help="The download: a zip, a tar, or a folder.")],
    workspace: WorkspaceFolder = None,
    lms: Annotated[
        Lms | None,
        typer.Option("--from", help="Where it comes from.", show_default="told by its names"),
    ] = None,
    roster_file: RosterFile = None,
    id_column: IdColumn = None,
    timezone: Annotated[
        str | None,
        typer.Option(help="Of the times in names and rosters.", show_default="Exchange.timezone"),
    ] = None,
    file_times: Annotated[
        bool,
        typer.Option(
            "--file-times", help="Take the dates of the files for the times of handing in."
        ),
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="This download counts, also where nothing tells the newer."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; tell what would happen.")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write what became of each to this file.")
    ] = None,
) -> None:
    """Take in what students handed in elsewhere: the downloads of Moodle, Canvas and Blackboard.

    In Moodle: View all submissions > Download all submissions. In Canvas: the
    assignment > Download Submissions. In Blackboard: the column's menu >
    Assignment File Download. A folder may hold a folder or a notebook for each
    student, named for the student. Zip and tar are opened, also within others.

    With --roster the names are looked up in the class: Moodle's grading
    worksheet (its numbers and its times of handing in), Canvas's exported
    gradebook, Blackboard's, or any CSV with a user name, a number or an
    address. Without it students are called as the download calls them.

    The latest attempt counts; earlier ones are kept in downloaded/. What is
    doubtful (two students of one name, nobody in the roster, no notebook,
    several) is told with the reason, stays where it is, and stops no other.
    Importing again changes nothing, and a later download replaces what is
    older.

    Being late is reckoned by times that students can't write: those in
    Blackboard's names, in Moodle's worksheet, and Canvas's mark LATE. nbgrader
    must know the due date: nbgrader db assignment add LESSON --duedate TIME.

    Exit codes: 0 all are in; 1 something is doubtful; 2 it could not be done.

    Examples:

        autograder import 2 ~/Downloads/submissions.zip --dry-run

        autograder import 2 submissions.zip --roster Grades-Course-Lesson2.csv

        autograder import 2 gradebook_2026.zip --timezone Europe/Berlin
    """
    from autograder.lms import ImportOptions, Status, open_download, show

    target = open_workspace(workspace)
    roster = open_roster(roster_file, id_column)
    options = ImportOptions(lms, roster, timezone, file_times, replace, dry_run)
    with open_download(target, lesson, path, options) as importing:
        coming = track(importing, "Importing", len(importing), console=console)
        rows = [row for several in coming for row in several]
    if told := show.table(rows):
        console.print(told)
    would = "Nothing was changed; this would be: " if dry_run else ""
    line = f"{importing.lesson} from {importing.sorted.lms}: {would}"
    console.print(line + show.summary(rows, importing.absent), markup=False)
    if json_file is not None:
        found: dict[str, object] = {"lesson": importing.lesson, "from": importing.sorted.lms}
        found["rows"] = [row.as_dict() for row in rows]
        found["absent"] = [person.student for person in importing.absent]
        text = json.dumps(found, ensure_ascii=False, indent=1)
        json_file.write_text(text + "\n", encoding="utf-8")
    if any(row.status is Status.DOUBTFUL for row in rows):
        raise typer.Exit(1)
