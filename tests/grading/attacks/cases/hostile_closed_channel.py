"""Closes the channel and goes on.

score: 2
seen: Python died in
"""

# %% halve
import os
import time


def halve(number):
    os.close(3)
    time.sleep(600)
