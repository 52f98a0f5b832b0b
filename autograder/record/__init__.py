"""Store the results of grading: in nbgrader's gradebook, in a journal, on feedback pages."""

from autograder.record.feedback_pages import copy_receipt, write_feedback
from autograder.record.gradebook import (
    Recorder,
    Scored,
    due_date,
    max_score,
    scored,
    update_students,
)
from autograder.record.journal import STATE_FOLDER, Journal, kept_result, recorded_keys

__all__ = [
    "STATE_FOLDER",
    "Journal",
    "Recorder",
    "Scored",
    "copy_receipt",
    "due_date",
    "kept_result",
    "max_score",
    "recorded_keys",
    "scored",
    "update_students",
    "write_feedback",
]
