"""Run submissions on a cluster worker, which writes no grades and knows no gradebook.

The contents of the lessons are sent once, before the first submission. A worker has many threads,
so it never forks. Its processes come from its own zygote, which ends when nothing has been run for
a while, or when the worker ends.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from distributed import Worker, get_worker
from distributed.core import Status

from autograder.errors import AutograderError, GradingFailed, Stopped
from autograder.files import fingerprint, temporary
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import Submission, run
from autograder.grading.options import Options
from autograder.grading.this_machine import LocalEngine, local_engine
from autograder.processes import ColdStartNeeded
from autograder.scoring import Result, grader_error

IDLE_SECONDS = 300
_OTHER = "it has a different version of the course, of Python or of a package than the grader"


@dataclass(frozen=True)
class Task:
    """A request to a worker to run one submission.

    Attributes:
        installation: the fingerprint of the grader's installation, which the worker's must equal.
        lessons: the key under which the lessons were sent.
        lesson: the name of the lesson to use.
        inside: as in `Lesson`.
        submission, options: as for `one_submission.run`.
    """

    installation: str
    lessons: str
    lesson: str
    inside: frozenset[str]
    submission: Submission
    options: Options


@dataclass(frozen=True)
class LessonsNeeded:
    """The answer of a worker that was not sent the lessons: its address and its process's id."""

    address: str
    id: str


def grade(task: Task) -> dict[str, Any] | LessonsNeeded:
    """Run a submission, in a thread of a worker.

    Returns:
        The result in a form that JSON can hold, or the request for the missing lessons.

    Raises:
        Stopped: the grader no longer wants the result.
        GradingFailed: this worker is at fault.
    """
    worker = get_worker()
    try:
        if task.installation != fingerprint.of_installation():
            raise GradingFailed(_OTHER)
        if task.lessons not in _lessons:
            return LessonsNeeded(worker.address, worker.id)
        return _run(task, worker).as_dict()
    except Stopped:
        raise
    except (OSError, AutograderError) as error:
        raise GradingFailed(
            f"The worker at {worker.address} can't grade ({error}): fix this or remove the worker, "
            "then run `autograder grade` again."
        ) from None
    except Exception as error:
        return grader_error(error).as_dict()


def learn(key: str, lessons: list[Lesson]) -> None:
    """Keep lessons until the worker ends; runs in one of its threads."""
    _lessons[key] = {lesson.name: lesson for lesson in lessons}


@cache
def _lesson(lessons: str, name: str, inside: frozenset[str]) -> Lesson:
    """Return a lesson as tasks need it, cached together with what it derives from its files."""
    return replace(_lessons[lessons][name], inside=inside)


def _run(task: Task, worker: Worker) -> Result:
    wanted = _lesson(task.lessons, task.lesson, task.inside), task.submission, task.options
    unwanted = _Unwanted(worker)
    try:
        with _workshop(task) as engine:
            return run(*wanted, engine.runtime(task.options, unwanted))
    except (ColdStartNeeded, ConnectionError):  # the zygote was killed: use a new one
        with _workshop(task) as engine:
            return run(*wanted, engine.runtime(task.options, unwanted))


class _Unwanted(threading.Event):
    """An event that is set when nobody waits for the running task.

    Dask can't end a thread, but code that runs in it can check this event.
    """

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._worker = worker
        self._key = worker.get_current_task()

    def is_set(self) -> bool:
        """Return whether the grader has gone away or no longer needs this answer."""
        task = self._worker.state.tasks.get(self._key)
        ending = self._worker.status in (Status.closing, Status.closed, Status.failed)
        return ending or task is None or task.state == "cancelled"


class _Workshop:
    """The engine that runs some lessons, and the tasks that use it."""

    def __init__(self, lessons: list[Lesson], options: Options) -> None:
        temporary.clear()
        self._held = contextlib.ExitStack()
        self.engine = self._held.enter_context(local_engine(lessons, options))
        self.users = 0
        self.leisure = threading.Timer(0, lambda: None)

    def end(self) -> None:
        """End the engine's processes."""
        self.leisure.cancel()
        self._held.close()


_lessons: dict[str, dict[str, Lesson]] = {}
_workshops: dict[tuple[str, bool], _Workshop] = {}
_changing = threading.Lock()


@contextlib.contextmanager
def _workshop(task: Task) -> Iterator[LocalEngine]:
    """Yield the engine for a task's lessons; the first task opens it.

    It is closed a while after the last task.
    """
    key = task.lessons, task.options.sandboxed
    with _changing:
        if key not in _workshops:
            lessons = list(_lessons[task.lessons].values())
            _workshops[key] = _Workshop(lessons, task.options)
        shop = _workshops[key]
        shop.leisure.cancel()
        shop.users += 1
    try:
        yield shop.engine
    except (ColdStartNeeded, ConnectionError):
        _close(key, shop)
        raise
    finally:
        with _changing:
            shop.users -= 1
            if not shop.users:
                shop.leisure = threading.Timer(IDLE_SECONDS, _close_idle, (key, shop))
                shop.leisure.daemon = True
                shop.leisure.start()


def _close_idle(key: tuple[str, bool], shop: _Workshop) -> None:
    if not shop.users:
        _close(key, shop)


def _close(key: tuple[str, bool], shop: _Workshop) -> None:
    with _changing:
        if _workshops.get(key) is shop:
            del _workshops[key]
            shop.end()
