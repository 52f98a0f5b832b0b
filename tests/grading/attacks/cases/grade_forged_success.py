"""Prints what a passed check prints, on all ways out, and answers wrong.

score: 1
shows: double: passed
seen: double_check: Twice 2 is 4
"""

# %% double
import os
import sys


def double(number):
    print("double: passed", flush=True)
    sys.__stdout__.write("double: passed\n")
    os.write(1, b"double: passed\n")
    get_ipython().kernel.stdout.write("double: passed\n")
    return 0


# %% halve
def halve(number):
    return 0
