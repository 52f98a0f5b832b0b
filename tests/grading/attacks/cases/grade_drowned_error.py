"""Prints so much that the check's error finds no room any more.

score: 1
seen: Twice 2 is 4
"""


# %% double
def double(number):
    for _ in range(30):
        print("x" * 99_999, flush=True)
    return 0


# %% halve
def halve(number):
    print("y" * 5_000_000, flush=True)
    return 0
