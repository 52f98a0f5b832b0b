"""Has errors printed as success.

score: 1
seen: double_check: Twice 2 is 4
"""

# %% double
shell = get_ipython()
shell.showtraceback = lambda *args, **kwargs: print("passed")
shell._showtraceback = lambda *args, **kwargs: print("passed")


def double(number):
    return 0


# %% halve
def halve(number):
    return 0
