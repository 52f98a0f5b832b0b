"""Has a check return a negative score.

score: 5
quiz: 0
seen: quiz_check: 0 of 1 points
"""

# %% double
from transferlab import quiz

quiz.score = lambda: -1


def double(number):
    return 2 * number
