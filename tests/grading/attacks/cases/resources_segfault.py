"""Reads where there is no memory.

score: 2
seen: Python died in
"""

# %% halve
import ctypes


def halve(number):
    ctypes.string_at(0)
