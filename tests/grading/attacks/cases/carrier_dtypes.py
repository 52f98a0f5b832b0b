"""Sends arrays of objects, records and times, negative shapes, and no truth values.

score: 1
seen: double_check: .*not carried(?s:.*)halve_check: .*no shape
"""

# %% double
from autograder.carry.frames import pack
from autograder.carry.parcels import Parcels

honest, forged = Parcels.pack, []
Parcels.pack = lambda *args: forged.pop() if forged else honest(*args)


def double(number):
    value = {2: ["|O", [1], 0], 7.5: ["<M8[ns]", [1], 0]}.get(number, ["|V8", [1], 0])
    forged.append(pack({"kind": "return", "value": ["array", 0, *value]}, [bytes(range(8))]))
    return 2 * number


# %% halve
def halve(number):
    value = ["<f8", [-1], 0] if number == 4 else ["|b1", [1], 0]
    forged.append(pack({"kind": "return", "value": ["array", 0, *value]}, [b"\x07"]))
    return number / 2
