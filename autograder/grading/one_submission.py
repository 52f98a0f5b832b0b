"""Take one submission from the submitted folder to its result; know no class and no gradebook.

`read` needs the folder and runs nothing. `run` needs only what `read` returned, on any machine.
"""

import copy
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.utils import is_solution, is_task

from autograder.cells import grade_id, is_check, needed
from autograder.errors import Unusable
from autograder.execution import Execution, Judging, Runtime, execute
from autograder.files import merge_files, read_regular_files, temporary, without_code, write_files
from autograder.grading.lesson import Lesson
from autograder.grading.options import Options
from autograder.processes import Place
from autograder.runner import command_of
from autograder.scoring import CheckResult, Result, nbgrader_score, score_check
from autograder.submission import (
    Rebuilt,
    SubmittedNotebook,
    read_submission,
    rebuild,
    released_source,
)
from autograder.workspace import show_reason

_BY_NBGRADER = "nbgrader's own rules deduct points for this output, such as text on stderr."
_LEFT_OUT = "Not run during grading: no check depends on this cell."
_SOLVED = " With the author's solutions it shows:"


@dataclass(frozen=True)
class Submission:
    """One submission, read from disk, so that its folder is no longer needed.

    Attributes:
        notebooks: the student's work on each of the lesson's notebooks, or why there is none.
        files: the contents of the other files, by relative name.
    """

    notebooks: dict[str, SubmittedNotebook | str]
    files: dict[str, bytes]


def read(lesson: Lesson, submitted: Path) -> Submission:
    """Read a submitted folder.

    Raises:
        GradingFailed: this machine could not read it.
    """
    notebooks: dict[str, SubmittedNotebook | str] = {}
    for name, source in lesson.notebooks.items():
        try:
            notebooks[name] = read_submission(submitted, name, source)
        except Unusable as problem:
            notebooks[name] = str(problem)
    files = read_regular_files(submitted)
    return Submission(notebooks, {n: held for n, held in files.items() if not n.endswith(".ipynb")})


def run(
    lesson: Lesson,
    submission: Submission,
    options: Options,
    runtime: Runtime,
) -> Result:
    """Rebuild, run and judge a submission.

    Args:
        lesson: the lesson that was submitted.
        submission: what the student submitted.
        options: how to grade it.
        runtime: what runs it; the files of its place are replaced by those of the submission.

    Raises:
        SandboxUnavailable: nothing was run, because the process can't be sandboxed.
        GradingFailed: this machine is at fault.
        Stopped: `runtime.bounds.stop` was set.
    """
    result = Result()
    for name, source in lesson.notebooks.items():
        handed = submission.notebooks[name]
        if isinstance(handed, str):
            result = replace(result, reason=handed)
            continue
        rebuilt = rebuild(handed, source)
        cells = _to_run(rebuilt.notebook, options)
        plan = plan_for(lesson, name, rebuilt.notebook, cells)
        execution = execute_plan(lesson, plan, submission.files, runtime)
        _fill_left_out(rebuilt.notebook, cells, lesson.shown.get(name, {}))
        result = _with_notebook(result, source, rebuilt, execution, options, plan)
    return result


@dataclass(frozen=True)
class Plan:
    """A plan that says which cells of a notebook to run, and where.

    Attributes:
        name: which of the lesson's notebooks it is.
        notebook: the notebook; running it fills in its outputs.
        cells: the indices of the code cells to run.
        outside: the checks that are judged where no student code runs, by index, with the
            student's names that each needs; the other cells run in the student's process.
    """

    name: str
    notebook: NotebookNode
    cells: frozenset[int]
    outside: dict[int, tuple[str, ...]]


def plan_for(
    lesson: Lesson, name: str, notebook: NotebookNode, cells: Collection[int], whole: bool = False
) -> Plan:
    """Plan to run some cells of a notebook.

    Args:
        lesson, name: the lesson, and which of its notebooks it is.
        notebook: the rebuilt notebook.
        cells: the indices of the code cells to run.
        whole: True to judge every check in the student's process, as nbgrader does.
    """
    outside: dict[int, tuple[str, ...]] = {}
    if not whole and not command_of(notebook) and sys.platform != "win32":
        checks = {i: grade_id(notebook.cells[i]) for i in cells if is_check(notebook.cells[i])}
        outside = {
            index: lesson.fetched[name][check]
            for index, check in checks.items()
            if check not in lesson.inside
        }
    return Plan(name, notebook, frozenset(cells), outside)


