"""Takes more and more memory, in many processes.

score: 2
seen: too much memory|took too long
"""

# %% halve
import os


def halve(number):
    for _ in range(3):
        os.fork()  # each has a limit of its own
    hoard = []
    while True:
        hoard.append(bytearray(b"x") * 50_000_000)
