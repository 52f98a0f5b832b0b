"""Find or start a zygote, ask it for processes, and control them."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from autograder.errors import SandboxUnavailable
from autograder.files import temporary
from autograder.processes.sandbox import Place

# Read when TensorFlow or Keras is imported, so each combination needs its own zygote.
READ_AT_IMPORT = ("KERAS_BACKEND", "KERAS_HOME", "PYTHONPATH", "CUDA_VISIBLE_DEVICES")
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", *READ_AT_IMPORT)


class ColdStartNeeded(Exception):
    """There is no zygote that can start this kernel."""


class WarmProcess:
    """A process that the zygote forked, with the part of `subprocess.Popen` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("r", encoding="utf-8")
        answer = self._next()
        if "error" in answer:
            raise SandboxUnavailable(answer["error"])
        self.pid: int = answer["pid"]
        self.returncode: int | None = None
        connection.setblocking(False)

    def _next(self) -> dict:
        line = self._lines.readline()
        if not line:
            raise ColdStartNeeded("the zygote closed the connection")
        return json.loads(line)

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""
        if self.returncode is None:
            try:
                received = self._connection.recv(4096)
            except BlockingIOError:
                return None
            except OSError:
                received = b""
            self.returncode = json.loads(received)["exit"] if received else -9
        return self.returncode

    def wait(self) -> int:
        """Wait until the process has ended; return its exit code."""
        while self.poll() is None:
            time.sleep(0.01)
        self._lines.close()
        self._connection.close()
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Send a signal to the process's group."""
        with contextlib.suppress(OSError):
            self._connection.sendall(json.dumps({"signal": int(number)}).encode() + b"\n")

    def kill(self) -> None:
        """End the process and everything that it started."""
        self.send_signal(9)


class ZygoteClient:
    """A zygote for this process alone: it starts at once and ends with the `with` block.

    It is ready soon after it has started.

    Args:
        imports: modules that it imports in addition to those of every kernel.
        environment: environment variables that it and its children get.
        runner: the module whose `serve(channel, kernel, carrier, judging)` runs cells in a child.
    """

    def __init__(self, imports: tuple[str, ...], environment: dict[str, str], runner: str) -> None:
        self._folder = temporary.folder("zygote")
        self._path = Path(self._folder.name) / "s"  # a socket, whose path must be short
        self._environment = environment
        self._runner = runner
        options = [f"--import={name}" for name in ("sys", *imports)]
        self._process = start(self._path, {**os.environ, **environment}, *options, "--attached")

    def __enter__(self) -> "ZygoteClient":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    def wait_until_ready(self) -> None:
        """Wait until the zygote serves requests.

        Raises:
            ColdStartNeeded: it refuses to serve.
        """
        wait_until_ready(self._process)

    def run(
        self, place: Place, carrier: socket.socket | None = None, judging: bool = False
    ) -> tuple[WarmProcess, socket.socket]:
        """Start a runner in `place`; return it and the channel to it.

        Args:
            place: where it is sandboxed.
            carrier: its end of the socket between a student's process and the judge.
            judging: whether it is the judge.

        Raises:
            SandboxUnavailable: this system forbids a step of the sandbox.
        """
        ours, theirs = socket.socketpair()
        try:
            environment = {"HOME": "/home/student", "PATH": "/usr/bin:/bin", **self._environment}
            process = request(
                connect(self._path),
                {
                    "place": place.as_dict(),
                    "env": environment,
                    "runner": self._runner,
                    "judging": judging,
                },
                [end.fileno() for end in (theirs, carrier) if end is not None],
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return process, ours


def start(path: Path, environment: dict[str, str], *options: str) -> subprocess.Popen[bytes]:
    """Start a zygote that will listen on `path`; its environment holds only what is needed.

    With the option `--attached`, its standard input stays open as long as this process lives.
    """
    kept = {name: environment[name] for name in _KEPT if name in environment}
    return subprocess.Popen(
        [sys.executable, "-m", "autograder.processes.zygote", str(path), *options],
        stdin=subprocess.PIPE if "--attached" in options else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        env=kept,
    )


def wait_until_ready(process: subprocess.Popen[bytes]) -> None:
    """Wait until a zygote that was just started listens.

    Raises:
        ColdStartNeeded: it refuses to serve.
    """
    assert process.stdout is not None
    with process.stdout:
        if process.stdout.readline().strip() != b"ready":
            process.wait()
            raise ColdStartNeeded("the zygote refused to serve")


def connect(path: Path) -> socket.socket:
    """Connect to the zygote that listens on `path`.

    Raises:
        OSError: no zygote listens there.
    """
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def request(connection: socket.socket, wanted: dict, descriptors: list[int]) -> WarmProcess:
    """Ask a zygote for a process; see `zygote` for what `wanted` may contain.

    Raises:
        ColdStartNeeded: the zygote has gone away.
        SandboxUnavailable: the process can't be sandboxed.
    """
    text = json.dumps(wanted).encode() + b"\n"
    sent = socket.send_fds(connection, [text], descriptors)
    connection.sendall(text[sent:])
    return WarmProcess(connection)
