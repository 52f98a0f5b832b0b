"""Read what a student submitted, and rebuild the notebook to run from it; nothing runs here."""

from autograder.submission.read_notebook import Handed, read_submission
from autograder.submission.rebuild import Rebuilt, as_released, rebuild

__all__ = [
    "Handed",
    "Rebuilt",
    "as_released",
    "read_submission",
    "rebuild",
]
