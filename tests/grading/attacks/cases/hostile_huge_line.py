"""Writes a line without end into the channel.

score: 2
seen: sent too much output
"""

# %% halve
import os
import socket


def halve(number):
    channel = socket.socket(fileno=os.dup(3))
    while True:
        channel.sendall(b"[" * 1_000_000)
