"""Has errors printed as success.

score: 1
seen: an error that it did not show
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
