"""Takes one submission from the handed-in folder to its result; knows no class and no gradebook.

`read` needs the folder and runs nothing; `run` needs only what `read` gave, on whatever machine.
"""

import ast
import copy
import sys
import threading
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.utils import is_solution, is_task

from autograder import fingerprint, quiet, scratch, staging
from autograder.cells import grade_id, is_check
from autograder.errors import GradingFailed, Unusable
from autograder.execution import Bounds, Execution, Judging, Launcher, execute
from autograder.fetched import names_by_check, prelude_of
from autograder.intake import Handed, read_submission
from autograder.judge import judge, stock_score
from autograder.needed import needed
from autograder.other_kernel import command_of
from autograder.outcome import CheckResult, Result
from autograder.preprocessors import show_reason
from autograder.rebuild import Rebuilt, as_released, rebuild
from autograder.sandbox import Place
from autograder.workspace import CELL_TIMEOUT, DEADLINE

_BY_NBGRADER = "nbgrader's own rules take points for this output, such as text on stderr."
_LEFT_OUT = "Not run in grading: no check depends on this cell."
_SOLVED = " With the author's solutions it shows:"


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes:
        jobs: submissions at a time; None for one per processor.
        cell_seconds: processor seconds that one cell may take.
        deadline: wall-clock seconds that one submission may take.
        run_all: run every cell, also those that no check depends on.
        sandboxed: False to run students' code without walls around it.
        like_nbgrader: score by nbgrader's own rules.
    """

    jobs: int | None = None
    cell_seconds: float = CELL_TIMEOUT
    deadline: float = DEADLINE
    run_all: bool = False
    sandboxed: bool = True
    like_nbgrader: bool = False


class Lesson:
    """A released lesson, as far as grading needs it; read once for a whole class.

    Attributes:
        shown: what each cell of the solved lesson shows, by notebook and cell id, as far as it is
            known (see `proof`).
        inside: the checks that can only be judged in the student's own process (see `trial`).
    """

    def __init__(self, source: Path) -> None:
        self.name = source.name
        self.source = source
        self.files = staging.plain_files(source)
        self.shown: dict[str, dict[str, list[NotebookNode]]] = {}
        self.inside: frozenset[str] = frozenset()

    def __getstate__(self) -> dict[str, object]:
        """What a copy needs, also on another machine; the rest it finds out by itself."""
        kept = ("name", "source", "files", "shown", "inside")
        return {name: self.__dict__[name] for name in kept}

    @cached_property
    def notebooks(self) -> dict[str, NotebookNode]:
        """The notebooks with solutions and hidden tests, by name.

        Raises:
            GradingFailed: one can't be read.
        """
        found = {}
        for name, content in self.files.items():
            if name.endswith(".ipynb"):
                try:
                    found[name.removesuffix(".ipynb")] = nbformat.reads(content.decode(), 4)
                except Exception as error:
                    raise GradingFailed(
                        f"{self.source / name} can't be read ({type(error).__name__}): run "
                        "`autograder release` again."
                    ) from error
        return found

    @cached_property
    def fetched(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """The names that the checks of each notebook need of the student, by grade_id."""
        return {
            name: names_by_check(notebook, self.preludes[name])
            for name, notebook in self.notebooks.items()
        }

    @cached_property
    def preludes(self) -> dict[str, str]:
        """What the judge runs before the checks of each notebook."""
        return {name: prelude_of(notebook) for name, notebook in self.notebooks.items()}

    @cached_property
    def imports(self) -> frozenset[str]:
        """The modules that its cells import."""
        return frozenset(
            name
            for notebook in self.notebooks.values()
            for cell in notebook.cells
            if cell.cell_type == "code"
            for name in _imports(cell.source)
        )

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """What its files hold, in short."""
        return fingerprint.of_files(self.files)

    @cached_property
    def decisive(self) -> str:
        """Names, together with a submission and the options, all that decides its result."""
        return fingerprint.of(
            self.name, self.fingerprints, self.shown, fingerprint.of_installation()
        )

    def key(self, submitted: Path, options: Options) -> str:
        """Name all that decides what becomes of a submission."""
        decisive = replace(options, jobs=None)
        theirs = fingerprint.of_files(staging.plain_files(submitted))
        return fingerprint.of(self.decisive, theirs, asdict(decisive))


@dataclass(frozen=True)
class Submission:
    """What was handed in, read, so that no folder is needed any more.

    Attributes:
        notebooks: the student's work on each of the lesson's notebooks, or why there is none.
        files: what lies beside them, by relative name.
    """

    notebooks: dict[str, Handed | str]
    files: dict[str, bytes]


def read(lesson: Lesson, submitted: Path) -> Submission:
    """Read the folder that was handed in.

    Raises:
        GradingFailed: this machine could not read it.
    """
    notebooks: dict[str, Handed | str] = {}
    for name, source in lesson.notebooks.items():
        try:
            notebooks[name] = read_submission(submitted, name, source)
        except Unusable as problem:
            notebooks[name] = str(problem)
    files = staging.plain_files(submitted)
    return Submission(notebooks, {n: held for n, held in files.items() if not n.endswith(".ipynb")})


def run(
    lesson: Lesson,
    submission: Submission,
    launcher: Launcher,
    place: Place,
    options: Options,
    stop: threading.Event,
) -> Result:
    """Rebuild, run and judge a submission.

    Args:
        lesson: what it should be a submission of.
        submission: what was handed in.
        launcher: where the processes come from.
        place: where they run; its files are replaced by the submission's.
        options: limits.
        stop: when set, running ends.

    Raises:
        SandboxUnavailable: nothing was run, because the process can't be shut in.
        GradingFailed: this machine is at fault.
        Stopped: `stop` was set.
    """
    result = Result()
    bounds = Bounds(options.cell_seconds, options.deadline, stop)
    for name, source in lesson.notebooks.items():
        handed = submission.notebooks[name]
        if isinstance(handed, str):
            result = replace(result, reason=handed)
            continue
        rebuilt = rebuild(handed, source)
        cells = _to_run(rebuilt.notebook, options)
        names = judged_outside(lesson, name, rebuilt.notebook, cells)
        execution = execute_in(
            lesson, name, rebuilt.notebook, cells, names, submission.files, launcher, place, bounds
        )
        _fill_left_out(rebuilt.notebook, cells, lesson.shown.get(name, {}))
        result = _with_notebook(result, name, source, rebuilt, execution, options, set(names))
    return result


def judged_outside(
    lesson: Lesson, name: str, notebook: NotebookNode, cells: set[int]
) -> dict[int, tuple[str, ...]]:
    """The checks that are judged where no student's code runs, and the names that each needs."""
    if command_of(notebook) or sys.platform == "win32":
        return {}
    checks = {i: grade_id(notebook.cells[i]) for i in cells if is_check(notebook.cells[i])}
    return {
        index: lesson.fetched[name][check]
        for index, check in checks.items()
        if check not in lesson.inside
    }


