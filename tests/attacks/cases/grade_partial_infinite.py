"""Has a check return more than all points.

score: 5
quiz: 0
seen: not a number from 0 to 1
"""

# %% double
from transferlab import quiz

quiz.score = lambda: float("inf")


def double(number):
    return 2 * number
