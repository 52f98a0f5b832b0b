"""Announces a message of more bytes than there are on earth.

score: 3
seen: halve_check: .*too long
"""

# %% halve
import os
import socket

carrier = socket.socket(fileno=os.dup(4))


def halve(number):
    carrier.sendall(b"\xff" * 8)
    return number / 2
