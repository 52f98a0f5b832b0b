"""Changes what an earlier check has shown into something that no page can show.

score: 3
"""

# %% double
import json
import os
import socket


def say(kind, data):
    content = {"data": data, "metadata": {}, "transient": {"display_id": "x"}}
    message = {"msg_type": kind, "content": content, "metadata": {}, "parent_header": {}}
    socket.socket(fileno=os.dup(3)).sendall(json.dumps(message).encode() + b"\n")


def double(number):
    say("display_data", {"text/plain": "fine"})
    return 2 * number


# %% halve
def halve(number):
    say("update_display_data", {"text/plain": {"not": ["text"]}})
    return 0
