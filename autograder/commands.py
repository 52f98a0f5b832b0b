"""The commands an instructor types: options in, tables out; they decide nothing themselves."""

import json
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track

from autograder.errors import LessonError
from autograder.report import differences, show_grading, table, unexpected
from autograder.workspace import CELL_TIMEOUT, DEADLINE, Workspace, create, find_repository

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
CellTimeout = Annotated[
    int, typer.Option(min=1, help="Processor seconds of one cell before it is interrupted.")
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
    from autograder.release import release, release_page, stale, stale_page
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
                _show_needed(path, explain)
        return
    target = create(workspace or repository / "grading")
    for page in pages:
        release_page(page, course)
    for path in paths:
        release(path, target, course)
        if exchange:
            hand_out(path.stem, target)
        console.print(f"{path.stem}: student version in {_short(course / path.stem)}")
        _show_needed(path, explain)
        _show_what_stays(path)
    if prove_too and not _prove([path.stem for path in paths], target, repository):
        raise typer.Exit(1)


def _prove(names: list[str], target: Workspace, repository: Path) -> bool:
    """Prove lessons, and tell how it went; whether all scores are the same."""
    from autograder import bank, proof
    from autograder.grade import launcher_for, place_for
    from autograder.submission import Lesson, Options
    from autograder.trial import Trial

    options = Options(deadline=PROOF_DEADLINE)
    lessons = [Lesson(target.source / name) for name in names]
    good = True
    with launcher_for(lessons) as launcher, place_for(options) as place:
        trial = Trial(launcher, place, options, threading.Event(), target.root)
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
            found = proof.prove(lesson, answers, launcher, place, target.root, options)
            for difference in found.differences:
                console.print(f"{lesson.name}: {difference}", markup=False)
            how = "proven before, and nothing has changed" if found.cached else "proven by running"
            console.print(f"{lesson.name}: {found.trials} scores compared, {how}")
            good = good and not found.differences
    return good


def _show_needed(path: Path, explain: bool) -> None:
    from autograder.needed import reasons
    from autograder.release import solved_notebook

    notebook = solved_notebook(path)
    why = reasons(notebook)
    code = {i: cell for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    console.print(f"{path.stem}: grading runs {len(why)} of {len(code)} code cells")
    if explain:
        for index, cell in code.items():
            first = cell.source.strip().partition("\n")[0][:34]
            line = f"{index:4}  {first:34}  {why.get(index, 'not run')}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _show_what_stays(path: Path) -> None:
    from autograder.lint import what_stays
    from autograder.release import solved_notebook

    for found in what_stays(solved_notebook(path)):
        console.print(
            f"{path.stem}: {found.check} uses {found.name}, {found.why}. It can't be carried to "
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

    Exit codes: 0 all are scored; 1 some got a reason; 2 grading could not be
    done; 130 it was stopped by Ctrl-C.

    Examples:

        autograder grade

        autograder grade 02_anatomy_and_freezing --student ada --student bela

        autograder grade --collect --jobs 4 --json outcomes.json
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
    outcomes = show_grading(Grading(target, pairs, options), console)
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


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