def execute_in(
    lesson: Lesson,
    name: str,
    notebook: NotebookNode,
    cells: Collection[int],
    outside: dict[int, tuple[str, ...]],
    theirs: dict[str, bytes],
    launcher: Launcher,
    place: Place,
    bounds: Bounds,
) -> Execution:
    """Run code cells of one of the lesson's notebooks, in place, beside its files.

    Args:
        lesson: its files are there, whatever was handed in.
        name: which of its notebooks it is.
        notebook, cells, launcher, bounds: as for `execute`.
        outside: the checks that are judged outside (see `judged_outside`).
        theirs: the student's files; the judge sees those that Python can't import.
        place: where they run; its files are replaced.
    """
    with scratch.folder("run") as folder:
        here = _furnished(place, Path(folder, "student"), theirs, lesson)
        here = replace(here, kernel=command_of(lesson.notebooks[name]))
        judging = None
        if outside:
            data = staging.without_code(theirs)
            there = _furnished(place, Path(folder, "judge"), data, lesson)
            judging = Judging(outside, lesson.preludes[name], there)
        return execute(notebook, cells, launcher, here, bounds, judging)


def _furnished(place: Place, folder: Path, files: dict[str, bytes], lesson: Lesson) -> Place:
    """The place with these files in it, and the lesson's own over them.

    Notebooks are left out: they are run from memory.
    """
    folder.mkdir()
    held = staging.together(files, lesson.files)
    staging.write({n: held[n] for n in held if not n.endswith(".ipynb")}, folder)
    return replace(place, files=folder, folder=lesson.name)


def _to_run(notebook: NotebookNode, options: Options) -> set[int]:
    code = {i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    return code if options.run_all else needed(notebook) & code


def _fill_left_out(
    notebook: NotebookNode, cells: set[int], shown: dict[str, list[NotebookNode]]
) -> None:
    """Say of each cell that was not run that it was not, and show what it shows when solved."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and index not in cells:
            solved = copy.deepcopy(shown.get(cell.id, []))
            text = _LEFT_OUT + (_SOLVED if solved else "") + "\n"
            cell.outputs = [new_output("stream", name="stdout", text=text), *solved]


def _with_notebook(
    result: Result,
    name: str,
    source: NotebookNode,
    rebuilt: Rebuilt,
    execution: Execution,
    options: Options,
    outside: set[int],
) -> Result:
    """Add to a result what running one more notebook found."""
    notebook = rebuilt.notebook
    checks = [
        replace(_check(cell, name, execution, options, index), inside=index not in outside)
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
    verdict, other = judge(cell, points), None
    cell.outputs = [*execution.said.get(index, ()), *cell.outputs]
    if execution.ended and cell.execution_count is None:
        verdict = replace(verdict, reason=execution.ended)
    else:
        other = stock_score(cell, points)
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
    """For each cell that students fill, whether it is another than the one they were given."""
    given = {grade_id(cell): as_released(cell).strip() for cell in source.cells}
    for cell in notebook.cells:
        if is_task(cell):
            yield grade_id(cell), True  # what is done for it stands elsewhere
        elif is_solution(cell):
            yield grade_id(cell), cell.source.strip() != given.get(grade_id(cell))


def _told(repairs: tuple[str, ...]) -> NotebookNode:
    lines = "\n".join(f"- {repair}" for repair in repairs)
    return new_markdown_cell(f"**Before it was graded, this was repaired:**\n\n{lines}")


def _imports(source: str) -> Iterator[str]:
    try:
        tree = quiet.tree(source)
    except SyntaxError:  # a magic; the module is imported when the cell runs
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            # What is imported may be a module itself; where it isn't, importing it fails quietly.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
