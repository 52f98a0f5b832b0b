"""Hands in a second notebook of the same lesson.

score: 3
seen: was ignored
"""


# %% halve
def halve(number):
    return 0


# %% hand_in
def hand_in(homework):
    homework.path.with_name("01_toy_better.ipynb").write_bytes(homework.path.read_bytes())
