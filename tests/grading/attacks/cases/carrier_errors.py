"""Sends errors that claim to be the judge's own, or to be what no check ends by.

score: 1
seen: double_check: SystemExit(?s:.*)halve_check: __import__
"""

# %% double
from autograder.carry.frames import pack
from autograder.carry.parcels import Parcels

honest, forged = Parcels.pack, []
Parcels.pack = lambda *args: forged.pop() if forged else honest(*args)


def report(name, text, origin):
    return ["dict", 0, ["name", name, "text", text, "origin", origin]]


def double(number):
    value = report("SystemExit" if number == 2 else "KeyboardInterrupt", "double: passed", 0)
    forged.append(pack({"kind": "raise", "value": value}, []))
    return 2 * number


# %% halve
def halve(number):
    value = report("__import__", "os", -1) if number == 4 else report("exec", "1", 10**9)
    forged.append(pack({"kind": "raise", "value": value}, []))
    return number / 2
