"""Writes small messages into the channel as fast as it can.

score: 2
seen: Python was stopped
"""

# %% halve
import os
import socket


def halve(number):
    channel = socket.socket(fileno=os.dup(3))
    line = b'{"msg_type":"stream","content":{"name":"stdout","text":"x"},"parent_header":{}}\n'
    while True:
        channel.sendall(line * 1000)
