"""The commands an instructor types: options in, tables out; they decide nothing themselves."""

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track

from autograder.errors import LessonError, WorkspaceError
from autograder.lms.forms import Form, Lms
from autograder.report import differences, show_grading, table, unexpected
from autograder.workspace import CELL_TIMEOUT, DEADLINE, Workspace, create, find_repository

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.lms.roster import Roster

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="""Release lessons to a class, grade what comes back, return feedback.

    The order of the work:

    [bold]autograder release[/bold]   make the student notebooks from solutions/
    [bold]nbgrader collect[/bold]     in grading/: take in what students submitted, or
    [bold]autograder import[/bold]    take in a download of Moodle, Canvas or Blackboard
    [bold]autograder grade[/bold]     score it into nbgrader's gradebook
    [bold]autograder feedback[/bold]  write the pages that students get back
    [bold]autograder report[/bold]    show the whole class on one page, with a table of data
    [bold]autograder export[/bold]    write the grades for Moodle, Canvas or a spreadsheet

    [bold]autograder class[/bold] shows it all on a class of invented students;
    [bold]autograder doctor[/bold] tells what this machine can do.
    """,
)
console = Console()
PROOF_DEADLINE = 3600  # seconds; a lesson is tried with all answers of the bank in it
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
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Run submissions on the workers of this Dask scheduler: tcp://host:8786, or "
        "tls://host:8786 with certificates in Dask's configuration.",
        show_default="this machine",
    ),
]
CellTimeout = Annotated[
    int, typer.Option(min=1, help="Processor seconds of one cell before it is interrupted.")
]
RosterFile = Annotated[
    Path | None, typer.Option("--roster", help="The class, as CSV that the system exports.")
]
IdColumn = Annotated[
    str | None,
    typer.Option(help="The roster's column that names students here.", show_default="user name"),
]
Unsandboxed = Annotated[
    bool,
    typer.Option("--unsandboxed", help="Run students' code without walls around it: you trust it."),
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
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell of each cell why grading runs it, or that not.")
    ] = False,
    prove_too: Annotated[
        bool,
        typer.Option("--prove", help="Run each lesson to prove that what isn't run can't matter."),
    ] = False,
) -> None:
    """Make the student version and the grading workspace from solutions/*.py.

    It also tells how many cells grading will run: those that a check may
    depend on. With --prove it runs each lesson whole in one process, as
    nbgrader would, and as it will be graded, tries the answers of tests/bank
    in both, and compares the scores (a minute or two for a lesson, the first
    time). Graded notebooks then show the author's outputs where a cell was
    not run.

    Exit codes: 0 done; 1 a score differs; 2 it could not be done.

    Examples:

        autograder release

        autograder release 02_anatomy_and_freezing --exchange

        autograder release 8 --explain --prove

        autograder release --check
    """
    from autograder.exchange import hand_out
    from autograder.release import release, release_page, solved_notebook, stale, stale_page
    from autograder.source import find_lessons, find_pages

    repository = find_repository()
    course = repository / "course"
    paths = find_lessons(lessons or [], repository / "solutions")
    pages = find_pages(repository / "solutions")
    if check:
        outdated = [file for path in paths for file in stale(path, course)]
        if outdated := outdated + [file for page in pages for file in stale_page(page, course)]:
            raise LessonError(
                f"{_short(outdated[0])} is not what its source in solutions/ gives: run "
                "`autograder release` and commit what it makes."
            )
        console.print(f"course/ is up to date with {len(paths)} lesson(s).")
        if explain:
            for path in paths:
                _show_needed(path.stem, solved_notebook(path), explain)
        return
    target = create(workspace or repository / "grading")
    for page in pages:
        release_page(page, course)
    for path in paths:
        release(path, target, course)
        if exchange:
            hand_out(path.stem, target)
        console.print(f"{path.stem}: student version in {_short(course / path.stem)}")
        solved = solved_notebook(path)
        _show_needed(path.stem, solved, explain)
        _show_what_stays(path.stem, solved)
    if prove_too and not _prove([path.stem for path in paths], target, repository):
        raise typer.Exit(1)


