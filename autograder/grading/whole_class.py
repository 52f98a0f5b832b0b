"""Grade a class: a few submissions at a time, none able to stop the others, none graded twice.

`one_submission` defines how one submission is graded, and `engine` where it is run. This module
decides when, and what is kept of the result. It alone writes the journal and the gradebook.
"""

import shutil
import threading
import time
from collections.abc import Collection, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import islice
from pathlib import Path

from autograder.errors import AutograderError, GradingFailed, WorkspaceError
from autograder.files import temporary, write_atomically
from autograder.grading.engine import Engine, open_engine
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import read
from autograder.grading.options import Options
from autograder.grading.same_scores import shown_in_full
from autograder.grading.solution_trial import SolutionTrial
from autograder.lesson import match_name
from autograder.record import Journal, Recorder, copy_receipt, max_score
from autograder.scoring import Outcome, Result, grader_error
from autograder.workspace import Workspace, put_own_commands_first

_Pair = tuple[str, str]


def find_submissions(workspace: Workspace, lessons: list[str], students: list[str]) -> list[_Pair]:
    """Return the (lesson, student) pairs to grade; if none are named, all lessons and students.

    Raises:
        WorkspaceError: a student or a release is missing, or there is nothing to grade.
        LessonError: a lesson's name is unknown.
    """
    workspace.config()  # raises an error if this is not a workspace
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
        raise WorkspaceError(f"{absent[0]} submitted nothing: check {workspace.submitted}.")
    if not pairs:
        raise WorkspaceError(
            f"There is nothing to grade in {workspace.submitted}: run `nbgrader collect LESSON` in "
            f"{workspace.root}, or `autograder grade --collect`."
        )
    return pairs


class Grading:
    """One run of grading; iterate over it to get the outcomes as they come.

    Args:
        workspace: where the submissions are, and where the grades go.
        pairs: the submissions to grade, as (lesson, student).
        options: how to grade them.
        cluster: the address of a Dask scheduler whose workers run them; None for this machine.
    """

    def __init__(
        self,
        workspace: Workspace,
        pairs: list[_Pair],
        options: Options | None = None,
        cluster: str | None = None,
    ) -> None:
        self.workspace = workspace
        self.pairs = pairs
        self.options = options or Options()
        self._cluster = cluster
        names = dict.fromkeys(lesson for lesson, _ in pairs)
        lessons = (Lesson.read(workspace.source / name) for name in names)
        self._lessons = {
            lesson.name: replace(lesson, shown=shown_in_full(workspace.root, lesson))
            for lesson in lessons
        }
        self._max_scores = {name: max_score(workspace, name) or 0.0 for name in names}
        self._began: dict[_Pair, float] = {}
        self._keeping = threading.Lock()
        self._tried: dict[str, Future[Lesson]] = {}

    def __iter__(self) -> Generator[Outcome]:
        """Grade everything; a submission that ends with a reason is recorded with 0 points.

        Raises:
            WorkspaceError: another grader is working on one of the lessons.
            SandboxUnavailable: this system does not allow student code to be sandboxed.
            GradingFailed: this machine or the cluster is at fault; submissions that it spoiled are
                not recorded, and all that were finished are.
        """
        put_own_commands_first()
        temporary.clear()
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
        """Run submissions and yield their results as they come; each is kept under its key."""
        if not pairs:
            return
        lessons = [self._lessons[name] for name in dict.fromkeys(lesson for lesson, _ in pairs)]
        _check_backbones(lessons)
        with (
            open_engine(lessons, self.options, self._cluster) as engine,
            ThreadPoolExecutor(engine.threads) as pool,
        ):
            try:
                trial = SolutionTrial(engine, self.options, self.workspace.root)
                # First in the queue, so that no submission waits for a trial that has not begun.
                self._tried = {
                    lesson.name: pool.submit(trial.as_tried, lesson) for lesson in lessons
                }
                yield from self._in_a_window(pairs, journal, engine, pool)
            finally:
                engine.stop()

    def _in_a_window(
        self, pairs: dict[_Pair, str], journal: Journal, engine: Engine, pool: ThreadPoolExecutor
    ) -> Iterator[tuple[_Pair, Result]]:
        """Run only a limited number at a time, so that they and their results fit in memory."""
        left = iter(pairs.items())
        running: dict[Future[Result], _Pair] = {}
        failure: Exception | None = None
        while True:
            room = 0 if failure else max(0, engine.window() - len(running))
            for pair, key in islice(left, room):
                running[pool.submit(self._run_one, pair, key, journal, engine)] = pair
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                pair = running.pop(future)
                try:
                    result = _result(future)
                except (OSError, AutograderError) as error:
                    failure = failure or error  # the later ones only say that they were stopped
                    engine.stop()
                else:
                    yield pair, result
        if failure:
            raise failure

    def _run_one(self, pair: _Pair, key: str, journal: Journal, engine: Engine) -> Result:
        self._began[pair] = time.monotonic()
        try:
            result = self._run_as_tried(pair, engine)
        finally:
            del self._began[pair]
        if result.lasting:  # keep it at once: recording it may have to wait for a server
            with self._keeping:  # equal submissions have the same key
                journal.keep(key, result.as_dict())
        return result

    def _run_as_tried(self, pair: _Pair, engine: Engine) -> Result:
        """Run a submission as the trial of the solution requires.

        The first submissions run in parallel with the trial, as if every check could be judged in
        another process, which is true of nearly all lessons. If it is not true of this lesson, they
        are run again.
        """
        name, _ = pair
        lesson = self._lesson_as_tried(name) if self._tried[name].done() else self._lessons[name]
        submission = read(lesson, self._folder(pair))
        result = engine.run(lesson, submission, self.options)
        tried = self._lesson_as_tried(name)
        if tried.inside == lesson.inside:
            return result
        return engine.run(tried, submission, self.options)

    def _lesson_as_tried(self, name: str) -> Lesson:
        """Return the lesson as the trial found it.

        An error in the trial is not the fault of any submission and costs no points.
        """
        try:
            return self._tried[name].result()
        except (OSError, AutograderError):
            raise
        except Exception as error:
            raise GradingFailed(
                f"The solution of {name} could not be tried out ({type(error).__name__}: {error}). "
                "No submission of that lesson was graded."
            ) from error

    def longest_running(self) -> tuple[tuple[str, str] | None, float]:
        """Return the lesson and student of the submission that has run longest, and its seconds."""
        began = dict(self._began)  # a copy, because other threads change it
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
    """Return the result of a submission; an error in the grader costs only this one its score."""
    try:
        return future.result()
    except (OSError, AutograderError):  # this machine is at fault, or grading was stopped
        raise
    except Exception as error:
        return grader_error(error)


