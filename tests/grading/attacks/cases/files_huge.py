"""Hands in a notebook of 30 MB.

score: none
seen: larger than 20 MB
"""


# %% hand_in
def hand_in(homework):
    with homework.path.open("a") as file:
        file.write(" " * 30_000_000)