def _prove(names: list[str], target: Workspace, repository: Path) -> bool:
    """Prove lessons, and tell how it went; whether all scores are the same."""
    from autograder import bank, proof
    from autograder.engine import local
    from autograder.submission import Lesson, Options
    from autograder.trial import Trial

    options = Options(deadline=PROOF_DEADLINE)
    lessons = [Lesson(target.source / name) for name in names]
    good = True
    with local(lessons, options) as engine:
        trial = Trial(engine, options, target.root)
        for lesson in track(lessons, "Proving", console=console):
            lesson.inside = trial.checks_inside(lesson)
            for check, used in (
                each for names in lesson.fetched.values() for each in names.items()
            ):
                if check in lesson.inside:
                    console.print(
                        f"{lesson.name}: {check} is judged in the student's own process, because "
                        f"what it uses can't be carried to another: {', '.join(used)}"
                    )
            loaded = bank.load(lesson.name, repository / "tests" / "bank")
            answers = [answer for group in loaded.values() for answer in group]
            found = proof.prove(
                lesson, answers, engine.launcher, engine.place, target.root, options
            )
            for difference in found.differences:
                console.print(f"{lesson.name}: {difference}", markup=False)
            how = "proven before, and nothing has changed" if found.cached else "proven by running"
            console.print(f"{lesson.name}: {found.trials} scores compared, {how}")
            good = good and not found.differences
    return good


def _show_needed(lesson: str, notebook: "NotebookNode", explain: bool) -> None:
    from autograder.needed import reasons

    why = reasons(notebook)
    code = {i: cell for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    console.print(f"{lesson}: grading runs {len(why)} of {len(code)} code cells")
    if explain:
        for index, cell in code.items():
            first = cell.source.strip().partition("\n")[0][:34]
            line = f"{index:4}  {first:34}  {why.get(index, 'not run')}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _show_what_stays(lesson: str, notebook: "NotebookNode") -> None:
    from autograder.lint import what_stays

    for found in what_stays(notebook):
        console.print(
            f"{lesson}: {found.check} uses {found.name}, {found.why}. It can't be carried to "
            "where checks are judged, so this one will be judged in the student's own process, "
            "where a cheat could pass it. Let the check look at numbers, text, arrays or models.",
            markup=False,
            soft_wrap=True,
        )


@app.command("grade")
def grade_command(
    lessons: Lessons = None,
    workspace: WorkspaceFolder = None,
    student: Students = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    cell_timeout: CellTimeout = CELL_TIMEOUT,
    deadline: Annotated[
        int, typer.Option(min=1, help="Seconds that one submission may take in all.")
    ] = DEADLINE,
    run_all: Annotated[
        bool, typer.Option("--run-all", help="Run every cell, also those no check depends on.")
    ] = False,
    unsandboxed: Unsandboxed = False,
    like_nbgrader: Annotated[
        bool,
        typer.Option(
            "--like-nbgrader", help="Score by nbgrader's own rules, and show where ours differ."
        ),
    ] = False,
    collect_first: Annotated[
        bool, typer.Option("--collect", help="First take in what students submitted.")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write all outcomes to this file.")
    ] = None,
) -> None:
    """Score submissions into nbgrader's gradebook; one bad submission never stops the class.

    Each ends with a score, or with 0 points and a reason its student can act on.
    What was graded before and has not changed is not run again.

    With --cluster, machines that run `dask worker ADDRESS` do the work, each in
    its own sandbox; grades are written here alone. The course's page on
    clusters tells how to start them.

    Exit codes: 0 all are scored; 1 some got a reason; 2 grading could not be
    done; 130 it was stopped by Ctrl-C.

    Examples:

        autograder grade

        autograder grade 02_anatomy_and_freezing --student ada --student bela

        autograder grade --collect --jobs 4 --json outcomes.json

        autograder grade --cluster tcp://head.example.org:8786
    """
    from autograder.exchange import collect
    from autograder.grade import Grading, submissions
    from autograder.submission import Options

    target = _open(workspace)
    if collect_first:
        for lesson in lessons or sorted(path.name for path in target.release.glob("*")):
            collect(lesson, target)
    pairs = submissions(target, lessons or [], student or [])
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


@app.command("feedback")
def feedback_command(
    lessons: Lessons = None,
    workspace: WorkspaceFolder = None,
    student: Students = None,
    hand: Annotated[
        bool, typer.Option("--return", help="Also hand the pages back in nbgrader's exchange.")
    ] = False,
) -> None:
    """Write the page that each student gets back: scores and messages, no hidden tests.

    Examples:

        autograder feedback

        autograder feedback 02_anatomy_and_freezing --return
    """
    from autograder.exchange import hand_back
    from autograder.feedback import write_feedback
    from autograder.grade import submissions

    target = _open(workspace)
    pairs = submissions(target, lessons or [], student or [])
    pages = list(track(write_feedback(target, pairs), "Feedback", len(pairs), console=console))
    failed = [page for page in pages if page.reason]
    for page in failed:
        console.print(f"{page.student}, {page.lesson}: {page.reason}", markup=False)
    if hand:
        for lesson in dict.fromkeys(page.lesson for page in pages):
            hand_back(lesson, target)
    console.print(f"{len(pages) - len(failed)} pages in {_short(target.feedback)}")
    if failed:
        raise typer.Exit(1)


@app.command("report")
def report_command(
    lesson: Annotated[
        list[str] | None, typer.Option("--lesson", "-l", help="Only this one; may be repeated.")
    ] = None,
    workspace: WorkspaceFolder = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="A folder, or the page as a file that ends in .html.",
            show_default="report/ in the workspace",
        ),
    ] = None,
) -> None:
    """Show a whole class on one page: scores, exercises, misconceptions, who may need help.

    It reads what [bold]autograder grade[/bold] left and changes nothing. Three files come of it:
    report.html opens in any browser, needs no network and tells how to read it; report.csv is the
    same as a table, a row for each student, lesson and check; report.ipynb opens that table for an
    analysis of your own. They hold names and grades: keep them where the gradebook is kept.

    Pairs of similar submissions are a reason to look and to ask, and no proof.

    Exit codes: 0 done; 2 nothing was graded yet, or it could not be done.

    Examples:

        autograder report

        autograder report --lesson 2 --lesson 3

        autograder report --output week5/class.html
    """
    from autograder.class_report.write import write_report

    target = Workspace((workspace or find_repository() / "grading").resolve())
    with console.status("Reading the class, comparing, drawing ..."):
        done = write_report(
            target, lesson or [], output or target.root / "report", _bank_of(target)
        )
    for name, count in done.ungraded.items():
        console.print(f"{name} is not graded yet ({count} handed in).", markup=False)
    console.print(
        f"{_count(done.students, 'student')}, {_count(done.lessons, 'lesson')}; "
        f"{_count(done.listed, 'student')} to ask whether they need help, "
        f"{_count(done.pairs, 'pair')} of similar submissions."
    )
    for path in (done.page, done.table, done.notebook):
        console.print(_short(path), soft_wrap=True, markup=False, highlight=False)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _bank_of(workspace: Workspace) -> Path | None:
    """The bank of answers of the repository around us or the workspace, if there is one."""
    for start in (Path.cwd(), workspace.root):
        with contextlib.suppress(WorkspaceError):
            folder = find_repository(start) / "tests" / "bank"
            if folder.is_dir():
                return folder
    return None


