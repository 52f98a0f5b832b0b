"""Always has something more to say, a byte at a time, so that no silence is ever noticed.

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
    channel = socket.socket(fileno=os.dup(3))
    while True:
        channel.sendall(b" ")
        time.sleep(0.01)
