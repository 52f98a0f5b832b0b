"""Returns NaN and infinity, which break comparisons that were written carelessly.

score: 1
"""


# %% double
def double(number):
    return float("nan")


# %% halve
def halve(number):
    return complex("inf") if number == 4 else float("inf")
