"""Decide what an executed check is worth from its outputs alone."""

from autograder.scoring.check_output import Verdict, error_sentence, nbgrader_score, score_check
from autograder.scoring.results import CheckResult, Outcome, Result, grader_error

__all__ = [
    "CheckResult",
    "Outcome",
    "Result",
    "Verdict",
    "error_sentence",
    "grader_error",
    "nbgrader_score",
    "score_check",
]
