"""Run a rebuilt notebook in the sandbox and collect its outputs; trust no message from there.

The other end is `runner`. A cell that takes too long is interrupted. If it can't be interrupted,
the process is ended, and the outputs up to that point are kept.
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

# The runner sends at most 2 MB per cell; a longer line means that student code has taken it over.
_LONGEST_LINE = 4_000_000
_MOST_BYTES = 40_000_000
# JSON takes more memory the more parts it has; text and pictures have few.
_MOST_PARTS = 4_000_000
_GRACE_SECONDS = 5
# Until a process is sandboxed: a busy machine takes longer, and no student code runs before that.
_READY_SECONDS = 120
_TICK_SECONDS = 0.1
_LAST_LINES = 10_000
# A process that still listens receives a cell at once.
_SEND_SECONDS = 5
# A cell that waits instead of computing is stopped too, but later: the machine may be busy.
_WALL_OVER_CPU = 4
_NOT_A_KERNEL = "Python was stopped: it sent an invalid message"
_TOO_MUCH_SAID = "Python was stopped: it sent too much output"


class Process(Protocol):
    """A process that works as a runner."""

    pid: int

    def send_signal(self, number: int) -> None:
        """Send a signal to the process."""

    def kill(self) -> None:
        """End the process and everything that it started."""

    def wait(self) -> int:
        """Wait until the process has ended; return its exit code."""


class Launcher(Protocol):
    """The source of runners: a `ZygoteClient` or a `ColdStart`."""

    def run(
        self, place: Place, carrier: socket.socket | None = None, judging: bool = False
    ) -> tuple[Process, socket.socket]:
        """Start a runner; return its process and the channel to it."""


@dataclass(frozen=True)
class Judging:
    """The checks that are judged in a separate process, where no student code runs.

    Attributes:
        names: for each of these check cells, by its index, the student's names that it needs.
        prelude: the author's imports and definitions, which the judge runs first.
        place: where the judge is sandboxed.
    """

    names: Mapping[int, tuple[str, ...]]
    prelude: str
    place: Place


@dataclass
class Execution:
    """The outcome of running a notebook, apart from the outputs, which its cells hold.

    Attributes:
        ended: why the process ended before the last cell, in words for the student; "" if it
            did not.
        seconds: the processor seconds that its cells took.
        said: what the student's functions printed while a check was judged, by the check's index.
        replaced: what the student's code had replaced when a check ran in the student's process,
            by the check's index.
    """

    ended: str = ""
    seconds: float = 0.0
    said: dict[int, list[NotebookNode]] = field(default_factory=dict)
    replaced: dict[int, tuple[str, ...]] = field(default_factory=dict)


class _Ended(Exception):
    """A process that has ended or must be ended; the message says why."""


@dataclass(frozen=True)
class TimeLimits:
    """The time limits for running a notebook.

    Attributes:
        cell_seconds: processor seconds that a cell may take before it is interrupted.
        deadline: wall-clock seconds for all cells together.
        stop: when it is set, running ends.
    """

    cell_seconds: float
    deadline: float
    stop: threading.Event


@dataclass(frozen=True)
class Runtime:
    """The means of running cells.

    Attributes:
        launcher: where the processes come from.
        place: where the student's process is sandboxed.
        bounds: how long running may take.
    """

    launcher: Launcher
    place: Place
    bounds: TimeLimits


def execute(
    notebook: NotebookNode,
    cells: Collection[int],
    runtime: Runtime,
    judging: Judging | None = None,
) -> Execution:
    """Run code cells of a notebook, in place.

    Args:
        notebook: the outputs and execution counts of its cells are replaced.
        cells: the indices of the cells to run.
        runtime: what runs them.
        judging: which of the cells are judged in a separate process.

    Raises:
        Stopped: `runtime.bounds.stop` was set.
        SandboxUnavailable: nothing was run, because the process can't be sandboxed.
        GradingFailed: the code that the judge runs before all checks did not finish.
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
            end.close()  # each process now has its own copy
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
                notebook.cells[index].execution_count = None  # its outputs prove nothing
                break
        student.store_widgets()
    return execution


