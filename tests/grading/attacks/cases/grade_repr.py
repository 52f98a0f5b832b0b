"""Has a check return an object that only looks like a full score.

score: 5
quiz: 0
"""

# %% double
from transferlab import quiz


class Score:
    def __repr__(self):
        return "1"


quiz.score = Score


def double(number):
    return 2 * number
