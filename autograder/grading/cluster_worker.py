"""A cluster worker's part of grading: runs what it is sent; writes no grade, knows no gradebook.

What the lessons hold comes once, before the first submission. A worker has many threads, so it
never forks: processes come from a zygote of its own, which ends when nothing has been run for a
while, or with the worker.
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
from autograder.scoring import Result, mistaken

IDLE_SECONDS = 300
_OTHER = "another version of the course, of Python or of a package is installed there than here"


@dataclass(frozen=True)
class Task:
    """What a worker is asked for.

    Attributes:
        installation: the fingerprint of the grader's, which the worker's must equal.
        lessons: the key under which the lessons were sent.
        lesson: which of them this is about.
        inside: as in `Lesson`.
        submission, options: as for `submission.run`.
    """

    installation: str
    lessons: str
    lesson: str
    inside: frozenset[str]
    submission: Submission
    options: Options


@dataclass(frozen=True)
class LessonsNeeded:
    """The answer of a worker that was not sent the lessons: its address, its process's own id."""

    address: str
    id: str


def grade(task: Task) -> dict[str, Any] | LessonsNeeded:
    """Run a submission, in a thread of a worker.

    Returns:
        The result as JSON can hold it, or what is missing here.

    Raises:
        Stopped: the grader no longer wants it.
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
            f"The worker at {worker.address} can't grade ({error}): mend that, or take it away, "
            "and run `autograder grade` again."
        ) from None
    except Exception as error:
        return mistaken(error).as_dict()


def learn(key: str, lessons: list[Lesson]) -> None:
    """Keep lessons, in a thread of a worker, until its end."""
    _lessons[key] = {lesson.name: lesson for lesson in lessons}


@cache
def _lesson(lessons: str, name: str, inside: frozenset[str]) -> Lesson:
    """A lesson as tasks want it; kept with what it finds out about its notebooks."""
    return replace(_lessons[lessons][name], inside=inside)


def _run(task: Task, worker: Worker) -> Result:
    wanted = _lesson(task.lessons, task.lesson, task.inside), task.submission, task.options
    unwanted = _Unwanted(worker)
    try:
        with _workshop(task) as engine:
            return run(*wanted, engine.runtime(task.options, unwanted))
    except (ColdStartNeeded, ConnectionError):  # the zygote was killed, and a new one does as well
        with _workshop(task) as engine:
            return run(*wanted, engine.runtime(task.options, unwanted))


class _Unwanted(threading.Event):
    """Set when nobody waits for the running task: Dask can't end a thread, but we can look."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._worker = worker
        self._key = worker.get_current_task()

    def is_set(self) -> bool:
        """Whether the grader has gone, or has its answer from elsewhere."""
        task = self._worker.state.tasks.get(self._key)
        ending = self._worker.status in (Status.closing, Status.closed, Status.failed)
        return ending or task is None or task.state == "cancelled"


class _Workshop:
    """The processes for some lessons."""

    def __init__(self, lessons: list[Lesson], options: Options) -> None:
        temporary.clear()
        self._held = contextlib.ExitStack()
        self.engine = self._held.enter_context(local_engine(lessons, options))
        self.users = 0
        self.leisure = threading.Timer(0, lambda: None)

    def end(self) -> None:
        """End them."""
        self.leisure.cancel()
        self._held.close()


_lessons: dict[str, dict[str, Lesson]] = {}
_workshops: dict[tuple[str, bool], _Workshop] = {}
_changing = threading.Lock()


@contextlib.contextmanager
def _workshop(task: Task) -> Iterator[LocalEngine]:
    """What runs this task's lessons, opened by the first and closed a while after the last."""
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
