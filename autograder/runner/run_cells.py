"""Run a notebook's cells for the grader, inside the sandbox, as JupyterLab's kernel would.

The other end of the channel is `execution.notebook`. The first line that goes out is `{"ready"}`.
Each line that comes in asks for one cell, `{"source"}`; for a judge it also lists the names that
the cell needs, `{"names"}`. The lines that then go out are the kernel's messages about that cell,
and `{"done", "count", "ok"}` when the cell has ended, with `{"replaced"}` if the request asked for
`{"evidence"}`. Code that runs in a student's process can forge everything that goes out. So this
process must hold no secrets, and the other end must not believe what it receives.
"""

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.iostream import OutStream
from ipykernel.jsonutil import json_clean
from jupyter_client.session import Session

from autograder.carry import CarryError, Judge, SocketTransport, Student
from autograder.processes import Place, enter_sandbox
from autograder.runner.other_language import OtherKernel
from autograder.runner.tampering import Tampering

# The most output of one cell; the rest is left out, and a note in the output says so.
MOST_BYTES = 2_000_000
_ALWAYS = 1000
_MOST_BYTES_A_CHARACTER = 12  # in JSON
_MOST_MISSING = 5
_LEFT_OUT = "[more than 2 MB of output: the rest was left out]\n"
_KEPT = ("msg_type", "content", "metadata")


class Channel:
    """The channel to the grader: one JSON object per line, at most `MOST_BYTES` per cell.

    Any thread may use it.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._left = 0
        self._told = True

    def begin(self) -> None:
        """Start the allowance of a new cell."""
        self._left, self._told = MOST_BYTES, False

    @property
    def full(self) -> bool:
        """Whether further printed output is dropped."""
        return self._left <= 0

    def say(self, message: dict[str, Any]) -> None:
        """Pass on one of the kernel's messages, as far as the allowance lasts.

        How a cell ended is always reported, because otherwise a lot of output would hide it.
        """
        if message["msg_type"] == "status":
            return
        if os.getpid() != self._pid:
            return
        kept = {name: message.get(name, {}) for name in _KEPT}
        if buffers := message.get("buffers"):
            kept["buffers"] = [b64encode(buffer).decode() for buffer in buffers]
        kept["parent_header"] = {"msg_id": message.get("parent_header", {}).get("msg_id")}
        with _uninterrupted(), self._lock:
            line = b"" if _is_long(kept, self._left) else _line(kept)
            if 0 < len(line) <= self._left:
                self._left -= len(line)
                self._connection.sendall(line)
                return
            if shorter := _shortened(kept, self._left):
                self._connection.sendall(_line(shorter))
            if kept["msg_type"] == "stream":
                self._left = 0  # any further output would lack its beginning
            self._tell_once(kept)

    def _tell_once(self, message: dict[str, Any]) -> None:
        if not self._told:
            self._told = True
            text = {"name": "stderr", "text": _LEFT_OUT}
            self._connection.sendall(_line({**message, "msg_type": "stream", "content": text}))

    def send(self, fact: dict[str, Any]) -> None:
        """Send something that is not a kernel message."""
        if os.getpid() != self._pid:
            os._exit(0)  # a fork that the student's code made and left running
        with _uninterrupted(), self._lock:
            self._connection.sendall(_line(fact))


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keep an interrupt from cutting a line in two: raise it after the `with` block instead."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python interrupts the main thread only
        return
    came: list[bool] = []
    handler = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if came:
        signal.raise_signal(signal.SIGINT)


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(json_clean(message), default=str).encode() + b"\n"


def _is_long(message: dict[str, Any], most: int) -> bool:
    """Return whether a message is clearly too long, even before it is encoded as a line."""
    return message["msg_type"] == "stream" and len(str(message["content"].get("text"))) > most


def _shortened(message: dict[str, Any], most: int) -> dict[str, Any] | None:
    """Return a message shortened to about `most` bytes; None if nothing remains of it."""
    kind, content = message["msg_type"], message["content"]
    if kind == "error":
        evalue = str(content.get("evalue"))[:_ALWAYS]
        content = {"ename": str(content.get("ename"))[:100], "evalue": evalue, "traceback": []}
    elif kind == "execute_result":
        text = str(content.get("data", {}).get("text/plain", ""))[:_ALWAYS]
        content = {**content, "data": {"text/plain": text}, "metadata": {}}
    elif kind == "stream" and most > 0:
        content = {**content, "text": str(content["text"])[: most // _MOST_BYTES_A_CHARACTER]}
    else:
        return None
    return {**message, "content": content, "metadata": {}}


class _Session(Session):
    """The session that the kernel publishes to; it sends each message at once, in this thread."""

    channel: Channel

    def send(
        self,
        stream: object,
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        ident: object = None,
        buffers: list[Any] | None = None,
        track: bool = False,
        header: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Pass a message on as a frontend would get it.

        Raises whatever packing it as JSON raises.
        """
        message = msg_or_type
        if isinstance(message, str):
            message = self.msg(message, content, parent, header, metadata)
        plain = {part: self.unpack(self.pack(message[part])) for part in ("content", "metadata")}
        self.channel.say({**message, **plain, "buffers": buffers or message.get("buffers")})
        return message


