"""Writes no JSON into the channel to the grader.

score: 2
seen: sent an invalid message
"""

# %% halve
import os
import socket


def halve(number):
    socket.socket(fileno=os.dup(3)).sendall(b"\x00\xff garbage\n" * 100)
    return number / 2
