"""Where submissions are run: in processes of this machine, or on a cluster."""

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
    """Runs submissions, each in the thread that asks for it.

    Attributes:
        threads: how many may ask at the same time.
    """

    threads: int

    def window(self) -> int:
        """How many submissions to have under way now, those included that wait for their turn."""

    def run(self, lesson: Lesson, submission: Submission, options: Options) -> Result:
        """Run one; raises what `submission.run` does."""

    def stop(self) -> None:
        """End what is running: whoever waits for it gets `Stopped`."""


@contextmanager
def open_engine(
    lessons: Collection[Lesson], options: Options, cluster: str | None = None
) -> Iterator[Engine]:
    """An engine for these lessons, as long as the `with` block lasts.

    Args:
        lessons, options: what will be run, and how.
        cluster: the address of a Dask scheduler; None to run everything on this machine.

    Raises:
        WorkspaceError: there is no Dask here.
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
            "one more extra, `pip install -e .[grading,cluster]`."
        ) from None
    with connected(cluster, lessons, options) as far:
        yield far
