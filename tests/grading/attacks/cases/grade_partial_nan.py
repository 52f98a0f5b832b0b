"""Has a check return NaN, which stock nbgrader takes for full marks.

score: 5
quiz: 0
seen: quiz_check: 0 of 1 points
"""

# %% double
from transferlab import quiz

quiz.score = lambda: float("nan")


def double(number):
    return 2 * number
