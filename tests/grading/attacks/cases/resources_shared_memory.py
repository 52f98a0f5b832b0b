"""Asks for 50 GB of memory that is shared, and so not counted as a process's own.

score: 3
seen: Error
never: loot
"""

# %% double
import ctypes
import mmap

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
if libc.shmget(0, ctypes.c_size_t(1 << 30), 0o1600) != -1:
    print("loot: a segment")
if libc.memfd_create(b"x", 0) != -1:
    print("loot: a file in memory")
try:
    with open("/dev/zero", "r+b") as zero:
        mmap.mmap(zero.fileno(), 50_000_000_000)
        print("loot: zeros")
except (OSError, ValueError):
    pass


def double(number):
    return 2 * number


# %% halve
def halve(number):
    return mmap.mmap(-1, 50_000_000_000)