def execute_plan(
    lesson: Lesson, plan: Plan, theirs: dict[str, bytes], runtime: Runtime
) -> Execution:
    """Run the cells of a plan, in place, next to the lesson's files.

    Args:
        lesson: its files are always there, no matter what was submitted.
        plan: what to run.
        theirs: the student's files; the judge sees only those that Python can't import.
        runtime: what runs it; the files of its place are replaced.
    """
    with temporary.folder("run") as folder:
        here = _furnished(runtime.place, Path(folder, "student"), theirs, lesson)
        here = replace(here, kernel=command_of(lesson.notebooks[plan.name]))
        judging = None
        if plan.outside:
            data = without_code(theirs)
            there = _furnished(runtime.place, Path(folder, "judge"), data, lesson)
            judging = Judging(plan.outside, lesson.preludes[plan.name], there)
        return execute(plan.notebook, plan.cells, replace(runtime, place=here), judging)


def _furnished(place: Place, folder: Path, files: dict[str, bytes], lesson: Lesson) -> Place:
    """Return the place with these files in it; the lesson's own files overwrite them.

    Notebooks are left out, because they are run from memory.
    """
    folder.mkdir()
    held = merge_files(files, lesson.files)
    write_files({n: held[n] for n in held if not n.endswith(".ipynb")}, folder)
    return replace(place, files=folder, folder=lesson.name)


def _to_run(notebook: NotebookNode, options: Options) -> set[int]:
    code = {i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    return code if options.run_all else needed(notebook) & code


def _fill_left_out(
    notebook: NotebookNode, cells: set[int], shown: dict[str, list[NotebookNode]]
) -> None:
    """Mark each cell that was not run, and show the outputs that it has in the solved lesson."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and index not in cells:
            solved = copy.deepcopy(shown.get(cell.id, []))
            text = _LEFT_OUT + (_SOLVED if solved else "") + "\n"
            cell.outputs = [new_output("stream", name="stdout", text=text), *solved]


def _with_notebook(
    result: Result,
    source: NotebookNode,
    rebuilt: Rebuilt,
    execution: Execution,
    options: Options,
    plan: Plan,
) -> Result:
    """Return a result extended by the outcome of running one more notebook."""
    name, notebook = plan.name, rebuilt.notebook
    checks = [
        replace(_check(cell, name, execution, options, index), inside=index not in plan.outside)
        for index, cell in enumerate(notebook.cells)
        if is_check(cell)
    ]
    answered = dict(_answers(notebook, source))
    if rebuilt.repairs:
        notebook.cells.insert(0, _told(rebuilt.repairs))
    return Result(
        checks=(*result.checks, *checks),
        answered={**result.answered, name: answered},
        notebooks={**result.notebooks, name: nbformat.writes(notebook)},
        repairs=(*result.repairs, *rebuilt.repairs),
        reason=result.reason or execution.ended,
        seconds=round(result.seconds + execution.seconds, 2),
    )


def _check(
    cell: NotebookNode, notebook: str, execution: Execution, options: Options, index: int
) -> CheckResult:
    points = float(cell.metadata.nbgrader.points)
    verdict, other = score_check(cell, points), None
    cell.outputs = [*execution.said.get(index, ()), *cell.outputs]
    if execution.ended and cell.execution_count is None:
        verdict = replace(verdict, reason=execution.ended)
    else:
        other = nbgrader_score(cell, points)
    if options.like_nbgrader and other is not None:
        reason = "" if other == points else verdict.reason or _BY_NBGRADER
        verdict, other = replace(verdict, score=other, reason=reason), verdict.score
    show_reason(cell, verdict.reason)
    return CheckResult(
        grade_id(cell),
        **asdict(verdict),
        notebook=notebook,
        other_score=other,
        replaced=execution.replaced.get(index, ()),
    )


def _answers(notebook: NotebookNode, source: NotebookNode) -> Iterator[tuple[str, bool]]:
    """Yield each cell that students fill in, and whether it differs from the released one."""
    given = {grade_id(cell): released_source(cell).strip() for cell in source.cells}
    for cell in notebook.cells:
        if is_task(cell):
            yield grade_id(cell), True  # the answer to a task is in other cells
        elif is_solution(cell):
            yield grade_id(cell), cell.source.strip() != given.get(grade_id(cell))


def _told(repairs: tuple[str, ...]) -> NotebookNode:
    lines = "\n".join(f"- {repair}" for repair in repairs)
    return new_markdown_cell(f"**Before it was graded, this was repaired:**\n\n{lines}")
