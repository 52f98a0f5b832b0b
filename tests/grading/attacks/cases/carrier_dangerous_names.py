"""Names classes and functions that run programs, fetch files or load code.

score: 1
seen: double_check: CarryError(?s:.*)halve_check: CarryError
never: loot
"""

# %% double
from autograder.carry.frames import pack
from autograder.carry.parcels import Parcels

honest, forged = Parcels.pack, []
Parcels.pack = lambda *args: forged.pop() if forged else honest(*args)
NAMES = (
    ["record", 0, "subprocess", "Popen", [["args", "echo loot"]]],
    ["record", 0, "transferlab.course", "subprocess", [["args", "echo loot"]]],
    ["function", "s900", "__import__", "(name)", "os"],
    ["pickle", "gASVHwAAAAAAAACMCGJ1aWx0aW5zlIwFcHJpbnSUk5SMBGxvb3SUhZRSlC4="],
)
rest = list(NAMES)


def double(number):
    forged.append(pack({"kind": "return", "value": rest.pop()}, []))
    return 2 * number


# %% halve
def halve(number):
    forged.append(pack({"kind": "return", "value": rest.pop()}, []))
    return number / 2
