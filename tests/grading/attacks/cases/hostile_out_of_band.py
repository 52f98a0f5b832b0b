"""Sends a byte that a reader is told of and can't read.

score: 2
seen: Python was stopped
"""

# %% halve
import os
import signal
import socket
import time


def halve(number):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    socket.socket(fileno=os.dup(3)).send(b"x", socket.MSG_OOB)
    while True:
        time.sleep(1)
