"""Run submissions on the workers of a Dask cluster: the grader's side of `cluster_worker`.

Each submission is sent to one worker, and again to another one if the first is lost or too slow.
The first answer counts; a second one is ignored. What is sent contains the lessons and the
submissions, nothing from the gradebook and no password. This module must not know what becomes of a
result.
"""

import logging
import sys
import threading
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

import dask
from distributed import Client, Future, KilledWorker, wait

from autograder.errors import AutograderError, GradingFailed, Stopped, WorkspaceError
from autograder.files import fingerprint
from autograder.grading.cluster_worker import LessonsNeeded, Task, grade, learn
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import Submission
from autograder.grading.options import Options
from autograder.scoring import Result

CONNECT_SECONDS = 30
# When a thread of a worker has finished one submission, the next one is already waiting there.
_PER_THREAD = 2
_MOST_THREADS = 4096
# Until a worker's zygote and a process for a student are ready.
_START_SECONDS = 300
_TEACH_SECONDS = 30
# Dask gives up a task after its workers have died four times, even if the task did not cause it.
_MOST_DEATHS = 5
_MOST_COPIES = 3
_STOPPED = "Stopped: run `autograder grade` again."


class Cluster:
    """The workers of a cluster, as an `Engine`."""

    threads = _MOST_THREADS

    def __init__(self, client: Client, lessons: Collection[Lesson], options: Options) -> None:
        self._client = client
        self._address = client.scheduler.address
        self._lessons = list(lessons)
        self._key = fingerprint.of([lesson.decisive for lesson in lessons])
        self._jobs = options.jobs
        self._taught: dict[str, Future] = {}
        self._teaching = threading.Lock()
        self._submitted: WeakSet[Future] = WeakSet()  # those that somebody still waits for
        self._submitting = threading.Lock()
        self._stopped = False

    def window(self) -> int:
        """Return enough for each thread of the current workers to have a task waiting."""
        threads = self._client.scheduler_info(n_workers=0).get("total_threads", 0)
        return self._jobs or _PER_THREAD * max(threads, 1)

    def run(self, lesson: Lesson, submission: Submission, options: Options) -> Result:
        """Have the cluster run one submission.

        Raises:
            Stopped: `stop` was called.
            GradingFailed: the cluster or one of its workers is at fault.
        """
        installation = fingerprint.of_installation()
        task = Task(installation, self._key, lesson.name, lesson.inside, submission, options)
        # No honest submission takes longer, even if it waits for another one on the same thread.
        patience = 2 * len(lesson.notebooks) * (options.deadline + _START_SECONDS)
        try:
            return Result.from_dict(self._answer(task, patience))
        except AutograderError:
            raise
        except Exception as error:
            if self._stopped:
                raise Stopped(_STOPPED) from None
            raise _lost(self._address, error) from error

    def stop(self) -> None:
        """End what is running; the workers notice that nobody waits for it."""
        with self._submitting:
            self._stopped = True
            with suppress(Exception):  # the client may have closed itself, which ends everything
                self._client.cancel(list(self._submitted), force=True)

    def _answer(self, task: Task, patience: float) -> dict[str, Any]:
        """Return the first answer to a task, from any worker."""
        deaths = 0
        while True:
            try:
                answer = self._first(task, patience)
            except KilledWorker:
                deaths += 1
                if deaths == _MOST_DEATHS:
                    raise
                continue
            if not isinstance(answer, LessonsNeeded):
                return answer
            self._teach(answer)

    def _first(self, task: Task, patience: float) -> dict[str, Any] | LessonsNeeded:
        copies = []
        while True:
            copies.append(self._submit(grade, task))
            try:
                last = len(copies) == _MOST_COPIES
                with self._client.as_current():  # `wait` needs a current client
                    done = wait(copies, None if last else patience, "FIRST_COMPLETED").done
            except TimeoutError:
                continue
            return done.pop().result()

    def _teach(self, answer: LessonsNeeded) -> None:
        """Send the lessons to a worker, only once even if many tasks report that they need them."""
        with self._teaching:
            if answer.id not in self._taught:
                where = {"workers": [answer.address], "priority": 1}
                self._taught[answer.id] = self._submit(learn, self._key, self._lessons, **where)
        with suppress(TimeoutError):  # the worker is lost or too slow: another one gets the task
            self._taught[answer.id].result(_TEACH_SECONDS)

    def _submit(self, function: Callable[..., Any], *arguments: Any, **where: Any) -> Future:
        key = f"{function.__name__}-{uuid.uuid4()}"
        with self._submitting:
            if self._stopped:
                raise Stopped(_STOPPED)
            future = self._client.submit(function, *arguments, key=key, pure=False, **where)
            self._submitted.add(future)
            return future


@contextmanager
def connected(address: str, lessons: Collection[Lesson], options: Options) -> Iterator[Cluster]:
    """Yield the cluster of a scheduler; close the connection at the end of the `with` block.

    For a scheduler at tls://, Dask's own configuration names the certificates.

    Raises:
        WorkspaceError: this is not a scheduler's address.
        GradingFailed: no scheduler answers there, or it refuses the connection.
    """
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # our errors say it in one sentence
    # A submission may be large, but there are never many at a time.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (ValueError, TypeError) as error:
        raise WorkspaceError(
            f"{address} can't be used as a scheduler's address ({error}): write it like "
            "tcp://host:8786, or tls://host:8786 with certificates in Dask's configuration."
        ) from None
    except (OSError, ImportError, RuntimeError) as error:
        raise _lost(address, error) from None
    cluster = Cluster(client, lessons, options)
    try:
        if not client.scheduler_info(n_workers=0).get("n_workers"):
            print(
                f"autograder: The cluster at {address} has no worker yet; waiting for one.",
                file=sys.stderr,
            )
        yield cluster
    finally:
        cluster.stop()
        with suppress(TimeoutError):
            client.close(timeout=CONNECT_SECONDS)


def _lost(address: str, error: Exception) -> GradingFailed:
    why = " ".join(str(error).split()) or type(error).__name__
    return GradingFailed(
        f"The cluster at {address} can't be used ({why}): make sure that its scheduler is running, "
        "then run `autograder grade` again. What was run is kept and will not be run again."
    )
