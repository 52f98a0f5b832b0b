"""Has a thread end Python in the middle of a later cell.

score: 2
seen: Python died in
"""

# %% halve
import os
import threading
import time

threading.Timer(0.5, os._exit, [0]).start()


def halve(number):
    time.sleep(5)
    return number / 2
