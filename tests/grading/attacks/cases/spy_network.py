"""Sends the tests away: to this machine, to the world, to the host of a virtual machine.

score: 6
shows: knocked at [6-9] doors
never: loot
"""

# %% double
import socket

doors = [
    (socket.AF_INET, ("127.0.0.1", int("{port}"))),
    (socket.AF_INET, ("1.1.1.1", 53)),
    (socket.AF_INET6, ("::1", int("{port}"))),
    (socket.AF_UNIX, "\0transferlab-attack-{port}"),
    (socket.AF_UNIX, "/var/run/docker.sock"),
    (getattr(socket, "AF_VSOCK", 40), (2, 22)),
]
for family, address in doors:
    try:
        with socket.socket(family) as connection:
            connection.settimeout(0.3)
            connection.connect(address)
            print("loot", address)
    except OSError as error:
        if family == 40 and error.errno != 97:
            print("loot: there are such sockets", error)
try:
    socket.getaddrinfo("example.org", 80)
    print("loot: names are resolved")
except OSError:
    pass


def double(number):
    print("knocked at", len(doors), "doors")
    return 2 * number
