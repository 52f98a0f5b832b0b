"""Has a check return more than all points.

score: 5
quiz: 0
seen: quiz_check: 0 of 1 points
"""

# %% double
from transferlab import quiz

quiz.score = lambda: float("inf")


def double(number):
    return 2 * number
