"""Says that a cell is done and then no longer listens, so that the next one finds no room.

score: 0
seen: Python was stopped
"""

# %% double
import os
import signal
import socket
import time

signal.signal(signal.SIGINT, signal.SIG_IGN)
socket.socket(fileno=os.dup(3)).sendall(b'{"done": 0.1, "count": 1}\n' * 2)
while True:
    time.sleep(1)


# %% halve
def halve(number):
    return number / 2


# %% hand_in
def hand_in(homework):
    def fill(notebook):
        cell = next(cell for cell in notebook.cells if cell.id == "halve")
        cell.source += "\n# " + "é" * 190_000

    homework.change(fill)