@app.command("import")
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
    from autograder.lms import show
    from autograder.lms.collect import Options, opened
    from autograder.lms.outcome import Status

    target = _open(workspace)
    roster = _roster(roster_file, id_column)
    options = Options(lms, roster, timezone, file_times, replace, dry_run)
    with opened(target, lesson, path, options) as importing:
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


@app.command("export")
def export_command(
    lessons: Lessons = None,
    form: Annotated[Form, typer.Option("--to", help="What reads the grades.")] = Form.CSV,
    workspace: WorkspaceFolder = None,
    roster_file: RosterFile = None,
    id_column: IdColumn = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file.", show_default="grades-FORM.csv"),
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="The header of one lesson's grades: 'Homework 1 (456)'.")
    ] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Reckon to the most points that the roster names.")
    ] = False,
    feedback: Annotated[
        Path | None,
        typer.Option(help="Also pack the feedback pages: into FILE.zip, or into a folder."),
    ] = None,
) -> None:
    """Write the grades for Moodle, Canvas, a spreadsheet, a program or nbgrader.

    moodle: for Grades > Import > CSV file, with a column of feedback. If the
    roster is the grading worksheet of the assignment, that worksheet is filled
    in, for Upload grading worksheet. canvas: for Gradebook > Import; it needs
    the exported gradebook as --roster. csv and json: one row for each student
    and lesson. nbgrader: nbgrader's own export, with its exporter.

    What being late costs is taken off. Cells that a spreadsheet would run get
    an apostrophe before them.

    --feedback packs the pages of autograder feedback: with --to moodle in the
    folders of the download (for Upload multiple feedback files in a zip), with
    --to canvas under the names of the download (for Upload Submissions), else
    as STUDENT/LESSON.html.

    Exit codes: 0 all are written; 1 some students could not be among them; 2 it
    could not be done.

    Examples:

        autograder export --to csv

        autograder export 2 --to moodle --roster worksheet.csv --feedback pages.zip

        autograder export 2 --to canvas --roster gradebook.csv --column 'Lesson 2 (456)'
    """
    from autograder import gradebook
    from autograder.exchange import export_by_nbgrader
    from autograder.grade import submissions
    from autograder.journal import write_whole
    from autograder.lms import grades, pages

    target = _open(workspace)
    roster = _roster(roster_file, id_column)
    pairs = submissions(target, lessons or [], [])
    chosen = list(dict.fromkeys(lesson for lesson, _ in pairs))
    file = output or Path(f"grades-{form}.{'json' if form is Form.JSON else 'csv'}")
    missing: dict[str, str] = {}
    if form is Form.NBGRADER:
        export_by_nbgrader(chosen, file, target)
    else:
        scores = list(gradebook.scored(target, chosen))
        if form is Form.JSON:
            text = grades.as_json(scores)
        else:
            written = grades.as_table(form, scores, roster, column, scale)
            text, missing = written.as_csv(), written.missing
        write_whole(file, text.encode())
        if waiting := sum(each.unfinished for each in scores):
            console.print(f"{waiting} submission(s) still wait for a person in the formgrader.")
    console.print(f"Grades of {', '.join(chosen)} in {file}", markup=False)
    if feedback is not None:
        found = pages.find_pages(target, pairs, form, roster)
        missing |= pages.pack(track(list(found), "Packing", console=console), feedback)
        console.print(f"Feedback in {feedback}", markup=False)
    for student, reason in missing.items():
        console.print(f"{student}: {reason}", markup=False)
    if missing:
        raise typer.Exit(1)


