"""Displays 20 MB at once.

score: 6
shows: more than 2 MB of output
"""

# %% double
from IPython.display import HTML, display


def double(number):
    display(HTML("x" * 20_000_000))
    return 2 * number
