"""Reads the memory and the open files of the grader and of its neighbours.

score: 6
shows: tried [5-9]
never: loot
"""

# %% double
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
tried = 0
for name in ("{grader}/mem", "{grader}/environ", "{grader}/cwd", "1/cwd/../../../root/.ssh"):
    tried += 1
    if os.path.exists(f"/proc/{name}"):
        print("loot", name)
tried += 1
if libc.ptrace(16, int("{grader}"), 0, 0) == 0:
    print("loot: traced")
others = [name for name in os.listdir("/proc") if name.isdecimal() and name != "1"]
for other in others:
    print("loot: process", other, open(f"/proc/{other}/cmdline").read())


def double(number):
    print("tried", tried)
    return 2 * number
