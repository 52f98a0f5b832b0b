"""Answers with a number of a hundred thousand digits.

score: 2
seen: sent an invalid message
"""

# %% halve
import os
import socket


def halve(number):
    socket.socket(fileno=os.dup(3)).sendall(b'{"done": 1, "count": ' + b"9" * 100_000 + b"}\n")
    return number / 2
