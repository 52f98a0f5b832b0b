"""Reads scores from nbgrader's gradebook, and records what could not be graded.

nbgrader itself writes the scores of what could be. It must not know how a submission is run.
"""

import shutil
import warnings
from pathlib import Path

from nbgrader.api import MissingEntry
from nbgrader.utils import parse_utc

from autograder.workspace import Workspace


def scores(workspace: Workspace, lesson: str, student: str) -> tuple[float, float]:
    """The student's score and the most that can be had, manual grades and penalties included.

    Raises:
        nbgrader.api.MissingEntry: there is no such submission.
    """
    with workspace.gradebook() as gradebook:
        submission = gradebook.find_submission(lesson, student)
        return float(submission.score), float(submission.max_score)


def max_score(workspace: Workspace, lesson: str) -> float | None:
    """The most points that a lesson gives; None if it was never released here."""
    with workspace.gradebook() as gradebook:
        try:
            return float(gradebook.find_assignment(lesson).max_score)
        except MissingEntry:
            return None


def record_failure(workspace: Workspace, lesson: str, student: str, reason: str) -> None:
    """Record 0 points with a reason, and mark the submission for a person to look at.

    The reason stands as a comment on the first exercise. What a stopped run left behind is
    removed, so that it can't pass for graded.
    """
    shutil.rmtree(workspace.autograded / student / lesson, ignore_errors=True)
    with workspace.gradebook() as gradebook, warnings.catch_warnings():
        # nbgrader 0.9.6 on SQLAlchemy 2 warns about its own way of adding submissions.
        warnings.simplefilter("ignore")
        gradebook.update_or_create_student(student)
        details = {}
        if timestamp := _timestamp(workspace.submitted / student / lesson / "timestamp.txt"):
            details["timestamp"] = timestamp
        submission = gradebook.update_or_create_submission(lesson, student, **details)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score = 0.0
                grade.needs_manual_grade = True
            for comment in notebook.comments[:1]:
                comment.auto_comment = reason
        gradebook.db.commit()


def recorded_reason(workspace: Workspace, lesson: str, student: str) -> str | None:
    """The reason that `record_failure` recorded; None if there is none."""
    with workspace.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(lesson, student)
        except MissingEntry:
            return None
        comments = [c.auto_comment for n in submission.notebooks for c in n.comments[:1]]
    return next((comment for comment in comments if comment), None)


def _timestamp(path: Path) -> object:
    try:
        return parse_utc(path.read_text(encoding="utf-8").strip()) or None
    except (OSError, ValueError, OverflowError):
        return None
