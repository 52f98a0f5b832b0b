"""Grades a class: a few submissions at a time, none able to stop the others, none graded twice.

What is done to one submission stands in `submission`; here is when, and what is kept of it.
"""

import os
import shutil
import sys
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder import sandbox, scratch
from autograder.cold import Cold
from autograder.errors import AutograderError, GradingFailed, WorkspaceError
from autograder.execution import Launcher
from autograder.feedback import copy_proof
from autograder.gradebook import Recorder, max_score
from autograder.journal import Journal, write_whole
from autograder.judge import shorten
from autograder.outcome import Outcome, Result
from autograder.proof import shown_in_full
from autograder.source import match_name
from autograder.submission import Lesson, Options, run
from autograder.trial import Trial
from autograder.warm import ColdStartNeeded, Zygote
from autograder.workspace import Workspace, put_own_commands_first

# TensorFlow's log lines tell a student nothing, a grader has no use for a GPU, and submissions
# side by side use the processors better than threads within one.
ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
_Pair = tuple[str, str]


def submissions(workspace: Workspace, lessons: list[str], students: list[str]) -> list[_Pair]:
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


class Grading:
    """Grades submissions; iterate over it for their outcomes as they come."""

    def __init__(
        self, workspace: Workspace, pairs: list[_Pair], options: Options | None = None
    ) -> None:
        self.workspace = workspace
        self.pairs = pairs
        self.options = options or Options()
        names = dict.fromkeys(lesson for lesson, _ in pairs)
        self._lessons = {name: Lesson(workspace.source / name) for name in names}
        for lesson in self._lessons.values():
            lesson.shown = shown_in_full(workspace.root, lesson)
        self._max_scores = {name: max_score(workspace, name) or 0.0 for name in names}
        self._began: dict[_Pair, float] = {}
        self._keeping = threading.Lock()

    def __iter__(self) -> Generator[Outcome]:
        """Grade everything; a submission that ends with a reason is recorded with 0 points.

        Raises:
            WorkspaceError: another grader is at work on one of the lessons.
            SandboxUnavailable: this system does not let student code be shut in.
            GradingFailed: this machine is at fault; nothing is recorded of what it spoiled.
        """
        put_own_commands_first()
        scratch.clear()
        journal = Journal(self.workspace.root)
        with journal.locked(self._lessons), self.workspace.gradebook() as gradebook:
            record = _Record(self.workspace, journal, Recorder(self.workspace, gradebook))
            new: dict[_Pair, str] = {}
            for pair in self.pairs:
                key = self._lessons[pair[0]].key(self._folder(pair), self.options)
                kept = journal.result(key)
                if kept is None:
                    new[pair] = key
                    continue
                result = Result.from_dict(kept)
                score = record.make_sure(pair, key, result)
                yield self._outcome(pair, result, score, cached=True)
            for pair, result in self._run(new, journal):
                score = record.write(pair, new[pair], result)
                yield self._outcome(pair, result, score)

    def _run(self, pairs: dict[_Pair, str], journal: Journal) -> Iterator[tuple[_Pair, Result]]:
        """Run submissions, and give their results as they come; each is kept under its key."""
        if not pairs:
            return
        _check_backbones({self._lessons[lesson] for lesson, _ in pairs})
        stop = threading.Event()
        jobs = self.options.jobs or os.cpu_count() or 1
        with (
            launcher_for(self._lessons.values()) as launcher,
            place_for(self.options) as place,
            ThreadPoolExecutor(jobs) as pool,
        ):
            trial = Trial(launcher, place, self.options, stop, self.workspace.root)
            for lesson in {self._lessons[lesson] for lesson, _ in pairs}:
                lesson.inside = trial.checks_inside(lesson)
            shared = launcher, place, self.options, stop
            futures = {
                pool.submit(self._run_one, pair, key, journal, *shared): pair
                for pair, key in pairs.items()
            }
            try:
                for future in as_completed(futures):
                    yield futures[future], _result(future)
            finally:
                stop.set()
                for future in futures:
                    future.cancel()

    def _run_one(self, pair: _Pair, key: str, journal: Journal, *shared: Any) -> Result:
        self._began[pair] = time.monotonic()
        try:
            result = run(self._lessons[pair[0]], self._folder(pair), *shared)
        finally:
            del self._began[pair]
        if result.lasting:  # kept here and now: recording it may have to wait for a server
            with self._keeping:  # equal submissions have one key
                journal.keep(key, result.as_dict())
        return result

    def longest_running(self) -> tuple[tuple[str, str] | None, float]:
        """The lesson and student whose submission has been running longest, and its seconds."""
        began = dict(self._began)  # other threads change it
        if not began:
            return None, 0.0
        pair = min(began, key=lambda pair: began[pair])
        return pair, time.monotonic() - began[pair]

    def _folder(self, pair: _Pair) -> Path:
        lesson, student = pair
        return self.workspace.submitted / student / lesson

    def _outcome(self, pair: _Pair, result: Result, score: float, cached: bool = False) -> Outcome:
        lesson, student = pair
        return Outcome(
            lesson,
            student,
            score if result.usable else None,
            self._max_scores[lesson],
            result.reason,
            result.checks,
            result.repairs,
            result.seconds,
            cached,
        )


