"""Make the student version of lessons, and prove how they will be graded."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from autograder.commands.shared import Lessons, WorkspaceFolder, console, short
from autograder.errors import LessonError, SandboxUnavailable
from autograder.workspace import Workspace, create_workspace, find_repository

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.answer_bank import Answer
    from autograder.grading import Lesson, Proof

PROOF_DEADLINE = 3600  # seconds; a lesson is tried with all answers of the bank in it


def release_command(
    lessons: Lessons = None,
    workspace: WorkspaceFolder = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail if course/ is out of date.")
    ] = False,
    exchange: Annotated[
        bool,
        typer.Option("--exchange", help="Also release the lessons through nbgrader's exchange."),
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show, for each cell, why grading runs it or not.")
    ] = False,
    prove_too: Annotated[
        bool,
        typer.Option(
            "--prove/--no-prove",
            help="Run each lesson to prove that the cells that grading leaves out change no score.",
        ),
    ] = True,
) -> None:
    """Make the student version and the grading workspace from solutions/*.py.

    Grading runs only the graded cells, the imports, and the cells that bind
    the names that these use; --explain shows which and why. To prove that this
    changes no score, each lesson is run whole in one process, as nbgrader
    would, and as it will be graded. The answers of tests/bank are tried in
    both, and the scores compared. The proof takes a minute or two for each
    lesson, and an unchanged lesson is not proven again; --no-prove skips it.
    After a proof, graded notebooks show the author's outputs where a cell was
    not run.

    Exit codes: 0 done; 1 a score differs; 2 it could not be done.

    Examples:

        autograder release

        autograder release 02_anatomy_and_freezing --exchange

        autograder release 8 --explain --no-prove

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
    from autograder.workspace import release_to_exchange

    repository = find_repository()
    course = repository / "course"
    paths = find_lessons(lessons or [], repository / "solutions")
    pages = find_pages(repository / "solutions")
    if check:
        outdated = [file for path in paths for file in stale_files(path, course)]
        outdated += [file for page in pages for file in stale_page_files(page, course)]
        if outdated:
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
            release_to_exchange(path.stem, target)
        console.print(f"{path.stem}: student version in {short(course / path.stem)}")
        solved = solved_notebook(path)
        _show_needed(path.stem, solved, explain)
        _show_uncarriable(path.stem, solved)
    if not prove_too:
        console.print(
            "Not proven (--no-prove) that the cells that grading leaves out change no score."
        )
    elif not _prove([path.stem for path in paths], target, repository):
        raise typer.Exit(1)


def _prove(names: list[str], target: Workspace, repository: Path) -> bool:
    """Prove lessons and show the results; return whether all scores are the same."""
    from autograder import answer_bank
    from autograder.grading import Lesson, proven_before

    waiting: list[tuple[Lesson, list[Answer]]] = []
    good = True
    for name in names:
        lesson = Lesson.read(target.source / name)
        loaded = answer_bank.load(name, repository / "tests" / "bank")
        answers = [answer for group in loaded.values() for answer in group]
        if found := proven_before(lesson, answers, target.root):
            good = _show_proof(lesson, found, "nothing has changed since they were proven") and good
        else:
            waiting.append((lesson, answers))
    if waiting:
        console.print(
            f"Proving that grading gives the scores of a whole run: {len(waiting)} lesson(s), a "
            "minute or two for each. Skip it with --no-prove.",
            soft_wrap=True,
        )
        try:
            good = _run_proofs(waiting, target) and good
        except SandboxUnavailable as error:
            raise SandboxUnavailable(
                f"The lessons are released but not proven: {error}. Run `autograder doctor`, or "
                "skip the proof with --no-prove."
            ) from error
    return good


def _run_proofs(waiting: "list[tuple[Lesson, list[Answer]]]", target: Workspace) -> bool:
    """Prove these lessons behind a progress bar; return whether all scores are the same."""
    from autograder.grading import Options, SolutionTrial, local_engine, prove

    options = Options(deadline=PROOF_DEADLINE)
    with (
        Progress(*_columns(), console=console, transient=True) as progress,
        local_engine([lesson for lesson, _ in waiting], options) as engine,
        ThreadPoolExecutor(engine.threads) as pool,
    ):
        trial = SolutionTrial(engine, options, target.root)

        def prove_one(released: "Lesson", answers: "list[Answer]") -> "Proof":
            title = f"{released.name}, {len(answers)} answers"
            show = partial(_show_runs, progress, progress.add_task(title, total=None))
            lesson = trial.as_tried(released)
            return prove(lesson, answers, engine.runtime(options), target.root, show)

        try:
            proofs = pool.map(prove_one, *zip(*waiting, strict=True))
            good = [
                _show_proof(lesson, found, "proven by running")
                for (lesson, _), found in zip(waiting, proofs, strict=True)
            ]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            engine.stop()
            raise
    return all(good)


def _columns() -> tuple[ProgressColumn, ...]:
    title = TextColumn("{task.description}")
    return title, BarColumn(), MofNCompleteColumn(), TextColumn("runs"), TimeElapsedColumn()


def _show_runs(progress: Progress, bar: TaskID, done: int, total: int) -> None:
    progress.update(bar, completed=done, total=total, visible=done < total)


def _show_proof(lesson: "Lesson", found: "Proof", how: str) -> bool:
    """Show what a proof found; return whether all scores are the same."""
    for names in lesson.fetched.values():
        for check in sorted(found.inside & names.keys()):
            console.print(
                f"{lesson.name}: {check} is judged in the student's own process, because what it "
                f"uses can't be carried to another: {', '.join(names[check])}",
                soft_wrap=True,
            )
    for difference in found.differences:
        console.print(f"{lesson.name}: {difference}", markup=False, soft_wrap=True)
    if found.differences:
        console.print(
            f"{lesson.name}: most likely the score depends on a cell that grading leaves out (see "
            "--explain). Let the check make what it needs, or use a name that this cell binds. "
            "Until then, grade with --run-all.",
            soft_wrap=True,
        )
    console.print(f"{lesson.name}: {found.trials} scores compared, {how}", soft_wrap=True)
    return not found.differences


def _show_needed(lesson: str, notebook: "NotebookNode", explain: bool) -> None:
    from autograder.cells import reasons

    why = reasons(notebook)
    code = {i: cell for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    console.print(f"{lesson}: grading runs {len(why)} of {len(code)} code cells")
    if explain:
        for index, cell in code.items():
            first = cell.source.strip().partition("\n")[0][:34]
            line = f"{index + 1:4}  {first:34}  {why.get(index, 'not run')}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _show_uncarriable(lesson: str, notebook: "NotebookNode") -> None:
    from autograder.lesson import uncarriable_names

    for found in uncarriable_names(notebook):
        console.print(
            f"{lesson}: {found.check} uses {found.name}, {found.why}. It can't be carried to "
            "where checks are judged, so this one will be judged in the student's own process, "
            "where a cheat could pass it. Let the check look at numbers, text, arrays or models.",
            markup=False,
            soft_wrap=True,
        )
