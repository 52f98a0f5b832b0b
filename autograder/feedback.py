"""Writes the page that each student gets back, by nbgrader's own feedback.

Hidden tests and scripts are taken out by our parts in nbgrader's pipeline (`preprocessors`).
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from autograder.errors import last_line
from autograder.gradebook import max_score, recorded_reason
from autograder.preprocessors import offline
from autograder.workspace import PROOF, Workspace


@dataclass(frozen=True)
class Page:
    """One student's page, or the reason why there is none."""

    lesson: str
    student: str
    reason: str = ""


def write_feedback(workspace: Workspace, pairs: list[tuple[str, str]]) -> Iterator[Page]:
    """Write a page per (lesson, student), one after the other; a failing one stops no other."""
    api = workspace.api()
    for lesson, student in pairs:
        if (workspace.autograded / student / lesson / f"{lesson}.ipynb").is_file():
            result = api.generate_feedback(lesson, student, force=True)
            reason = "" if result["success"] else last_line(result["error"])
            yield Page(lesson, student, reason)
        elif problem := recorded_reason(workspace, lesson, student):
            _write_reason(workspace, lesson, student, problem)
            yield Page(lesson, student)
        else:
            yield Page(lesson, student, "It is not graded yet: run `autograder grade` first.")


def copy_proof(submitted: Path, folder: Path) -> None:
    """Copy the files by which nbgrader finds the submission that something belongs to."""
    for name in PROOF:
        proof = submitted / name
        if proof.is_file() and not proof.is_symlink():
            (folder / name).unlink(missing_ok=True)
            shutil.copy(proof, folder / name)


def _write_reason(workspace: Workspace, lesson: str, student: str, reason: str) -> None:
    folder = workspace.feedback / student / lesson
    folder.mkdir(parents=True, exist_ok=True)
    copy_proof(workspace.submitted / student / lesson, folder)
    score = f"(Score: 0 of {max_score(workspace, lesson) or 0:g})"
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(lesson)}</title>\n</head>\n<body>\n<h1>{escape(lesson)} {score}</h1>\n"
        f"<p><strong>Not graded.</strong> {escape(reason)}</p>\n</body>\n</html>\n"
    )
    path = folder / f"{lesson}.html"
    path.unlink(missing_ok=True)
    path.write_text(offline(page), encoding="utf-8")
