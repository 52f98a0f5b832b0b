"""Sends JSON that takes fifty times its size in memory.

score: 2
seen: sent too much output|sent an invalid message
"""

# %% halve
import os
import socket


def halve(number):
    channel = socket.socket(fileno=os.dup(3))
    wide = b"[],".join([b""] * 1_000_000) + b"[]"
    data = b'{"application/json":[' + wide + b"]}"
    for _ in range(30):
        channel.sendall(
            b'{"msg_type":"display_data","content":{"metadata":{},"data":' + data + b"},"
            b'"metadata":{},"parent_header":{}}\n'
        )
    return number / 2
