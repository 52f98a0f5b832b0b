"""Runs a notebook's cells for the grader, inside the sandbox, as JupyterLab's kernel would.

The other end of the channel is `execution`. The first line that goes out is `{"ready"}`. Each line
that comes in asks for one cell, `{"source"}`; the lines that go out then are the kernel's messages
on it, and `{"done", "count"}` when the cell has ended. Whoever runs in this process can forge what
goes out: it must hold nothing secret, and its other end must believe nothing.
"""

import asyncio
import json
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from ipykernel.inprocess.channels import InProcessChannel
from ipykernel.inprocess.client import InProcessKernelClient
from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.jsonutil import json_clean
from traitlets import Type

from autograder.sandbox import Place, shut_in

# One cell may say so much; what comes after is left out, and the reader is told.
MOST_BYTES = 2_000_000
_FLUSH_SECONDS = 10
_LEFT_OUT = "[more than 2 MB of output: the rest was left out]\n"
_KEPT = ("msg_type", "content", "metadata")


class Channel:
    """The way out: one JSON object a line, from any thread, at most `MOST_BYTES` a cell."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._left = 0

    def begin(self) -> None:
        """Start a new cell's allowance."""
        self._left = MOST_BYTES

    def say(self, message: dict[str, Any]) -> None:
        """Pass one of the kernel's messages on, if the allowance lasts."""
        if message["msg_type"] == "status":
            return
        kept = {name: message.get(name, {}) for name in _KEPT}
        kept["parent_header"] = {"msg_id": message.get("parent_header", {}).get("msg_id")}
        with self._lock:
            if self._left <= 0:
                return
            line = json.dumps(json_clean(kept), default=str).encode()
            self._left -= len(line)
            if self._left <= 0:
                text = {"name": "stderr", "text": _LEFT_OUT}
                line = json.dumps({**kept, "msg_type": "stream", "content": text}).encode()
            self._connection.sendall(line + b"\n")

    def send(self, fact: dict[str, Any]) -> None:
        """Tell something that is no message of the kernel's."""
        with self._lock:
            self._connection.sendall(json.dumps(fact).encode() + b"\n")


class _Published(InProcessChannel):
    """Where the kernel publishes; every message goes straight out."""

    channel: Channel

    def call_handlers(self, msg: dict[str, Any]) -> None:
        self.channel.say(msg)


class _Client(InProcessKernelClient):
    iopub_channel_class = Type(_Published)


class _OneThread:
    """Stands for the thread that an `await` in a cell asks about: here there is only one."""

    parent_thread = threading.main_thread()


def serve(connection: socket.socket) -> None:
    """Run cell after cell until the other end hangs up."""
    channel = Channel(connection)
    kernel = _start_kernel(channel)
    sys.stdout, sys.stderr = kernel.stdout, kernel.stderr
    sys.path.append(str(Path.cwd()))  # last: what a student ships can't stand in for a package
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    channel.send({"ready": True})
    for line in connection.makefile("rb"):
        began, count = time.process_time(), None
        channel.begin()
        try:
            count = loop.run_until_complete(_run(kernel, json.loads(line)["source"]))
            _publish_all(kernel)
        except (KeyboardInterrupt, asyncio.CancelledError):  # it came just outside the cell
            channel.say(_INTERRUPTED)
        channel.send({"done": round(time.process_time() - began, 3), "count": count})


async def _run(kernel: InProcessKernel, source: str) -> int:
    assert kernel.session is not None
    kernel.set_parent([], kernel.session.msg("execute_request", {"code": source}), "shell")
    reply = await kernel.do_execute(source, silent=False, allow_stdin=False)
    return reply["execution_count"]


def _publish_all(kernel: InProcessKernel) -> None:
    """Wait until everything said has gone out."""
    for stream in (kernel.stdout, kernel.stderr):
        stream.flush()
    # Flushing puts the messages in a queue; this is behind them.
    gone = threading.Event()
    kernel.iopub_thread.schedule(gone.set)
    gone.wait(_FLUSH_SECONDS)


def _start_kernel(channel: Channel) -> InProcessKernel:
    kernel = InProcessKernel()
    kernel.shell_channel_thread = _OneThread()
    assert kernel.shell is not None
    kernel.shell.history_manager.enabled = False
    client = _Client(kernel=kernel, session=kernel.session)
    client.iopub_channel.channel = channel
    kernel.frontends.append(client)
    return kernel


_INTERRUPTED = {
    "msg_type": "error",
    "content": {"ename": "KeyboardInterrupt", "evalue": "", "traceback": ["KeyboardInterrupt"]},
}


def main() -> None:
    """Run as a process of its own (see `cold`): the order comes in on standard input."""
    order = json.load(sys.stdin)
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
        connection.sendall(order["token"].encode())
        shut_in(Place.from_dict(order["place"]))
        serve(connection)


if __name__ == "__main__":
    main()
