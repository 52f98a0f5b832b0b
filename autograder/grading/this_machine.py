"""Where submissions are run: here, in processes of this machine, or on a cluster.

It must not know students, nor what becomes of a result.
"""

import os
import sys
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from autograder import sandbox, scratch
from autograder.cold import Cold
from autograder.errors import WorkspaceError
from autograder.execution import Launcher
from autograder.outcome import Result
from autograder.submission import Lesson, Options, Submission, run
from autograder.warm import ColdStartNeeded, Zygote

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
# Results that may wait for the gradebook while this machine goes on running.
_MOST_WAITING = 100


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


@dataclass
class Local:
    """The processes of this machine."""

    launcher: Launcher
    place: sandbox.Place
    threads: int
    stopped: threading.Event = field(default_factory=threading.Event)

    def window(self) -> int:
        """Enough that no process waits for the gradebook."""
        return self.threads + _MOST_WAITING

    def run(self, lesson: Lesson, submission: Submission, options: Options) -> Result:
        """Run one; raises what `submission.run` does."""
        return run(lesson, submission, self.launcher, self.place, options, self.stopped)

    def stop(self) -> None:
        """End what is running."""
        self.stopped.set()


@contextmanager
def opened(
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
        with local(lessons, options) as engine:
            yield engine
        return
    try:
        from autograder.cluster import connected
    except ModuleNotFoundError as error:
        raise WorkspaceError(
            f"The package {error.name} is missing, and --cluster needs it: install the course with "
            "one more extra, `pip install -e .[grading,cluster]`."
        ) from None
    with connected(cluster, lessons, options) as far:
        yield far


@contextmanager
def local(lessons: Iterable[Lesson], options: Options) -> Iterator[Local]:
    """This machine as an engine, as long as the `with` block lasts."""
    with launcher_for(lessons) as launcher, place_for(options) as place:
        yield Local(launcher, place, options.jobs or os.cpu_count() or 1)


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
