"""Prints without end.

score: 3
seen: took too long
shows: more than 2 MB of output
"""


# %% halve
def halve(number):
    while True:
        print("x" * 10_000)
