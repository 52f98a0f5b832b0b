"""Where submissions are run: here, in processes of this machine, or on a cluster.

It must not know students, nor what becomes of a result.
"""

import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.carry import LAZY_MODULES
from autograder.execution import Bounds, Launcher, Runtime
from autograder.files import temporary
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import Submission, run
from autograder.grading.options import Options
from autograder.processes import (
    ColdStart,
    ColdStartNeeded,
    Limits,
    Place,
    ZygoteClient,
    python_folders,
)
from autograder.runner import RUNNER
from autograder.scoring import Result

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


@dataclass
class LocalEngine:
    """The processes of this machine."""

    launcher: Launcher
    place: Place
    threads: int
    stopped: threading.Event = field(default_factory=threading.Event)

    def window(self) -> int:
        """Enough that no process waits for the gradebook."""
        return self.threads + _MOST_WAITING

    def run(self, lesson: Lesson, submission: Submission, options: Options) -> Result:
        """Run one; raises what `submission.run` does."""
        return run(lesson, submission, options, self.runtime(options))

    def runtime(self, options: Options, stop: threading.Event | None = None) -> Runtime:
        """Return what runs one submission here; it ends early when `stop`, or the engine, does."""
        bounds = Bounds(options.cell_seconds, options.deadline, stop or self.stopped)
        return Runtime(self.launcher, self.place, bounds)

    def stop(self) -> None:
        """End what is running."""
        self.stopped.set()


@contextmanager
def local_engine(lessons: Iterable[Lesson], options: Options) -> Iterator[LocalEngine]:
    """This machine as an engine, as long as the `with` block lasts."""
    with launcher_for(lessons) as launcher, place_for(options) as place:
        yield LocalEngine(launcher, place, options.jobs or os.cpu_count() or 1)


@contextmanager
def launcher_for(lessons: Iterable[Lesson]) -> Iterator[Launcher]:
    """Where the processes for these lessons come from, as long as the `with` block lasts."""
    if sys.platform != "linux":
        yield ColdStart(ENVIRONMENT, RUNNER)
        return
    imports = {name for lesson in lessons for name in lesson.imports}
    try:
        with new_zygote(sorted(imports)) as zygote:
            zygote.wait_until_ready()
            yield zygote
    except ColdStartNeeded:  # one of the modules does at import what no fork survives
        with new_zygote(()) as zygote:
            zygote.wait_until_ready()
            yield zygote


def new_zygote(imports: Iterable[str]) -> ZygoteClient:
    """Start a zygote that has imported these modules, and what every runner needs."""
    return ZygoteClient((RUNNER, *LAZY_MODULES, *imports), ENVIRONMENT, RUNNER)


@contextmanager
def place_for(options: Options) -> Iterator[Place]:
    """A place to run submissions in, each with its own files, as long as the `with` block lasts."""
    walls = options.sandboxed and sys.platform == "linux"
    with temporary.folder("root") as root:
        visible = (*python_folders(), *_course_packages())
        yield Place(Path(root), visible, Path(root), "", Limits(), walls)


def _course_packages() -> Iterator[Path]:
    """Packages of the course that lie outside of this Python, so that they must be shown."""
    import importlib.util

    spec = importlib.util.find_spec("transferlab")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent.resolve()
