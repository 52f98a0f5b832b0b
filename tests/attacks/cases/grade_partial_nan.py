"""Has a check return NaN, which stock nbgrader takes for full marks.

score: 5
quiz: 0
seen: not a number from 0 to 1
"""

# %% double
from transferlab import quiz

quiz.score = lambda: float("nan")


def double(number):
    return 2 * number
