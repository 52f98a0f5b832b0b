"""Always has something more to say, in whole lines that mean nothing.

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
        channel.sendall(b'{"msg_type":"execute_input","content":{}}\n')
        time.sleep(0.01)
