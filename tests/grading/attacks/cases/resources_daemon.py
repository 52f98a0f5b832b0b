"""Leaves processes running that have slipped away from their parent.

score: 6
"""

# %% double
import os
import time

for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)


def double(number):
    return 2 * number
