"""Runs a rebuilt notebook in the sandbox and collects what its cells show; trusts nothing it hears.

The other end is `runner`. A cell that takes too long is interrupted; one that can't be interrupted
ends the process, and what was shown until then is kept.
"""

import itertools
import json
import signal
import socket
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder import messages
from autograder.cells import grade_id
from autograder.errors import SandboxUnavailable, Stopped
from autograder.sandbox import Place
from autograder.usage import Usage

# The runner keeps to 2 MB a cell; who sends more in one line has taken it over.
_LONGEST_LINE = 4_000_000
_MOST_BYTES = 40_000_000
# What JSON holds takes more memory the more parts it has; text and pictures have few.
_MOST_PARTS = 4_000_000
_GRACE_SECONDS = 5
_TICK_SECONDS = 0.1
# Whoever listens takes a cell at once.
_SEND_SECONDS = 5
# A cell that waits instead of computing is stopped too, later: the machine may be busy.
_WALL_OVER_CPU = 4
_NOT_A_KERNEL = "Python was stopped: it answered as no kernel does"
_TOO_MUCH_SAID = "Python was stopped: it said more than it may"


class Process(Protocol):
    """A process in which a runner works."""

    pid: int

    def send_signal(self, number: int) -> None:
        """Send it a signal."""

    def kill(self) -> None:
        """End it and all that it started."""

    def wait(self) -> int:
        """Return the exit code when it has ended."""


class Launcher(Protocol):
    """Where runners come from: `warm.Zygote` or `cold.Cold`."""

    def run(self, place: Place) -> tuple[Process, socket.socket]:
        """Start one; return it and the channel to it."""


@dataclass
class Execution:
    """How running a notebook went; its cells hold their outputs.

    Attributes:
        ended: why the process ended before the last cell, in words for the student; "" if it
            did not.
        seconds: processor seconds of its cells.
    """

    ended: str = ""
    seconds: float = 0.0


class _Ended(Exception):
    """The process is gone or must go; the message says why."""


@dataclass(frozen=True)
class _Limits:
    cell_seconds: float
    deadline: float
    memory: int


def execute(
    notebook: NotebookNode,
    cells: Collection[int],
    launcher: Launcher,
    place: Place,
    cell_seconds: float,
    deadline: float,
    stop: threading.Event,
) -> Execution:
    """Run code cells of a notebook, in place.

    Args:
        notebook: its cells' outputs and execution counts are replaced.
        cells: the indices of those to run.
        launcher: where the process comes from.
        place: where it is shut in.
        cell_seconds: processor seconds that a cell may take before it is interrupted.
        deadline: wall-clock seconds for all cells together.
        stop: when set, running ends.

    Raises:
        Stopped: `stop` was set.
        SandboxUnavailable: nothing was run, because the process can't be shut in.
    """
    process, channel = launcher.run(place)
    execution = Execution()
    try:
        with channel:
            limits = _Limits(cell_seconds, deadline, place.limits.memory_mb * 1_000_000)
            conversation = _Conversation(notebook, process, channel, limits, stop)
            conversation.wait_until_ready()
            for index in sorted(cells):
                try:
                    execution.seconds += conversation.run(index)
                except _Ended as ended:
                    execution.ended = f"{ended} in {_name(notebook.cells[index], index)}"
                    notebook.cells[index].execution_count = None  # what it shows proves nothing
                    break
            conversation.store_widgets()
    finally:
        process.kill()
        process.wait()
    return execution


