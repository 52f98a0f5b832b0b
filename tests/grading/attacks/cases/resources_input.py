"""Asks for something that nobody will type.

score: 3
seen: input
"""


# %% halve
def halve(number):
    return float(input("Half of what? "))
