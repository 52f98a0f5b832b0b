"""Runs a rebuilt notebook in the sandbox and collects what its cells show; trusts nothing it hears.

The other end is `runner`. A cell that takes too long is interrupted; one that can't be interrupted
ends the process, and what was shown until then is kept.
"""

import contextlib
import itertools
import json
import select
import signal
import socket
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.cells import grade_id, is_check
from autograder.errors import GradingFailed, SandboxUnavailable, Stopped
from autograder.execution import kernel_messages
from autograder.processes import Place, Usage

# The runner keeps to 2 MB a cell; who sends more in one line has taken it over.
_LONGEST_LINE = 4_000_000
_MOST_BYTES = 40_000_000
# What JSON holds takes more memory the more parts it has; text and pictures have few.
_MOST_PARTS = 4_000_000
_GRACE_SECONDS = 5
# Until a process is shut in; a machine on which others are busy takes its time, and no student's
# code has part in it.
_READY_SECONDS = 120
_TICK_SECONDS = 0.1
_LAST_LINES = 10_000
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
    """Where runners come from: `ZygoteClient` or `ColdStart`."""

    def run(
        self, place: Place, carrier: socket.socket | None = None, judging: bool = False
    ) -> tuple[Process, socket.socket]:
        """Start one; return it and the channel to it."""


@dataclass(frozen=True)
class Judging:
    """Which checks are judged in a process of their own, where no student's code runs.

    Attributes:
        names: for each of these check cells, by its index, the names that it needs of the student.
        prelude: what the judge runs first: imports and definitions of the author's.
        place: where the judge is shut in.
    """

    names: Mapping[int, tuple[str, ...]]
    prelude: str
    place: Place


@dataclass
class Execution:
    """How running a notebook went; its cells hold their outputs.

    Attributes:
        ended: why the process ended before the last cell, in words for the student; "" if it
            did not.
        seconds: processor seconds of its cells.
        said: what the student's functions printed while they were judged, by the check's index.
        replaced: what the student's code had replaced when a check ran in its process, by index.
    """

    ended: str = ""
    seconds: float = 0.0
    said: dict[int, list[NotebookNode]] = field(default_factory=dict)
    replaced: dict[int, tuple[str, ...]] = field(default_factory=dict)


class _Ended(Exception):
    """The process is gone or must go; the message says why."""


@dataclass(frozen=True)
class Bounds:
    """How long running may take.

    Attributes:
        cell_seconds: processor seconds that a cell may take before it is interrupted.
        deadline: wall-clock seconds for all cells together.
        stop: when set, running ends.
    """

    cell_seconds: float
    deadline: float
    stop: threading.Event


@dataclass(frozen=True)
class Runtime:
    """What runs cells.

    Attributes:
        launcher: where the processes come from.
        place: where the student's process is sandboxed.
        bounds: how long it may take.
    """

    launcher: Launcher
    place: Place
    bounds: Bounds


def execute(
    notebook: NotebookNode,
    cells: Collection[int],
    runtime: Runtime,
    judging: Judging | None = None,
) -> Execution:
    """Run code cells of a notebook, in place.

    Args:
        notebook: its cells' outputs and execution counts are replaced.
        cells: the indices of those to run.
        runtime: what runs them.
        judging: which of the cells are judged elsewhere.

    Raises:
        Stopped: `runtime.bounds.stop` was set.
        SandboxUnavailable: nothing was run, because the process can't be shut in.
        GradingFailed: what the judge runs before all checks did not come to its end.
    """
    execution = Execution()
    with contextlib.ExitStack() as stack:
        mine, judges = socket.socketpair() if judging else (None, None)
        student = _Conversation(notebook, stack, runtime, mine)
        judge, names = None, judging.names if judging else {}
        if judging:
            elsewhere = replace(runtime, place=judging.place)
            judge = _Conversation(notebook, stack, elsewhere, judges, judging=True)
        for end in filter(None, (mine, judges)):
            end.close()  # each process has its own now
        student.wait_until_ready()
        if judge:
            judge.wait_until_ready()
        if judge and judging and judging.prelude:
            judge.prepare(judging.prelude)
        for index in sorted(cells):
            try:
                if judge and index in names:
                    seconds, said = judge.check(index, names[index], student)
                    execution.said[index] = said
                else:
                    seconds, replaced = student.run(index)
                    if replaced:
                        execution.replaced[index] = replaced
                execution.seconds += seconds
            except _Ended as ended:
                execution.ended = f"{ended} in {_name(notebook.cells[index], index)}"
                notebook.cells[index].execution_count = None  # what it shows proves nothing
                break
        student.store_widgets()
    return execution


