"""Grade submissions: one, or a whole class, on this machine or on a cluster."""

from autograder.grading.lesson import Lesson
from autograder.grading.options import Options
from autograder.grading.same_scores import Proof, prove, proven_before
from autograder.grading.solution_trial import SolutionTrial
from autograder.grading.this_machine import local_engine, new_zygote, place_for
from autograder.grading.whole_class import Grading, find_submissions

__all__ = [
    "Grading",
    "Lesson",
    "Options",
    "Proof",
    "SolutionTrial",
    "find_submissions",
    "local_engine",
    "new_zygote",
    "place_for",
    "prove",
    "proven_before",
]
