r"""Sends open files along with its answers, for the judge to keep.

score: 6
shows: sent [1-9]\d\d+ files
"""

# %% halve
import os
import socket
import struct

from autograder.carry.frames import SocketTransport

sent = 0


def send(self, frame):
    global sent
    data = struct.pack("<Q", len(frame)) + frame[:42]
    for place in range(len(data)):
        files = [os.open("/dev/null", os.O_RDONLY) for _ in range(10)]
        sent += len(files)
        socket.send_fds(self._connection, [data[place : place + 1]], files)
        for file in files:
            os.close(file)
    self._connection.sendall(frame[42:])


def halve(number):
    SocketTransport.send = send
    print("sent", sent, "files")
    return number / 2
