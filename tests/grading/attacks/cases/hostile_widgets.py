"""Sends the state of widgets that can't be.

score: 2
seen: sent an invalid message
"""

# %% halve
import json
import os
import socket


def halve(number):
    channel = socket.socket(fileno=os.dup(3))
    for identity, state in (("a", {"_model_name": 1}), ("b", 7), ("c", ["x"]), ({}, {})):
        data = {"state": state, "buffer_paths": [["x", {}]]}
        content = {"comm_id": identity, "data": data, "target_name": "jupyter.widget"}
        message = {"msg_type": "comm_open", "content": content, "parent_header": {}}
        channel.sendall(json.dumps(message).encode() + b"\n")
    return number / 2
