"""Grades a class: one process per submission, a few at a time, none able to stop the others.

It must not know what a submission holds: `worker` does, in its own process.
"""

import json
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, as_completed
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from autograder import provisioner, worker
from autograder.errors import GradingFailed, WorkspaceError
from autograder.gradebook import max_score, record_failure
from autograder.judge import shorten
from autograder.outcome import CheckResult, Outcome
from autograder.processes import end_tree
from autograder.source import match_name
from autograder.worker import Result, Task
from autograder.workspace import Workspace, put_own_commands_first

# The fork server imports nbgrader once (4 s) and forks a worker for each submission (10 ms).
_WORKERS = multiprocessing.get_context("forkserver")
_WORKERS.set_forkserver_preload(["autograder.worker", "nbgrader.apps", "ipykernel.kernelspec"])
# TensorFlow's log lines tell a student nothing, a grader has no use for a GPU, and submissions
# side by side use the processors better than threads within one.
_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


def submissions(
    workspace: Workspace, lessons: list[str], students: list[str]
) -> list[tuple[str, str]]:
    """Which (lesson, student) are there to grade; all lessons and students if none is named.

    Raises:
        WorkspaceError: a student or a release is missing, or there is nothing to grade.
        LessonError: a lesson's name is unknown.
    """
    workspace.config()  # says so if this is no workspace
    known = sorted({path.name for path in workspace.source.iterdir() if path.is_dir()})
    chosen = [match_name(name, known) for name in lessons] or workspace.lessons_with_submissions()
    for lesson in chosen:
        if max_score(workspace, lesson) is None:
            raise WorkspaceError(f"{lesson} was not released here: run `autograder release` first.")
    pairs = [
        (lesson, student)
        for lesson in chosen
        for student in workspace.students_of(lesson)
        if not students or student in students
    ]
    absent = sorted(set(students) - {student for _, student in pairs})
    if absent:
        raise WorkspaceError(f"{absent[0]} handed nothing in: look into {workspace.submitted}.")
    if not pairs:
        raise WorkspaceError(
            f"There is nothing to grade in {workspace.submitted}: run `nbgrader collect LESSON` in "
            f"{workspace.root}, or `autograder grade --collect`."
        )
    return pairs


def check_backbones(workspace: Workspace, lessons: set[str]) -> None:
    """Verify what the course ships, if one of the lessons needs it: students can't mend it.

    Raises:
        GradingFailed: a shipped backbone is missing or damaged.
    """
    notebooks = [workspace.source / lesson / f"{lesson}.ipynb" for lesson in lessons]
    if not any("backbones" in path.read_text(encoding="utf-8") for path in notebooks):
        return
    from transferlab import backbones  # imports Keras: only when it is needed anyway

    try:
        for name in backbones.SHIPPED:
            backbones.verify(name)
    except backbones.WeightsUnavailable as error:
        raise GradingFailed(str(error)) from error


class Grading:
    """Grades submissions; iterate over it for their outcomes as they come."""

    def __init__(
        self,
        workspace: Workspace,
        pairs: list[tuple[str, str]],
        jobs: int | None,
        cell_timeout: int,
        deadline: int,
    ) -> None:
        self.workspace = workspace
        self.pairs = pairs
        self.jobs = jobs or os.cpu_count() or 1
        self.cell_timeout = cell_timeout
        self.deadline = deadline
        lessons = {lesson for lesson, _ in pairs}
        self._max_scores = {lesson: max_score(workspace, lesson) or 0.0 for lesson in lessons}
        self._running: set[ForkServerProcess] = set()
        self._stopping = threading.Event()

    def __iter__(self) -> Generator[Outcome]:
        """Grade everything; a submission that ends with a reason is recorded with 0 points.

        Raises:
            GradingFailed: this machine is at fault; nothing is recorded of what it spoiled.
        """
        put_own_commands_first()
        os.environ.update(_ENVIRONMENT)  # before the fork server starts
        provisioner.prepare()
        check_backbones(self.workspace, set(self._max_scores))
        with ThreadPoolExecutor(self.jobs) as pool:
            futures = [pool.submit(self._grade, *pair) for pair in self.pairs]
            try:
                for future in as_completed(futures):
                    outcome = future.result()
                    if not outcome.graded:
                        record_failure(
                            self.workspace, outcome.lesson, outcome.student, outcome.reason
                        )
                    yield outcome
            finally:
                self._stopping.set()
                for future in futures:
                    future.cancel()
                for process in tuple(self._running):
                    _end(process)

    def _grade(self, lesson: str, student: str) -> Outcome:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="autograder-") as report:
            task = Task(str(self.workspace.root), lesson, student, self.cell_timeout, report)
            result = self._run(task)
        most = self._max_scores[lesson]
        seconds = round(time.monotonic() - began, 1)
        return Outcome(lesson, student, result.score, most, result.reason, result.checks, seconds)

    def _run(self, task: Task) -> Result:
        process = _WORKERS.Process(target=worker.main, args=(task,))
        process.start()
        self._running.add(process)
        try:
            if not self._stopping.is_set():
                process.join(self.deadline)
            late = process.is_alive()
        finally:
            _end(process)
            self._running.discard(process)
        report = Path(task.report)
        if process.exitcode == worker.MACHINE_FAILED:
            raise GradingFailed(
                f"Grading stopped at {task.student} ({_last_words(report / worker.LOG_FILE)}): "
                "free some space or get permission to write there, then run `autograder grade` "
                "again; recorded scores are kept."
            )
        if late:
            return Result(
                None,
                f"It took longer than {self.deadline} s in all and was stopped in "
                f"{worker.current_cell(report)}: make that cell faster and submit again.",
            )
        return _result(report)


def _end(process: ForkServerProcess) -> None:
    if process.is_alive() and process.pid is not None:
        end_tree(process.pid)
        process.join()


def _result(report: Path) -> Result:
    try:
        found = json.loads((report / worker.RESULT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Result(
            None,
            f"Grading it failed ({_last_words(report / worker.LOG_FILE)}): grade it again, or look "
            "at it by hand.",
        )
    checks = tuple(CheckResult(**check) for check in found["checks"])
    return Result(found["score"], found["reason"], checks)


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return shorten(lines[-1], 160) if lines else "it said nothing"
