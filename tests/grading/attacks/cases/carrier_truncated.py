"""Sends the beginning of a message and then hangs up.

score: 0
seen: double_check: .*has gone
"""

# %% double
import os
import socket

carrier = socket.socket(fileno=os.dup(4))


def double(number):
    carrier.sendall((1000).to_bytes(8, "little") + b"\x04\0\0\0\0\0\0\0null")
    carrier.shutdown(socket.SHUT_RDWR)
    return 2 * number


# %% halve
def halve(number):
    return 0