def _result(future: Future[Result]) -> Result:
    """What a submission came to; a mistake of the grader's own costs only this one its score."""
    try:
        return future.result()
    except (OSError, AutograderError):  # this machine is at fault, or somebody stopped it
        raise
    except Exception as error:
        reason = f"Grading it failed ({type(error).__name__}: {shorten(str(error), 120)})"
        return Result(reason=f"{reason}: grade it again, or look at it by hand.", lasting=False)


class _Record:
    """Where results end up: the gradebook, the executed notebooks, and a line in the journal."""

    def __init__(self, workspace: Workspace, journal: Journal, recorder: Recorder) -> None:
        self._workspace = workspace
        self._journal = journal
        self._recorder = recorder
        self._scores: dict[str, dict[str, float]] = {}

    def make_sure(self, pair: _Pair, key: str, result: Result) -> float:
        """Write what is not recorded yet, or was lost since; return the score."""
        lesson, student = pair
        if lesson not in self._scores:
            self._scores[lesson] = self._recorder.scores(lesson)
        score = self._scores[lesson].get(student)
        there = all(path.is_file() for path in self._paths(pair, result))
        if score is None or not there or not self._journal.is_recorded(lesson, student, key):
            return self.write(pair, key, result)
        return score

    def write(self, pair: _Pair, key: str, result: Result) -> float:
        """Write a result, which done again changes nothing; return the score.

        It is the gradebook's: with the points a person gave, without what being late costs.
        """
        lesson, student = pair
        folder = self._workspace.autograded / student / lesson
        if not result.usable:
            shutil.rmtree(folder, ignore_errors=True)
        for path in self._paths(pair, result):
            write_whole(path, result.notebooks[path.stem].encode())
        if result.usable:
            copy_proof(self._workspace.submitted / student / lesson, folder)
        score = self._recorder.record(lesson, student, result)
        self._journal.note_recorded(lesson, student, key)
        return score

    def _paths(self, pair: _Pair, result: Result) -> list[Path]:
        lesson, student = pair
        folder = self._workspace.autograded / student / lesson
        return [folder / f"{name}.ipynb" for name in result.notebooks]


@contextmanager
def launcher_for(lessons: Iterable[Lesson]) -> Iterator[Launcher]:
    """Where the processes for these lessons come from, as long as the `with` block lasts."""
    if sys.platform != "linux":
        yield Cold(ENVIRONMENT)
        return
    imports = {name for lesson in lessons for name in lesson.imports}
    try:
        with Zygote(tuple(sorted(imports)), ENVIRONMENT) as zygote:
            zygote.wait_until_ready()
            yield zygote
    except ColdStartNeeded:  # one of the modules does at import what no fork survives
        with Zygote((), ENVIRONMENT) as zygote:
            zygote.wait_until_ready()
            yield zygote


@contextmanager
def place_for(options: Options) -> Iterator[sandbox.Place]:
    """A place to run submissions in, each with its own files, as long as the `with` block lasts."""
    walls = options.sandboxed and sys.platform == "linux"
    with scratch.folder("root") as root:
        visible = (*sandbox.python_folders(), *_course_packages())
        yield sandbox.Place(Path(root), visible, Path(root), "", sandbox.Limits(), walls)


def _course_packages() -> Iterator[Path]:
    """Packages of the course that lie outside of this Python, so that they must be shown."""
    import importlib.util

    spec = importlib.util.find_spec("transferlab")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent.resolve()


def _check_backbones(lessons: set[Lesson]) -> None:
    """Verify what the course ships, if one of the lessons needs it: students can't mend it."""
    if not any("transferlab.backbones" in name for lesson in lessons for name in lesson.imports):
        return
    from transferlab import backbones

    try:
        for name in backbones.SHIPPED:
            backbones.verify(name)
    except backbones.WeightsUnavailable as error:
        raise GradingFailed(str(error)) from error