class _Record:
    """The record of results: the gradebook, the executed notebooks, and a line in the journal."""

    def __init__(self, workspace: Workspace, journal: Journal, recorder: Recorder) -> None:
        self._workspace = workspace
        self._journal = journal
        self._recorder = recorder
        self._scores: dict[str, dict[str, float]] = {}

    def make_sure(self, pair: _Pair, key: str, result: Result) -> float:
        """Write a result that is not recorded yet or was lost since; return the score."""
        lesson, student = pair
        if lesson not in self._scores:
            self._scores[lesson] = self._recorder.scores(lesson)
        score = self._scores[lesson].get(student)
        there = all(path.is_file() for path in self._paths(pair, result))
        if score is None or not there or not self._journal.is_recorded(lesson, student, key):
            return self.write(pair, key, result)
        return score

    def write(self, pair: _Pair, key: str, result: Result) -> float:
        """Write a result and return the score; writing it again changes nothing.

        The score is the gradebook's: it includes points given by a person, and a late penalty is
        already deducted.
        """
        lesson, student = pair
        folder = self._workspace.autograded / student / lesson
        if not result.usable:
            shutil.rmtree(folder, ignore_errors=True)
        for path in self._paths(pair, result):
            write_atomically(path, result.notebooks[path.stem].encode())
        if result.usable:
            copy_receipt(self._workspace.submitted / student / lesson, folder)
        score = self._recorder.record(lesson, student, result)
        self._journal.note_recorded(lesson, student, key)
        return score

    def _paths(self, pair: _Pair, result: Result) -> list[Path]:
        lesson, student = pair
        folder = self._workspace.autograded / student / lesson
        return [folder / f"{name}.ipynb" for name in result.notebooks]


def _check_backbones(lessons: Collection[Lesson]) -> None:
    """Verify the course's own backbones, if a lesson needs one: students can't fix them."""
    if not any("transferlab.backbones" in name for lesson in lessons for name in lesson.imports):
        return
    from transferlab import backbones

    try:
        for name in backbones.SHIPPED:
            backbones.verify(name)
    except backbones.WeightsUnavailable as error:
        raise GradingFailed(str(error)) from error
