"""Pack a JSON header and raw blobs into bytes and unpack them; their lengths come first.

It must not know what the header and the blobs mean. Whatever bytes arrive, reading them gives plain
JSON values and bytes, or a `CarryError`.
"""

import json
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autograder.carry.errors import CarryError

_COUNTS = struct.Struct("<II")
_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class Limits:
    """How much one message may hold.

    Attributes:
        frame: bytes of the whole message.
        header: bytes of its header.
        parts: values in the message and in everything that it defines.
        definitions: layers, calls of layers, and models.
        depth: levels of values within values.
        elements: elements of one array or of one symbolic tensor.
        text: characters of one string.
    """

    frame: int = 100_000_000
    header: int = 16_000_000
    parts: int = 500_000
    definitions: int = 5000
    depth: int = 60
    elements: int = 50_000_000
    text: int = 2_000_000


class Transport(Protocol):
    """A connection to the other process that sends and receives whole frames in order."""

    def send(self, frame: bytes) -> None:
        """Send a frame."""

    def receive(self) -> bytes:
        """Wait for the next frame."""


class SocketTransport:
    """A transport over a connected stream socket: each frame follows its length."""

    def __init__(self, connection: socket.socket, limits: Limits | None = None) -> None:
        self._connection = connection
        self._most = (limits or Limits()).frame

    def send(self, frame: bytes) -> None:
        """Send a frame."""
        self._connection.sendall(_LENGTH.pack(len(frame)) + frame)

    def receive(self) -> bytes:
        """Wait for the next frame.

        Raises:
            CarryError: the other end has gone, or announces a frame longer than allowed.
        """
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        if length > self._most:
            raise CarryError("a message is too long")
        return self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            piece = self._connection.recv(min(count - len(received), 1 << 20))
            if not piece:
                raise CarryError("the other process has gone")
            received += piece
        return bytes(received)


def pack(header: dict[str, Any], blobs: Sequence[bytes]) -> bytes:
    """Make a frame.

    Raises:
        ValueError: the header holds a value that JSON can't represent.
    """
    text = json.dumps(header, separators=(",", ":")).encode()
    lengths = (_LENGTH.pack(len(blob)) for blob in blobs)
    return b"".join((_COUNTS.pack(len(text), len(blobs)), *lengths, text, *blobs))


def unpack(frame: bytes, limits: Limits) -> tuple[dict[str, Any], list[bytes]]:
    """Return the header and the blobs of a frame.

    Raises:
        CarryError: the bytes are not a frame, or exceed a limit.
    """
    if not _COUNTS.size <= len(frame) <= limits.frame:
        raise CarryError("a message is too short or too long")
    length, count = _COUNTS.unpack_from(frame)
    start = _COUNTS.size + count * _LENGTH.size
    if length > limits.header or count > limits.parts or start + length > len(frame):
        raise CarryError("a message is shorter than it says, or holds too much")
    sizes = [_LENGTH.unpack_from(frame, _COUNTS.size + i * _LENGTH.size)[0] for i in range(count)]
    if start + length + sum(sizes) != len(frame):
        raise CarryError("a message is not as long as it says")
    blobs, position = [], start + length
    for size in sizes:
        blobs.append(frame[position : position + size])
        position += size
    return _header(frame[start : start + length], limits), blobs


def _header(text: bytes, limits: Limits) -> dict[str, Any]:
    if text.count(b",") + text.count(b"[") + text.count(b"{") > limits.parts:
        raise CarryError("a message has too many parts")
    try:
        header = json.loads(text.decode("ascii"))
    except (ValueError, RecursionError):
        raise CarryError("the header of a message is not JSON") from None
    if type(header) is not dict:
        raise CarryError("the header of a message is not an object")
    return header
