"""Runs a rebuilt notebook in the sandbox and collects what its cells show; trusts nothing it hears.

The other end is `runner`. A cell that takes too long is interrupted; one that can't be interrupted
ends the process, and what was shown until then is kept.
"""

import json
import select
import signal
import socket
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode

from autograder.errors import SandboxUnavailable, Stopped
from autograder.sandbox import Place

# The runner keeps to 2 MB a cell; who sends more in one line has taken it over.
_LONGEST_LINE = 4_000_000
_MOST_BYTES = 40_000_000
_GRACE_SECONDS = 5
_TICK_SECONDS = 0.1
# A cell that waits instead of computing is stopped too, later: the machine may be busy.
_WALL_OVER_CPU = 4


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
            conversation = _Conversation(notebook, process, channel, cell_seconds, deadline, stop)
            conversation.wait_until_ready()
            for index in sorted(cells):
                try:
                    execution.seconds += conversation.run(index)
                except _Ended as ended:
                    execution.ended = f"{ended} in {_name(notebook.cells[index], index)}"
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
        cell_seconds: float,
        deadline: float,
        stop: threading.Event,
    ) -> None:
        self._notebook = notebook
        self._process = process
        self._channel = channel
        self._cell_seconds = cell_seconds
        self._deadline = deadline
        self._end = time.monotonic() + deadline
        self._stop = stop
        # nbclient knows what the messages of a kernel make of a cell; it starts none here.
        self._reader = NotebookClient(notebook, store_widget_state=True, record_timing=False)
        self._reader.reset_execution_trackers()
        self._pending = b""
        self._received = 0

    def wait_until_ready(self) -> None:
        """Hear that the process is shut in; nothing of the student's has run until then."""
        line = None
        while line is None:
            if time.monotonic() > self._end:
                raise SandboxUnavailable("the sandbox was not ready in time")
            line = self._next_line()
        message = _parse(line)
        if "ready" not in message:
            raise SandboxUnavailable(str(message.get("error")))

    def run(self, index: int) -> float:
        """Run one cell and return its processor seconds."""
        if time.monotonic() > self._end:
            raise _Ended(f"Python was stopped: it took longer than {self._deadline:g} s in all")
        cell = self._notebook.cells[index]
        cell.outputs, cell.execution_count = [], None
        self._reader.clear_before_next_output = False
        self._ask(cell.source)
        watch = _Watch(self._process.pid, self._cell_seconds, self._end)
        interrupted = False
        while True:
            line = self._next_line()
            if line is None:
                late = watch.late()
                if late and interrupted:
                    raise _Ended(
                        "Python was stopped: it took too long and could not be interrupted"
                    )
                if late:
                    self._process.send_signal(signal.SIGINT)
                    interrupted, watch = True, _Watch.grace(self._process.pid)
                continue
            message = _parse(line)
            if "done" in message:
                _join_streams(cell)
                count = message.get("count")
                cell.execution_count = count if isinstance(count, int) else 0
                return watch.seconds()
            self._show(message, cell, index)

    def store_widgets(self) -> None:
        """Put into the notebook what shows its widgets without a kernel."""
        self._reader.set_widgets_metadata()

    def _ask(self, source: str) -> None:
        try:
            self._channel.sendall(json.dumps({"source": source}).encode() + b"\n")
        except OSError:
            raise _Ended("Python died") from None

    def _next_line(self) -> bytes | None:
        """The next line, or None if there was none for a tick."""
        while b"\n" not in self._pending:
            if len(self._pending) > _LONGEST_LINE:
                raise _Ended("Python was stopped: it said more than it may")
            if self._stop.is_set():
                raise Stopped("Stopped: run `autograder grade` again.")
            if not select.select([self._channel], [], [], _TICK_SECONDS)[0]:
                return None
            try:
                received = self._channel.recv(1 << 20)
            except OSError:
                received = b""
            if not received:
                raise _Ended("Python died")
            self._received += len(received)
            if self._received > _MOST_BYTES:
                raise _Ended("Python was stopped: it said more than it may")
            self._pending += received
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _show(self, message: dict[str, Any], cell: NotebookNode, index: int) -> None:
        try:
            message["header"] = {"msg_type": message["msg_type"]}
            self._reader.process_message(message, cell, index)
        except CellExecutionComplete:
            pass
        except Exception as error:  # whatever it is, the runner made it up
            raise _Ended("Python was stopped: it answered as no kernel does") from error


class _Watch:
    """Knows when a cell has had its time: processor time, or much wall-clock time."""

    def __init__(self, pid: int, cpu_seconds: float, end: float) -> None:
        self._pid = pid
        self._limit = cpu_seconds
        self._began = self._cpu()
        self._end = min(end, time.monotonic() + cpu_seconds * _WALL_OVER_CPU)

    @classmethod
    def grace(cls, pid: int) -> "_Watch":
        """A last respite after an interruption."""
        return cls(pid, _GRACE_SECONDS, time.monotonic() + 2 * _GRACE_SECONDS)

    def late(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self._end or self.seconds() > self._limit

    def seconds(self) -> float:
        """Processor seconds so far."""
        return max(0.0, self._cpu() - self._began)

    def _cpu(self) -> float:
        try:
            # Its own, and that of what it has started and waited for.
            return sum(psutil.Process(self._pid).cpu_times()[:4])
        except psutil.Error:
            return 0.0


def _join_streams(cell: NotebookNode) -> None:
    """Join texts that were printed one after the other, as JupyterLab does."""
    joined: list[NotebookNode] = []
    for output in cell.outputs:
        last = joined[-1] if joined else None
        if last and last.output_type == "stream" and last.get("name") == output.get("name"):
            last.text += output.text
        else:
            joined.append(output)
    cell.outputs = joined


def _parse(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise _Ended("Python was stopped: it answered as no kernel does")
    return message


def _name(cell: NotebookNode, index: int) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    return f"cell {index + 1} ({grade_id})" if grade_id else f"cell {index + 1}"
