"""Choose where to run submissions: in processes on this machine, or on a cluster."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Protocol

from autograder.errors import WorkspaceError
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import Submission
from autograder.grading.options import Options
from autograder.grading.this_machine import local_engine
from autograder.scoring import Result


class Engine(Protocol):
    """A place that runs submissions, each in the thread that asks for it.

    Attributes:
        threads: how many threads may ask at the same time.
    """

    threads: int

    def window(self) -> int:
        """Return how many submissions may be in progress now, including those that wait."""

    def run(self, lesson: Lesson, submission: Submission, options: Options) -> Result:
        """Run one submission; raise what `one_submission.run` raises."""

    def stop(self) -> None:
        """End what is running: in each thread that waits for it, `Stopped` is raised."""


@contextmanager
def open_engine(
    lessons: Collection[Lesson], options: Options, cluster: str | None = None
) -> Iterator[Engine]:
    """Yield an engine for these lessons; close it at the end of the `with` block.

    Args:
        lessons, options: what will be run, and how.
        cluster: the address of a Dask scheduler; None to run everything on this machine.

    Raises:
        WorkspaceError: Dask is not installed here.
        GradingFailed: the cluster can't be used.
    """
    if cluster is None:
        with local_engine(lessons, options) as engine:
            yield engine
        return
    try:
        from autograder.grading.cluster import connected
    except ModuleNotFoundError as error:
        raise WorkspaceError(
            f"The package {error.name} is missing, and --cluster needs it: install the course with "
            "this extra, `pip install -e .[grading,cluster]`."
        ) from None
    with connected(cluster, lessons, options) as far:
        yield far