class _OneThread:
    """A stand-in for the thread that an `await` in a cell asks about: here there is only one."""

    parent_thread = threading.main_thread()


def serve(
    connection: socket.socket,
    kernel: tuple[str, ...] = (),
    carrier: socket.socket | None = None,
    judging: bool = False,
) -> None:
    """Run cell after cell until the grader closes the connection.

    Args:
        connection: the channel to the grader.
        kernel: the command of a kernel for another language; if it is empty, the cells run as
            Python in this process.
        carrier: the socket between a student's process and the judge of its checks.
        judging: whether this process is the judge, which fetches the names that a check needs.
            Otherwise this process answers the judge whenever there is no cell to run.
    """
    channel = Channel(connection)
    cells = OtherKernel(kernel, channel.say) if kernel else _ThisPython(channel)
    student = judge = evidence = None
    if isinstance(cells, _ThisPython) and not judging:
        evidence = cells.evidence()
    if carrier and isinstance(cells, _ThisPython):
        way = _AfterPrinting(carrier, cells)
        if judging:
            judge = _Fetching(way, cells.namespace)
        else:
            student = _Answering(way, carrier, cells)
    channel.send({"ready": True})
    lines = connection.makefile("rb")
    while True:
        if student:
            student.answer_until(connection)
        line = lines.readline()
        if not line:
            return
        asked = json.loads(line)
        channel.begin()
        count, well = 0, False
        if judge and not judge.fetch(asked["names"]):
            channel.say(_NOT_REACHED)
        else:
            count, well = cells.run(asked["source"])
            if judge and not well:
                judge.tell_what_is_missing(channel)
        done: dict[str, Any] = {"done": True, "count": count, "ok": well}
        if evidence and asked.get("evidence"):
            done["replaced"] = evidence.replaced()
        channel.send(done)


class _AfterPrinting(SocketTransport):
    """A transport that first sends out what was printed so far, and then each frame."""

    def __init__(self, connection: socket.socket, cells: "_ThisPython") -> None:
        super().__init__(connection)
        self._cells = cells

    def send(self, frame: bytes) -> None:
        self._cells.flush()
        super().send(frame)


class _Answering:
    """The student's end of the carrier."""

    def __init__(self, way: SocketTransport, carrier: socket.socket, cells: "_ThisPython") -> None:
        self._carrier = carrier
        self._cells = cells
        self._student = Student(way, cells.namespace)

    def answer_until(self, connection: socket.socket) -> None:
        """Answer the judge until the grader sends something."""
        waited_for: list[socket.socket] = [connection, self._carrier]
        self._cells.refuse_input()
        signal.signal(signal.SIGINT, self._interrupt)
        while connection not in (ready := select.select(waited_for, [], [])[0]):
            try:
                self._student.answer()
            except (CarryError, OSError):
                waited_for.remove(ready[0])  # the judge has gone
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def _interrupt(self, *_: object) -> None:
        if self._student.calling:
            raise KeyboardInterrupt


class _Fetching:
    """The judge's end of the carrier."""

    def __init__(self, way: SocketTransport, namespace: dict[str, Any]) -> None:
        self._way = way
        self._namespace = namespace

    def fetch(self, names: list[str]) -> bool:
        """Put the student's values of these names where the check looks for them.

        Return False if the student's process does not answer as it should.
        """
        try:
            self._judge = Judge(self._way)
            for name in names:
                self._namespace.pop(name, None)
                with contextlib.suppress(NameError):  # the check raises it where it uses the name
                    self._namespace[name] = self._judge.fetch(name)
        except (CarryError, OSError):
            return False
        return True

    def tell_what_is_missing(self, channel: Channel) -> None:
        """List the student's values that could not be carried here: the check may lack them."""
        if missing := list(dict.fromkeys(self._judge.stand_ins()))[:_MOST_MISSING]:
            names = ", ".join(f"`{name}`" for name in missing)
            text = {"name": "stdout", "text": _NOT_BROUGHT.format(names)}
            channel.say({"msg_type": "stream", "content": text})


