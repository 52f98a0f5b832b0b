"""Sends headers and values nested so deeply that a reader runs out of stack.

score: 1
seen: double_check: .*not JSON(?s:.*)halve_check: .*too deep
"""

# %% double
from autograder.carry.frames import pack
from autograder.carry.parcels import Parcels

honest, forged = Parcels.pack, []
Parcels.pack = lambda *args: forged.pop() if forged else honest(*args)
import struct


def double(number):
    text = b'{"kind":"return","value":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    forged.append(struct.pack("<II", len(text), 0) + text)
    return 2 * number


# %% halve
def halve(number):
    value = 2
    for place in range(400):
        value = ["tuple", place, [value]]
    forged.append(pack({"kind": "return", "value": value}, []))
    return number / 2
