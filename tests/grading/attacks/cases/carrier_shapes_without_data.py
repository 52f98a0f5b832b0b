"""Sends arrays that are huge by their shape and have no bytes.

score: 1
seen: double_check: .*no shape(?s:.*)halve_check: .*without width
"""

# %% double
from autograder.carry.frames import pack
from autograder.carry.parcels import Parcels

honest, forged = Parcels.pack, []
Parcels.pack = lambda *args: forged.pop() if forged else honest(*args)


def double(number):
    forged.append(pack({"kind": "return", "value": ["array", 0, "<f8", [10**9, 10**9], 0]}, [b""]))
    return 2 * number


# %% halve
def halve(number):
    arrays = [["array", place, "<U0", [50_000_000], place] for place in range(1, 2000)]
    forged.append(pack({"kind": "return", "value": ["list", 0, arrays]}, [b""] * 2000))
    return number / 2
