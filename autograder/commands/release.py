"""Make the student version of lessons, and prove how they will be graded."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track

from autograder.commands.shared import Lessons, WorkspaceFolder, console, short
from autograder.errors import LessonError
from autograder.workspace import Workspace, create_workspace, find_repository

if TYPE_CHECKING:
    from nbformat import NotebookNode

PROOF_DEADLINE = 3600  # seconds; a lesson is tried with all answers of the bank in it


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
    from autograder.lesson import (
        find_lessons,
        find_pages,
        release_lesson,
        release_page,
        solved_notebook,
        stale_files,
        stale_page_files,
    )
    from autograder.workspace import hand_out

    repository = find_repository()
    course = repository / "course"
    paths = find_lessons(lessons or [], repository / "solutions")
    pages = find_pages(repository / "solutions")
    if check:
        outdated = [file for path in paths for file in stale_files(path, course)]
        if outdated := outdated + [
            file for page in pages for file in stale_page_files(page, course)
        ]:
            raise LessonError(
                f"{short(outdated[0])} is not what its source in solutions/ gives: run "
                "`autograder release` and commit what it makes."
            )
        console.print(f"course/ is up to date with {len(paths)} lesson(s).")
        if explain:
            for path in paths:
                _show_needed(path.stem, solved_notebook(path), explain)
        return
    target = create_workspace(workspace or repository / "grading")
    for page in pages:
        release_page(page, course)
    for path in paths:
        release_lesson(path, target, course)
        if exchange:
            hand_out(path.stem, target)
        console.print(f"{path.stem}: student version in {short(course / path.stem)}")
        solved = solved_notebook(path)
        _show_needed(path.stem, solved, explain)
        _show_what_stays(path.stem, solved)
    if prove_too and not _prove([path.stem for path in paths], target, repository):
        raise typer.Exit(1)


def _prove(names: list[str], target: Workspace, repository: Path) -> bool:
    """Prove lessons, and tell how it went; whether all scores are the same."""
    from autograder.grading import Lesson, Options, Trial, local_engine, prove
    from autograder.lesson import answer_bank

    options = Options(deadline=PROOF_DEADLINE)
    lessons = [Lesson.read(target.source / name) for name in names]
    good = True
    with local_engine(lessons, options) as engine:
        trial = Trial(engine, options, target.root)
        for released in track(lessons, "Proving", console=console):
            lesson = replace(released, inside=trial.checks_inside(released))
            for check, used in (
                each for names in lesson.fetched.values() for each in names.items()
            ):
                if check in lesson.inside:
                    console.print(
                        f"{lesson.name}: {check} is judged in the student's own process, because "
                        f"what it uses can't be carried to another: {', '.join(used)}"
                    )
            loaded = answer_bank.load(lesson.name, repository / "tests" / "bank")
            answers = [answer for group in loaded.values() for answer in group]
            found = prove(lesson, answers, engine.runtime(options), target.root)
            for difference in found.differences:
                console.print(f"{lesson.name}: {difference}", markup=False)
            how = "proven before, and nothing has changed" if found.cached else "proven by running"
            console.print(f"{lesson.name}: {found.trials} scores compared, {how}")
            good = good and not found.differences
    return good


def _show_needed(lesson: str, notebook: "NotebookNode", explain: bool) -> None:
    from autograder.cells import reasons

    why = reasons(notebook)
    code = {i: cell for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    console.print(f"{lesson}: grading runs {len(why)} of {len(code)} code cells")
    if explain:
        for index, cell in code.items():
            first = cell.source.strip().partition("\n")[0][:34]
            line = f"{index:4}  {first:34}  {why.get(index, 'not run')}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _show_what_stays(lesson: str, notebook: "NotebookNode") -> None:
    from autograder.lesson import what_stays

    for found in what_stays(notebook):
        console.print(
            f"{lesson}: {found.check} uses {found.name}, {found.why}. It can't be carried to "
            "where checks are judged, so this one will be judged in the student's own process, "
            "where a cheat could pass it. Let the check look at numbers, text, arrays or models.",
            markup=False,
            soft_wrap=True,
        )
