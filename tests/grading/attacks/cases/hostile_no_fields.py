"""Sends an error without any of its fields.

score: 2
seen: sent an invalid message
"""

# %% halve
import os
import socket


def halve(number):
    socket.socket(fileno=os.dup(3)).sendall(b'{"msg_type": "error"}\n{"msg_type": {}}\n{}\n')
    return number / 2
