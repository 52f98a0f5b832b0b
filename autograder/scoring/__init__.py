"""Decide what an executed check is worth from its outputs alone."""

from autograder.scoring.check_output import Verdict, error_sentence, judge, stock_score
from autograder.scoring.results import CheckResult, Outcome, Result, mistaken

__all__ = [
    "CheckResult",
    "Outcome",
    "Result",
    "Verdict",
    "error_sentence",
    "judge",
    "mistaken",
    "stock_score",
]