class _Conversation:
    """One process, asked for one cell after the other."""

    def __init__(
        self,
        notebook: NotebookNode,
        process: Process,
        channel: socket.socket,
        limits: _Limits,
        stop: threading.Event,
    ) -> None:
        self._notebook = notebook
        self._process = process
        self._channel = channel
        self._limits = limits
        self._end = time.monotonic() + limits.deadline
        self._stop = stop
        # nbclient knows what the messages of a kernel make of a cell; it starts none here.
        self._reader = NotebookClient(notebook, store_widget_state=True, record_timing=False)
        self._reader.reset_execution_trackers()
        # It would answer a widget that takes what is printed; here that stays with the cell.
        self._reader.widget_registry = {}
        self._pending = b""
        self._received = self._parts = 0

    def wait_until_ready(self) -> None:
        """Hear that the process is shut in; nothing of the student's has run until then."""
        message = None
        try:
            while message is None:
                if time.monotonic() > self._end:
                    raise SandboxUnavailable("the sandbox was not ready in time")
                if line := self._next_line():
                    message = self._read(line)
        except _Ended as ended:
            raise SandboxUnavailable(f"the sandbox could not be made ({ended})") from None
        if "ready" not in message:
            raise SandboxUnavailable(str(message.get("error")))

    def run(self, index: int) -> float:
        """Run one cell and return its processor seconds."""
        if time.monotonic() > self._end:
            deadline = self._limits.deadline
            raise _Ended(f"Python was stopped: it took longer than {deadline:g} s in all")
        cell = self._notebook.cells[index]
        cell.outputs, cell.execution_count = [], None
        self._reader.clear_before_next_output = False
        watch = _Watch(self._process, self._limits, self._end)
        self._ask(cell.source)
        while True:
            watch.look()  # also at one that never stops talking
            line = self._next_line()
            if line is None:
                continue
            message = self._read(line)
            if "done" in message:
                _join_streams(cell)
                _tell_hidden_error(cell, message.get("ok") is True)
                cell.execution_count = messages.count(message.get("count"))
                return watch.seconds()
            self._show(message, cell, index)

    def store_widgets(self) -> None:
        """Put into the notebook what shows its widgets without a kernel."""
        self._reader.set_widgets_metadata()

    def _ask(self, source: str) -> None:
        self._channel.settimeout(_SEND_SECONDS)
        try:
            self._channel.sendall(json.dumps({"source": source}).encode() + b"\n")
        except TimeoutError:
            raise _Ended("Python was stopped: it no longer listened") from None
        except OSError:
            raise _Ended("Python died") from None

    def _next_line(self) -> bytes | None:
        """The next line, or None if there was none for a tick or none is whole yet."""
        if b"\n" not in self._pending:
            if len(self._pending) > _LONGEST_LINE:
                raise _Ended(_TOO_MUCH_SAID)
            if self._stop.is_set():
                raise Stopped("Stopped: run `autograder grade` again.")
            self._receive()
        line, found, rest = self._pending.partition(b"\n")
        if not found:
            return None
        self._pending = rest
        return line

    def _receive(self) -> None:
        # Never without end: what is told to be there may not be for us to read.
        self._channel.settimeout(_TICK_SECONDS)
        try:
            received = self._channel.recv(1 << 20)
        except TimeoutError:
            return
        except OSError:
            received = b""
        if not received:
            raise _Ended("Python died")
        self._received += len(received)
        if self._received > _MOST_BYTES:
            raise _Ended(_TOO_MUCH_SAID)
        self._pending += received

    def _read(self, line: bytes) -> dict[str, Any]:
        self._parts += line.count(b"[") + line.count(b"{") + line.count(b",")
        if self._parts > _MOST_PARTS:
            raise _Ended(_TOO_MUCH_SAID)
        try:
            return messages.parse(line)
        except messages.NotAKernel:
            raise _Ended(_NOT_A_KERNEL) from None

    def _show(self, message: dict[str, Any], cell: NotebookNode, index: int) -> None:
        try:
            sound = messages.sound(message)
            if sound is not None:
                self._reader.process_message(sound, cell, index)
        except CellExecutionComplete:
            pass
        except Exception as error:  # whatever it is, the runner made it up
            raise _Ended(_NOT_A_KERNEL) from error


class _Watch:
    """Ends a cell that had its time, of the processor or by the clock, or too much memory.

    What counts is all that the process has started, too.
    """

    def __init__(self, process: Process, limits: _Limits, end: float) -> None:
        self._process = process
        self._usage = Usage(process.pid)
        self._memory = limits.memory
        self._began = self._usage.seconds()
        self._seconds = limits.cell_seconds
        self._end = min(end, time.monotonic() + limits.cell_seconds * _WALL_OVER_CPU)
        self._interrupted = False
        self._next = 0.0

    def look(self) -> None:
        """Look, at most once a tick: interrupt it the first time, give it up the second.

        Raises:
            _Ended: the process must go.
        """
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _TICK_SECONDS
        if self._usage.memory(self._memory) > self._memory:
            raise _Ended("Python was stopped: it took too much memory")
        if now < self._end and self.seconds() < self._seconds:
            return
        if self._interrupted:
            raise _Ended("Python was stopped: it took too long and could not be interrupted")
        self._process.send_signal(signal.SIGINT)
        self._interrupted = True
        self._seconds = self.seconds() + _GRACE_SECONDS
        self._end = now + 2 * _GRACE_SECONDS

    def seconds(self) -> float:
        """Processor seconds so far."""
        return max(0.0, self._usage.seconds() - self._began)


def _join_streams(cell: NotebookNode) -> None:
    """Join texts that were printed one after the other, as JupyterLab does."""
    joined: list[NotebookNode] = []
    for name, outputs in itertools.groupby(cell.outputs, lambda output: output.get("name")):
        if name is None:
            joined += outputs
        else:
            joined.append(new_output("stream", name=name, text="".join(o.text for o in outputs)))
    cell.outputs = joined


def _tell_hidden_error(cell: NotebookNode, well: bool) -> None:
    """Show that a cell ended in an error, if its outputs don't."""
    if not well and not any(output.output_type == "error" for output in cell.outputs):
        text = "The cell ended in an error that it did not show."
        cell.outputs.append(new_output("error", ename="Error", evalue=text, traceback=[text]))


def _name(cell: NotebookNode, index: int) -> str:
    name = grade_id(cell)
    return f"cell {index + 1} ({name})" if name else f"cell {index + 1}"
