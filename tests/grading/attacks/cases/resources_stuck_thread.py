"""Leaves a thread that never ends and that Python would wait for.

score: 6
"""

# %% double
import threading
import time

threading.Thread(target=time.sleep, args=(600,)).start()


def double(number):
    return 2 * number
