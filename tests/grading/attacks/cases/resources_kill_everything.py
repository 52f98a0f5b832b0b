"""Kills the parent, the group, every process there is.

score: 6
shows: shot
"""

# %% double
import os
import signal


def double(number):
    for target in (os.getppid(), int("{grader}"), -1):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            pass
    print("shot")
    return 2 * number
