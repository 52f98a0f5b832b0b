"""Returns what never ends when it is gone through.

score: 1
seen: double_check: TimeoutError
"""


# %% double
def double(number):
    def endless():
        while True:
            if number is None:
                yield 4

    return endless()


# %% halve
import itertools


class Endless(dict):
    __iter__ = items = values = lambda self: itertools.count()
    __len__ = lambda self: 3


def halve(number):
    return itertools.count() if number == 4 else [Endless(), (n for n in itertools.count())]