class _ThisPython:
    """This process as a kernel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._kernel = _start_kernel(channel)
        sys.stdout, sys.stderr = self._kernel.stdout, self._kernel.stderr
        # Last, so that a student's file can't replace a package.
        sys.path.append(str(Path.cwd()))
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)

    def run(self, source: str) -> tuple[int, bool]:
        """Run one cell; return its execution count and whether it succeeded."""
        count, well = 0, False
        try:
            count, well = self._loop.run_until_complete(self._execute(source))
            self.flush()
        except (KeyboardInterrupt, asyncio.CancelledError):  # it came just outside the cell
            self._channel.say(_INTERRUPTED)
        return count, well

    @property
    def namespace(self) -> dict[str, Any]:
        """The names that the cells have defined."""
        assert self._kernel.shell is not None
        return self._kernel.shell.user_ns

    def evidence(self) -> Tampering:
        """Record what checks rely on, as it is now."""
        return Tampering(self._kernel.shell)

    def refuse_input(self) -> None:
        """Make `input` fail at once between the cells, as it does in them."""
        self._kernel._forward_input(allow_stdin=False)

    def flush(self) -> None:
        """Send out at once what was printed."""
        for stream in (self._kernel.stdout, self._kernel.stderr):
            stream.flush()

    async def _execute(self, source: str) -> tuple[int, bool]:
        kernel = self._kernel
        assert kernel.session is not None
        kernel.set_parent([], kernel.session.msg("execute_request", {"code": source}), "shell")
        reply = await kernel.do_execute(source, silent=False, allow_stdin=False)
        return reply["execution_count"], reply["status"] == "ok"


def _bridle(stream: OutStream, channel: Channel) -> None:
    """Make a stream accept only what can go out, and `flush` wake its thread only if needed.

    Otherwise code that prints without end would keep `flush` waiting.
    """
    write, flush = stream.write, stream.flush
    unsaid = threading.Event()

    def write_if_room(text: str) -> int | None:
        if channel.full:
            return len(text)
        written = write(text)
        unsaid.set()
        return written

    def flush_if_needed() -> None:
        if unsaid.is_set():
            unsaid.clear()  # before the flush: another thread may print during it
            flush()

    stream.write = write_if_room  # type: ignore[assignment]
    stream.flush = flush_if_needed  # type: ignore[method-assign]


def _start_kernel(channel: Channel) -> InProcessKernel:
    session = _Session(key=b"")  # unsigned: nobody else uses this channel
    session.channel = channel
    kernel = InProcessKernel.instance(session=session)  # widgets look for the kernel there
    kernel.shell_channel_thread = _OneThread()
    assert kernel.shell is not None
    kernel.shell.history_manager.enabled = False
    for stream in (kernel.stdout, kernel.stderr):
        _bridle(stream, channel)
    return kernel


_NOT_REACHED = {
    "msg_type": "error",
    "content": {
        "ename": "CheckFailed",
        "evalue": "Your answer could not be checked: its process did not respond as it should.",
        "traceback": [],
    },
}
_NOT_BROUGHT = (
    "\nNot seen by this check: {}. It runs in a separate process, without your code, so it can "
    "look only at numbers, text, containers, arrays, and models made of Keras's own layers, "
    "without a `Lambda` and without any class or function of yours inside.\n"
)
_INTERRUPTED = {
    "msg_type": "error",
    "content": {"ename": "KeyboardInterrupt", "evalue": "", "traceback": ["KeyboardInterrupt"]},
}


def main() -> None:
    """Run as a separate process (see `processes.cold_start`); its order is on standard input."""
    order = json.load(sys.stdin)
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
        connection.sendall(order["token"].encode())
        enter_sandbox(Place.from_dict(order["place"]))
        number = order["carrier"]
        carrier = None if number is None else socket.socket(fileno=number)
        serve(connection, tuple(order["place"]["kernel"]), carrier, order["judging"])
