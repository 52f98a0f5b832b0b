"""Has a check return text instead of a score.

score: 5
quiz: 0
seen: quiz_check: 0 of 1 points
"""

# %% double
from transferlab import quiz

quiz.score = lambda: "full marks"


def double(number):
    return 2 * number
