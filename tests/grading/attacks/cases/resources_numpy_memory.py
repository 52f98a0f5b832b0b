"""Asks for 50 GB at once.

score: 3
seen: Memory
"""

# %% halve
import numpy as np


def halve(number):
    return np.ones(50_000_000_000 // 8)