class _Conversation:
    """A conversation with one process, which is asked to run one cell after the other."""

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
        # nbclient knows how a kernel's messages change a cell; it starts no kernel here.
        self._reader = NotebookClient(notebook, store_widget_state=True, record_timing=False)
        self._reader.reset_execution_trackers()
        # nbclient would answer a widget that captures output; here the output stays with the cell.
        self._reader.widget_registry = {}
        self._pending = b""
        self._received = self._parts = 0

    def wait_until_ready(self) -> None:
        """Wait until the process reports that it is sandboxed; no student code runs before that.

        Raises:
            SandboxUnavailable: it can't be sandboxed, or not in time.
        """
        message = None
        try:
            while message is None:
                if time.monotonic() > self._end:
                    raise SandboxUnavailable("the sandbox was not ready in time")
                if line := self._next_line():
                    message = self._read(line)
        except _Ended as ended:
            raise SandboxUnavailable(f"the sandbox could not be set up ({ended})") from None
        if "ready" not in message:
            raise SandboxUnavailable(str(message.get("error")))
        self._end = time.monotonic() + self._bounds.deadline

    def run(self, index: int) -> tuple[float, tuple[str, ...]]:
        """Run one cell.

        Returns:
            The cell's processor seconds and, for a check, what was replaced that checks rely on.
        """
        watch = self._begin(index)
        cell = self._notebook.cells[index]
        self._ask({"source": cell.source, "evidence": is_check(cell)})
        while True:
            watch.look()  # also when the process never stops sending
            if (line := self._next_line()) and (done := self._finishes(line, index)):
                return watch.seconds(), kernel_messages.names(done.get("replaced"))

    def prepare(self, prelude: str) -> None:
        """As the judge, run the code that comes before all checks; its outputs are ignored.

        Raises:
            GradingFailed: the process ended before this code had finished.
        """
        watch = self._watch()
        try:
            self._ask({"source": prelude, "names": []})
            while not ((line := self._next_line()) and "done" in self._read(line)):
                watch.look()
        except _Ended as ended:
            raise GradingFailed(
                f"The imports and definitions in the lesson's locked cells did not run ({ended}): "
                "make sure that they need nothing that a student writes."
            ) from None

    def check(
        self, index: int, names: Sequence[str], student: "_Conversation"
    ) -> tuple[float, list[NotebookNode]]:
        """As the judge, run a check that asks the student's process for values.

        Returns:
            The processor seconds of both processes, and what the student's functions printed.
        """
        # The student's process gets less time than the judge, so that it is given up first.
        watches = [student._begin(index), self._begin(index, longer=3 * _GRACE_SECONDS)]
        self._ask({"source": self._notebook.cells[index].source, "names": names})
        said: list[NotebookNode] = []
        done: dict[str, Any] = {}
        while not done:
            for watch in watches:
                watch.look()  # also when the process never stops sending
            mine, theirs = self._next_line(wait=False), student._next_line(wait=False)
            if theirs:
                said += student._printed(theirs)
            if mine:
                done = self._finishes(mine, index)
            if not mine and not theirs:
                select.select([self._channel, student._channel], [], [], _TICK_SECONDS)
        for _ in range(_LAST_LINES):  # what was printed before the last answer has arrived by now
            if (line := student._next_line(wait=False)) is None:
                break
            said += student._printed(line)
        return sum(watch.seconds() for watch in watches), _joined(said)

    def _begin(self, index: int, longer: float = 0) -> "_Watch":
        if time.monotonic() > self._end:
            deadline = self._bounds.deadline
            raise _Ended(f"Python was stopped: it exceeded the total limit of {deadline:g} s")
        cell = self._notebook.cells[index]
        cell.outputs, cell.execution_count = [], None
        self._reader.clear_before_next_output = False
        return self._watch(longer)

    def _watch(self, longer: float = 0) -> "_Watch":
        seconds = self._bounds.cell_seconds + longer
        return _Watch(self._process, seconds, self._memory, self._end + longer)

    def _finishes(self, line: bytes, index: int) -> dict[str, Any]:
        """Take in a line about a cell; return the last message about it, or {} if more follow."""
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
        """Yield what a process prints while it runs no cell; ignore everything else."""
        try:
            sound = kernel_messages.sound(self._read(line))
        except kernel_messages.NotAKernel:
            raise _Ended(_NOT_A_KERNEL) from None
        if sound is not None and sound["msg_type"] == "stream":
            yield NotebookNode(output_type="stream", **sound["content"])

    def store_widgets(self) -> None:
        """Store in the notebook the state that shows its widgets without a kernel."""
        self._reader.set_widgets_metadata()

    def _ask(self, order: dict[str, Any]) -> None:
        self._channel.settimeout(_SEND_SECONDS)
        try:
            self._channel.sendall(json.dumps(order).encode() + b"\n")
        except TimeoutError:
            raise _Ended("Python was stopped: it no longer responded") from None
        except OSError:
            raise _Ended("Python died") from None

    def _next_line(self, wait: bool = True) -> bytes | None:
        """Return the next line; None if nothing came (for a tick) or the line is incomplete."""
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
        # Never wait forever: even if data is reported as ready, there may be nothing to read.
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
        except Exception as error:  # whatever it is, the runner's message caused it
            raise _Ended(_NOT_A_KERNEL) from error


class _Watch:
    """A watch that ends a cell after too much processor time, wall-clock time or memory.

    Everything that the process has started counts too.
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
        """Check the limits, at most once per tick.

        Interrupt the process when its time is first up; give it up the second time.

        Raises:
            _Ended: the process must be ended.
        """
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _TICK_SECONDS
        if self._usage.memory(self._memory) > self._memory:
            raise _Ended("Python was stopped: it used too much memory")
        if now < self._end and self.seconds() < self._seconds:
            return
        if self._interrupted:
            raise _Ended("Python was stopped: it took too long and could not be interrupted")
        self._process.send_signal(signal.SIGINT)
        self._interrupted = True
        self._seconds = self.seconds() + _GRACE_SECONDS
        self._end = now + 2 * _GRACE_SECONDS

    def seconds(self) -> float:
        """Return the processor seconds so far."""
        return max(0.0, self._usage.seconds() - self._began)


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Join consecutive texts that were printed to the same stream, as JupyterLab does."""
    joined: list[NotebookNode] = []
    for name, group in itertools.groupby(outputs, lambda output: output.get("name")):
        if name is None:
            joined += group
        else:
            joined.append(new_output("stream", name=name, text="".join(o.text for o in group)))
    return joined


def _tell_hidden_error(cell: NotebookNode, well: bool) -> None:
    """Show that a cell ended in an error, if its outputs don't show one."""
    if not well and not any(output.output_type == "error" for output in cell.outputs):
        text = "The cell ended in an error that it did not show."
        cell.outputs.append(new_output("error", ename="Error", evalue=text, traceback=[text]))


def _name(cell: NotebookNode, index: int) -> str:
    name = grade_id(cell)
    return f"cell {index + 1} ({name})" if name else f"cell {index + 1}"
