"""Sends open files along, for the grader to keep.

score: 6
"""

# %% double
import os
import socket


def double(number):
    channel = socket.socket(fileno=os.dup(3))
    for _ in range(20):
        files = [os.open("/dev/null", os.O_RDONLY) for _ in range(5)]
        socket.send_fds(channel, [b'{"msg_type":"execute_input","content":{}}\n'], files)
        for file in files:
            os.close(file)
    return 2 * number
