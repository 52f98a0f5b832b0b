"""Read what a student submitted, and rebuild the notebook to run from it; nothing runs here."""

from autograder.submission.read_notebook import SubmittedNotebook, read_submission
from autograder.submission.rebuild import Rebuilt, rebuild, released_source

__all__ = [
    "Rebuilt",
    "SubmittedNotebook",
    "read_submission",
    "rebuild",
    "released_source",
]
