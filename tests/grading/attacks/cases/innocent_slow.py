"""Takes long, but not too long.

score: 6
"""

# %% double
import time


def double(number):
    time.sleep(0.8)
    return sum(number for _ in range(2)) + 0 * sum(range(3_000_000))