class _Conversation:
    """One process, asked for one cell after the other."""

    def __init__(
        self,
        notebook: NotebookNode,
        stack: contextlib.ExitStack,
        runtime: Runtime,
        carrier: socket.socket | None = None,
        judging: bool = False,
    ) -> None:
        self._process, self._channel = runtime.launcher.run(runtime.place, carrier, judging)
        stack.callback(self._process.wait)
        stack.callback(self._process.kill)
        stack.enter_context(self._channel)
        self._notebook = notebook
        self._bounds = runtime.bounds
        self._memory = runtime.place.limits.memory_mb * 1_000_000
        self._end = time.monotonic() + _READY_SECONDS
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
        self._end = time.monotonic() + self._bounds.deadline

    def run(self, index: int) -> tuple[float, tuple[str, ...]]:
        """Run one cell.

        Returns:
            Its processor seconds, and of a check what was replaced of what it relies on.
        """
        watch = self._begin(index)
        cell = self._notebook.cells[index]
        self._ask({"source": cell.source, "evidence": is_check(cell)})
        while True:
            watch.look()  # also at one that never stops talking
            if (line := self._next_line()) and (done := self._finishes(line, index)):
                return watch.seconds(), kernel_messages.names(done.get("replaced"))

    def prepare(self, prelude: str) -> None:
        """As the judge, run what comes before all checks; nobody sees its outputs.

        Raises:
            GradingFailed: it did not come to its end.
        """
        watch = self._watch()
        try:
            self._ask({"source": prelude, "names": []})
            while not ((line := self._next_line()) and "done" in self._read(line)):
                watch.look()
        except _Ended as ended:
            raise GradingFailed(
                f"What the lesson's locked cells import and define did not run ({ended}): see that "
                "they need nothing that a student writes."
            ) from None

    def check(
        self, index: int, names: Sequence[str], student: "_Conversation"
    ) -> tuple[float, list[NotebookNode]]:
        """As the judge, run a check that asks the student's process.

        Returns:
            The processor seconds of both, and what the student's functions printed.
        """
        # The student's process is given up before the judge is.
        watches = [student._begin(index), self._begin(index, longer=3 * _GRACE_SECONDS)]
        self._ask({"source": self._notebook.cells[index].source, "names": names})
        said: list[NotebookNode] = []
        done: dict[str, Any] = {}
        while not done:
            for watch in watches:
                watch.look()  # also at one that never stops talking
            mine, theirs = self._next_line(wait=False), student._next_line(wait=False)
            if theirs:
                said += student._printed(theirs)
            if mine:
                done = self._finishes(mine, index)
            if not mine and not theirs:
                select.select([self._channel, student._channel], [], [], _TICK_SECONDS)
        for _ in range(_LAST_LINES):  # what was printed before the last answer is there by now
            if (line := student._next_line(wait=False)) is None:
                break
            said += student._printed(line)
        return sum(watch.seconds() for watch in watches), _joined(said)

    def _begin(self, index: int, longer: float = 0) -> "_Watch":
        if time.monotonic() > self._end:
            deadline = self._bounds.deadline
            raise _Ended(f"Python was stopped: it took longer than {deadline:g} s in all")
        cell = self._notebook.cells[index]
        cell.outputs, cell.execution_count = [], None
        self._reader.clear_before_next_output = False
        return self._watch(longer)

    def _watch(self, longer: float = 0) -> "_Watch":
        seconds = self._bounds.cell_seconds + longer
        return _Watch(self._process, seconds, self._memory, self._end + longer)

    def _finishes(self, line: bytes, index: int) -> dict[str, Any]:
        """Take in what the process says of a cell; its last words, or nothing if more follow."""
        cell = self._notebook.cells[index]
        message = self._read(line)
        if "done" not in message:
            self._show(message, cell, index)
            return {}
        cell.outputs = _joined(cell.outputs)
        _tell_hidden_error(cell, message.get("ok") is True)
        cell.execution_count = kernel_messages.count(message.get("count"))
        return message

    def _printed(self, line: bytes) -> Iterator[NotebookNode]:
        """What a process prints that runs no cell; nothing else counts."""
        try:
            sound = kernel_messages.sound(self._read(line))
        except kernel_messages.NotAKernel:
            raise _Ended(_NOT_A_KERNEL) from None
        if sound is not None and sound["msg_type"] == "stream":
            yield NotebookNode(output_type="stream", **sound["content"])

    def store_widgets(self) -> None:
        """Put into the notebook what shows its widgets without a kernel."""
        self._reader.set_widgets_metadata()

    def _ask(self, order: dict[str, Any]) -> None:
        self._channel.settimeout(_SEND_SECONDS)
        try:
            self._channel.sendall(json.dumps(order).encode() + b"\n")
        except TimeoutError:
            raise _Ended("Python was stopped: it no longer listened") from None
        except OSError:
            raise _Ended("Python died") from None

    def _next_line(self, wait: bool = True) -> bytes | None:
        """The next line, or None if there was none (for a tick) or none is whole yet."""
        if b"\n" not in self._pending:
            if len(self._pending) > _LONGEST_LINE:
                raise _Ended(_TOO_MUCH_SAID)
            if self._bounds.stop.is_set():
                raise Stopped("Stopped: run `autograder grade` again.")
            self._receive(_TICK_SECONDS if wait else 0)
        line, found, rest = self._pending.partition(b"\n")
        if not found:
            return None
        self._pending = rest
        return line

    def _receive(self, seconds: float) -> None:
        # Never without end: what is told to be there may not be for us to read.
        self._channel.settimeout(seconds)
        try:
            received = self._channel.recv(1 << 20)
        except (TimeoutError, BlockingIOError):
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
            return kernel_messages.parse(line)
        except kernel_messages.NotAKernel:
            raise _Ended(_NOT_A_KERNEL) from None

    def _show(self, message: dict[str, Any], cell: NotebookNode, index: int) -> None:
        try:
            sound = kernel_messages.sound(message)
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

    def __init__(self, process: Process, cell_seconds: float, memory: int, end: float) -> None:
        self._process = process
        self._usage = Usage(process.pid)
        self._memory = memory
        self._began = self._usage.seconds()
        self._seconds = cell_seconds
        self._end = min(end, time.monotonic() + cell_seconds * _WALL_OVER_CPU)
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


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Join texts that were printed one after the other, as JupyterLab does."""
    joined: list[NotebookNode] = []
    for name, group in itertools.groupby(outputs, lambda output: output.get("name")):
        if name is None:
            joined += group
        else:
            joined.append(new_output("stream", name=name, text="".join(o.text for o in group)))
    return joined


def _tell_hidden_error(cell: NotebookNode, well: bool) -> None:
    """Show that a cell ended in an error, if its outputs don't."""
    if not well and not any(output.output_type == "error" for output in cell.outputs):
        text = "The cell ended in an error that it did not show."
        cell.outputs.append(new_output("error", ename="Error", evalue=text, traceback=[text]))


def _name(cell: NotebookNode, index: int) -> str:
    name = grade_id(cell)
    return f"cell {index + 1} ({name})" if name else f"cell {index + 1}"
