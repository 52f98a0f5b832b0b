"""Grades one submission in a process of its own, by nbgrader's autograde; run by `grade`.

A crash, a changed directory or an endless loop in here can't reach the rest of the class.
"""

import errno
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import AutograderError, GradingFailed
from autograder.gradebook import scores
from autograder.intake import problem_with
from autograder.judge import judge, shorten
from autograder.outcome import CheckResult
from autograder.preprocessors import is_check
from autograder.processes import adopt_orphans, end_descendants
from autograder.workspace import Workspace

RESULT_FILE = "result.json"
CELL_FILE = "cell.txt"
LOG_FILE = "log.txt"
# How the process ends when this machine, not the submission, is at fault.
MACHINE_FAILED = os.EX_IOERR
_ERRNOS = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.EIO, errno.EMFILE, errno.ENFILE),
)
# The last line of a traceback of nbgrader's own; students' errors stay in their cells' outputs.
_MACHINE = re.compile(
    rf"^ *(?:\w+Error: \[Errno (?:{'|'.join(map(str, _ERRNOS))})\]"
    r"|sqlalchemy\.exc\.(?:Operational|Database)Error: ).*",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Task:
    """One submission to grade; the worker writes its result and where it is into `report`."""

    workspace: str
    lesson: str
    student: str
    cell_timeout: int
    report: str


@dataclass(frozen=True)
class Result:
    """What the worker found: the checks and the score, or a reason."""

    score: float | None
    reason: str = ""
    checks: tuple[CheckResult, ...] = ()


def main(task: Task) -> None:
    """Grade a task and write the result file; leave no process behind."""
    try:
        _detach(Path(task.report) / LOG_FILE)
        adopt_orphans()
        try:
            result = grade(task)
        finally:
            end_descendants(os.getpid())
        _write(result, Path(task.report))
    except (OSError, AutograderError) as error:
        print(error, file=sys.stderr)
        sys.exit(MACHINE_FAILED)


def grade(task: Task) -> Result:
    """Grade one submission, or say why it can't be.

    Raises:
        GradingFailed: nbgrader could not read or write what it must.
    """
    workspace = Workspace(Path(task.workspace))
    source = _read(workspace.source / task.lesson / f"{task.lesson}.ipynb")
    submitted = workspace.submitted / task.student / task.lesson
    if reason := problem_with(submitted, task.lesson, source):
        return Result(None, reason)
    config = workspace.config()
    config.Execute.timeout = task.cell_timeout
    config.Execute.on_cell_start = _note_cell(Path(task.report) / CELL_FILE)
    outcome = workspace.api(config).autograde(task.lesson, task.student, force=True)
    if not outcome["success"]:
        log = outcome.get("log", "") + outcome["error"]
        if failure := _MACHINE.search(log):
            raise GradingFailed(shorten(failure.group(), 160))
        return Result(None, _why(log, current_cell(Path(task.report))))
    executed = _read(workspace.autograded / task.student / task.lesson / f"{task.lesson}.ipynb")
    score, _ = scores(workspace, task.lesson, task.student)
    return Result(score, checks=tuple(_checks(executed)))


def current_cell(report: Path) -> str:
    """The cell that was run last, in words."""
    try:
        return (report / CELL_FILE).read_text(encoding="utf-8")
    except OSError:
        return "the first cell"


def _write(result: Result, report: Path) -> None:
    unfinished = report / f"{RESULT_FILE}.part"
    unfinished.write_text(json.dumps(asdict(result)), encoding="utf-8")
    unfinished.replace(report / RESULT_FILE)


def _detach(log: Path) -> None:
    """Leave the terminal: no key pressed there reaches the kernel, and nothing is printed there."""
    os.setsid()
    for path, mode, numbers in (
        (os.devnull, os.O_RDONLY, (0,)),
        (log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, (1, 2)),
    ):
        opened = os.open(path, mode, 0o600)
        for number in numbers:
            os.dup2(opened, number)
        os.close(opened)


def _note_cell(path: Path) -> Callable[..., None]:
    def note(cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "code":
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            number = f"cell {cell_index + 1}"
            path.write_text(f"{number} ({grade_id})" if grade_id else number, encoding="utf-8")

    return note


def _checks(executed: NotebookNode) -> list[CheckResult]:
    results = []
    for cell in filter(is_check, executed.cells):
        meta = cell.metadata.nbgrader
        verdict = judge(cell, float(meta.points))
        results.append(CheckResult(meta.grade_id, **asdict(verdict)))
    return results


def _why(log: str, cell: str) -> str:
    if "DeadKernelError" in log:
        return (
            f"Python died in {cell}: something there ends the process or takes all memory; run "
            "Kernel > Restart Kernel and Run All Cells to see it, mend it and submit again."
        )
    if "UnresponsiveKernelError" in log or "Timeout waiting for IOPub" in log:
        return f"Python stopped answering in {cell}: mend that cell and submit again."
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if line.partition(":")[0].endswith(("Error", "Exception"))]
    last = shorten((errors or lines or ["no message"])[0], 160)
    return f"nbgrader could not grade it ({last}): ask your instructor."


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise AutograderError(f"{path} is missing: run `autograder release` again.") from None
