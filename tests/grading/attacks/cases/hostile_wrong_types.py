"""Sends messages with numbers in place of texts and texts in place of lists.

score: 2
seen: sent an invalid message
"""

# %% halve
import json
import os
import socket


def halve(number):
    channel = socket.socket(fileno=os.dup(3))
    for kind, content in (
        ("stream", {"name": "stdout", "text": 5}),
        ("error", {"ename": 1, "evalue": None, "traceback": "x"}),
        ("display_data", {"data": "x", "metadata": 3}),
        ("execute_result", {"data": {"text/plain": 1}, "metadata": {}, "execution_count": "x"}),
    ):
        message = {"msg_type": kind, "content": content, "metadata": {}, "parent_header": {}}
        channel.sendall(json.dumps(message).encode() + b"\n")
    channel.sendall(b'{"done": "x", "count": -1}\n')
    return number / 2
