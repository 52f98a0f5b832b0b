"""Run submissions in processes on this machine.

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
from autograder.execution import Launcher, Runtime, TimeLimits
from autograder.files import temporary
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import Submission, run
from autograder.grading.options import Options
from autograder.processes import (
    ColdStart,
    ColdStartNeeded,
    Place,
    SandboxLimits,
    ZygoteClient,
    python_folders,
)
from autograder.runner import RUNNER
from autograder.scoring import Result

# TensorFlow's log lines are useless to students, a grader has no use for a GPU, and submissions
# that run in parallel use the processors better than threads within one submission.
ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
# The results that may wait for the gradebook while this machine runs further submissions.
_MOST_WAITING = 100


@dataclass
class LocalEngine:
    """The engine that runs submissions in processes on this machine."""

    launcher: Launcher
    place: Place
    threads: int
    stopped: threading.Event = field(default_factory=threading.Event)

    def window(self) -> int:
        """Return enough submissions for no process to wait for the gradebook."""
        return self.threads + _MOST_WAITING

    def run(self, lesson: Lesson, submission: Submission, options: Options) -> Result:
        """Run one submission; raise what `one_submission.run` raises."""
        return run(lesson, submission, options, self.runtime(options))

    def runtime(self, options: Options, stop: threading.Event | None = None) -> Runtime:
        """Return what runs one submission here; it ends early when `stop` is set.

        Without `stop`, it ends early when the engine is stopped.
        """
        bounds = TimeLimits(options.cell_seconds, options.deadline, stop or self.stopped)
        return Runtime(self.launcher, self.place, bounds)

    def stop(self) -> None:
        """End what is running."""
        self.stopped.set()


@contextmanager
def local_engine(lessons: Iterable[Lesson], options: Options) -> Iterator[LocalEngine]:
    """Yield an engine on this machine; end its processes after the `with` block."""
    with launcher_for(lessons) as launcher, place_for(options) as place:
        yield LocalEngine(launcher, place, options.jobs or os.cpu_count() or 1)


@contextmanager
def launcher_for(lessons: Iterable[Lesson]) -> Iterator[Launcher]:
    """Yield the launcher of processes for these lessons; close it after the `with` block."""
    if sys.platform != "linux":
        yield ColdStart(ENVIRONMENT, RUNNER)
        return
    imports = {name for lesson in lessons for name in lesson.imports}
    try:
        with new_zygote(sorted(imports)) as zygote:
            zygote.wait_until_ready()
            yield zygote
    except ColdStartNeeded:  # the import of one of the modules breaks every fork
        with new_zygote(()) as zygote:
            zygote.wait_until_ready()
            yield zygote


def new_zygote(imports: Iterable[str]) -> ZygoteClient:
    """Start a zygote that imports these modules and what every runner needs."""
    return ZygoteClient((RUNNER, *LAZY_MODULES, *imports), ENVIRONMENT, RUNNER)


@contextmanager
def place_for(options: Options) -> Iterator[Place]:
    """Yield a place in which to run submissions, each with its own files.

    It exists until the end of the `with` block.
    """
    walls = options.sandboxed and sys.platform == "linux"
    with temporary.folder("root") as root:
        visible = (*python_folders(), *_course_packages())
        yield Place(Path(root), visible, Path(root), "", SandboxLimits(), walls)


def _course_packages() -> Iterator[Path]:
    """Yield the course's packages outside this Python, so that the sandbox can show them."""
    import importlib.util

    spec = importlib.util.find_spec("transferlab")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent.resolve()
