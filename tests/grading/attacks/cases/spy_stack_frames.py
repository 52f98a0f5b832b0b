r"""Prints the hidden tests from within the call that they make.

score: 6
never: assert double\(-3\)
"""

# %% double
import sys


def double(number):
    frame = sys._getframe(1)
    print(get_ipython().user_ns["In"][-1], frame.f_code.co_consts)
    return 2 * number
