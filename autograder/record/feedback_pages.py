"""Write the page that each student gets back, with nbgrader's own feedback.

Our steps in nbgrader's pipeline (`workspace.preprocessors`) take out hidden tests and scripts.
"""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import GradingFailed, last_line
from autograder.record.gradebook import max_score, recorded_reason
from autograder.workspace import RECEIPT_FILES, Workspace, make_page_offline

if TYPE_CHECKING:
    from nbgrader.apps import NbGraderAPI

# A process takes as long to start as it takes to write about this many pages.
PAGES_WORTH_A_PROCESS = 12
_NO_CTRL_C = signal.SIGINT, signal.SIG_IGN


@dataclass(frozen=True)
class Page:
    """The page of one student, or the reason why there is no page."""

    lesson: str
    student: str
    reason: str = ""


def write_feedback(
    workspace: Workspace, pairs: list[tuple[str, str]], jobs: int | None = None
) -> Iterator[Page]:
    """Write a page for each (lesson, student) pair; if one fails, the others are still written.

    `jobs` pages are written at a time; None means one per processor. For a small class, one at a
    time is as fast. The pages come in the order of `pairs`.

    Raises:
        GradingFailed: this machine ended one of the processes.
    """
    jobs = min(jobs or os.cpu_count() or 1, len(pairs) // PAGES_WORTH_A_PROCESS)
    if jobs < 2:
        api = workspace.api()
        yield from (_write(api, workspace, pair) for pair in pairs)
        return
    # A fork would inherit locks of threads that it lacks, so that nothing would release them.
    context = multiprocessing.get_context("spawn")
    try:
        # Only this process handles Ctrl-C; it then ends the others.
        with ProcessPoolExecutor(jobs, context, signal.signal, _NO_CTRL_C) as pool:
            yield from pool.map(_write_in_process, [workspace] * len(pairs), pairs)
    except BrokenProcessPool as error:
        raise GradingFailed(
            "This machine ended a process that was writing feedback, perhaps for lack of memory: "
            "run the command again with --jobs 1."
        ) from error


def _write_in_process(workspace: Workspace, pair: tuple[str, str]) -> Page:
    return _write(_api(workspace), workspace, pair)


@cache
def _api(workspace: Workspace) -> "NbGraderAPI":
    """Return nbgrader's API, created once in a process that ends when its pages are written."""
    return workspace.api()


def _write(api: "NbGraderAPI", workspace: Workspace, pair: tuple[str, str]) -> Page:
    lesson, student = pair
    if (workspace.autograded / student / lesson / f"{lesson}.ipynb").is_file():
        result = api.generate_feedback(lesson, student, force=True)
        return Page(lesson, student, "" if result["success"] else last_line(result["error"]))
    if problem := recorded_reason(workspace, lesson, student):
        _write_reason(workspace, lesson, student, problem)
        return Page(lesson, student)
    return Page(lesson, student, "It is not graded yet: run `autograder grade` first.")


def copy_receipt(submitted: Path, folder: Path) -> None:
    """Copy the files from which nbgrader knows which submission a folder belongs to."""
    for name in RECEIPT_FILES:
        proof = submitted / name
        if proof.is_file() and not proof.is_symlink():
            (folder / name).unlink(missing_ok=True)
            shutil.copy(proof, folder / name)


def _write_reason(workspace: Workspace, lesson: str, student: str, reason: str) -> None:
    folder = workspace.feedback / student / lesson
    folder.mkdir(parents=True, exist_ok=True)
    copy_receipt(workspace.submitted / student / lesson, folder)
    score = f"(Score: 0 of {max_score(workspace, lesson) or 0:g})"
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(lesson)}</title>\n</head>\n<body>\n<h1>{escape(lesson)} {score}</h1>\n"
        f"<p><strong>Not graded.</strong> {escape(reason)}</p>\n</body>\n</html>\n"
    )
    path = folder / f"{lesson}.html"
    path.unlink(missing_ok=True)
    path.write_text(make_page_offline(page), encoding="utf-8")
