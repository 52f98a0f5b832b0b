# %% right="adds the number to itself"
def double(number):
    """Return twice the number."""
    return number + number


# %% right="a lambda"
double = lambda number: 2 * number  # noqa: E731


# %% wrong="squares instead of doubling" message="Twice 7.5 is 15"
def double(number):
    """Return twice the number."""
    return number**2


# %% wrong="returns the number itself" message="Twice 2 is 4"
def double(number):
    """Return twice the number."""
    return number
