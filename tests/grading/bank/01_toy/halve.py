# %% right="multiplies by a half"
def halve(number):
    """Return half the number."""
    return number * 0.5


# %% wrong="divides whole numbers" message="Half of 5 is 2.5"
def halve(number):
    """Return half the number."""
    return number // 2
