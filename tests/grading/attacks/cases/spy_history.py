r"""Prints, from a later cell, the checks that have run before it.

score: 6
never: assert double\(-3\)
"""


# %% halve
def halve(number):
    print(*In)
    return number / 2
