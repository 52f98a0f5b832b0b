"""Says half of a character, which no file can hold.

score: 6
"""

# %% double
import os
import socket

HALF = rb'{"msg_type":"stream","content":{"name":"stdout","text":"\ud800 \u0000"}}'


def double(number):
    socket.socket(fileno=os.dup(3)).sendall(HALF + b"\n")
    return 2 * number
