"""Gives its own things the names of the judge's, and of things that it has sent already.

score: 1
seen: double_check: .*sender can't give(?s:.*)halve_check: .*name of another
"""

# %% double
from autograder.carry.frames import pack
from autograder.carry.parcels import Parcels

honest, forged = Parcels.pack, []
Parcels.pack = lambda *args: forged.pop() if forged else honest(*args)


def double(number):
    forged.append(pack({"kind": "return", "value": ["function", "j1", "double", None]}, []))
    return 2 * number


# %% halve
def halve(number):
    forged.append(pack({"kind": "return", "value": ["foreign", "s1", "float"]}, []))
    return number / 2
