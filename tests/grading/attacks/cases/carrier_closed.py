"""Closes the carrier in the middle of a check.

score: 2
seen: halve_check: CarryError
"""

# %% halve
import os


def halve(number):
    os.close(4)
    return number / 2