@app.command("class")
def class_command(
    lesson: Annotated[
        str | None, typer.Argument(help="The lesson.", show_default="the first in solutions/")
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="Where to build it.", show_default="_build/class"),
    ] = None,
    jobs: Jobs = None,
    cell_timeout: CellTimeout = CELL_TIMEOUT,
    unsandboxed: Unsandboxed = False,
) -> None:
    """Show the whole way on a class of invented students: release, submit, grade, feedback.

    They are right in different ways, wrong in the ways of tests/bank, and
    broken: not a notebook, an endless loop, a dead kernel.

    Exit codes: 0 all got what they must; 1 one of them did not; 2 it could not
    be done; 130 it was stopped by Ctrl-C.

    Example:

        autograder class
    """
    from autograder.classroom import build
    from autograder.exchange import hand_back
    from autograder.feedback import write_feedback
    from autograder.grade import Grading, submissions
    from autograder.source import find_lessons
    from autograder.submission import Options

    repository = find_repository()
    source = find_lessons([lesson] if lesson else [], repository / "solutions")[0]
    root = workspace or repository / "_build" / "class"
    with console.status("Students fetch the lesson, work and submit ..."):
        target, students = build(root, source, repository / "tests" / "bank")
    pairs = submissions(target, [], [])
    options = Options(jobs, cell_timeout, DEADLINE, sandboxed=not unsandboxed)
    outcomes = show_grading(Grading(target, pairs, options), console)
    pages = write_feedback(target, pairs)
    list(track(pages, "Feedback", len(pairs), console=console))
    hand_back(source.stem, target)
    console.print(table(outcomes, {student.name: student.story for student in students}))
    console.print(
        f"The class is in {_short(target.root)}: go there and start `jupyter lab`, its Nbgrader "
        "menu opens the formgrader; the feedback pages are in feedback/."
    )
    if surprises := unexpected(outcomes, students):
        for sentence in surprises:
            console.print(sentence, markup=False)
        raise typer.Exit(1)


@app.command("doctor")
def doctor_command(workspace: WorkspaceFolder = None) -> None:
    """Tell what this machine can do: shut students' code in, start warm, reach the gradebook.

    Exit codes: 0 a class can be graded; 1 it can't, because students' code
    can't be shut in or the gradebook's server doesn't answer.

    Example:

        autograder doctor
    """
    from autograder.doctor import examine

    findings = list(examine(Workspace((workspace or Path("grading")).resolve())))
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        mark = "[green]yes[/green]" if finding.good else "[yellow]no [/yellow]"
        line = f"{mark}  {finding.what:{width}}  {escape(finding.detail)}"
        console.print(line, soft_wrap=True)
    if not all(finding.good for finding in findings if finding.vital):
        raise typer.Exit(1)


def _open(workspace: Path | None) -> Workspace:
    target = Workspace((workspace or find_repository() / "grading").resolve())
    target.check_writable()
    return target


def _roster(path: Path | None, id_column: str | None) -> "Roster | None":
    from autograder.lms.roster import read_roster

    if path is None:
        return None
    roster = read_roster(path, id_column)
    for note in roster.notes:
        console.print(f"{path.name}: {note}", markup=False)
    return roster


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
