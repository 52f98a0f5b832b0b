"""Prints a lot, as one does to find an error.

score: 6
"""


# %% double
def double(number):
    print("x" * 6_000_000)
    return 2 * number


# %% halve
def halve(number):
    for line in range(20_000):
        print("halving", line, number)
    return number / 2
