"""Warns and logs on stderr.

score: 6
"""

# %% double
import logging
import sys
import warnings


def double(number):
    warnings.warn("this will change", stacklevel=2)
    logging.error("nothing is wrong")
    print("a log line", file=sys.stderr)
    return 2 * number
