"""Has a check return a negative score.

score: 5
quiz: 0
seen: not a number from 0 to 1
"""

# %% double
from transferlab import quiz

quiz.score = lambda: -1


def double(number):
    return 2 * number
