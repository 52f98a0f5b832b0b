"""Waits for what never comes, without computing.

score: 3
seen: took too long
"""

# %% halve
import threading


def halve(number):
    threading.Event().wait()
