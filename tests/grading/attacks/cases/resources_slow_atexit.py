"""Does not let Python end.

score: 6
"""

# %% double
import atexit
import time


@atexit.register
def linger():
    time.sleep(600)


def double(number):
    return 2 * number
