"""Has a check return text instead of a score.

score: 5
quiz: 0
seen: not a number from 0 to 1
"""

# %% double
from transferlab import quiz

quiz.score = lambda: "full marks"


def double(number):
    return 2 * number
