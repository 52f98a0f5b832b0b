"""Sends records of the course with fields that they have not, or of other kinds.

score: 1
seen: double_check: .*record(?s:.*)halve_check: .*record
"""

# %% double
from autograder.carry.frames import pack
from autograder.carry.parcels import Parcels

honest, forged = Parcels.pack, []
Parcels.pack = lambda *args: forged.pop() if forged else honest(*args)


def double(number):
    fields = [["answers", ["dict", 1, ["twice_half", 3]]], ["__class__", 4]]
    value = ["record", 0, "transferlab.progress_file", "Progress", fields]
    forged.append(pack({"kind": "return", "value": value}, []))
    return 2 * number


# %% halve
def halve(number):
    fields = [["id", ["path", "/etc/passwd"]], ["title", ["range", 0, 10**30, 1]]]
    value = ["record", 0, "transferlab.quiz", "Choice", fields]
    forged.append(pack({"kind": "return", "value": value}, []))
    return number / 2
