"""Warm kernels for anything that speaks Jupyter: a kernel provisioner in front of the zygote.

Set `JUPYTER_DEFAULT_PROVISIONER_NAME=warm-provisioner`, or name it in a kernelspec, and nbclient,
nbgrader, nbval and JupyterLab start Python kernels in about half a second instead of nine. The
first kernel starts the zygote; where there can be none (no fork, another language, a zygote that
refuses), the kernel is started cold, as Jupyter does by itself.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import jupyter_client
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

NAME = "warm-provisioner"
# Read when TensorFlow or Keras is imported, so each combination needs a zygote of its own.
_READ_AT_IMPORT = ("KERAS_BACKEND", "KERAS_HOME", "PYTHONPATH", "CUDA_VISIBLE_DEVICES")


class ColdStartNeeded(Exception):
    """There is no zygote for this kernel."""


class WarmProcess:
    """A kernel in the zygote's care, with the part of `subprocess.Popen` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("r", encoding="utf-8")
        self.pid: int = self._next()["pid"]
        self.returncode: int | None = None
        connection.setblocking(False)

    def _next(self) -> dict:
        line = self._lines.readline()
        if not line:
            raise ColdStartNeeded("the zygote closed the connection")
        return json.loads(line)

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
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
        """Return the exit code when the kernel has ended."""
        while self.poll() is None:
            time.sleep(0.01)
        self._lines.close()
        self._connection.close()
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel's process group."""
        with contextlib.suppress(OSError):
            self._connection.sendall(json.dumps({"signal": int(number)}).encode() + b"\n")

    def kill(self) -> None:
        """End the kernel and all that it started."""
        self.send_signal(9)


class WarmProvisioner(LocalProvisioner):
    """Starts Python kernels as forks of the zygote, and all others as Jupyter does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel; start it cold when that cannot be."""
        try:
            process = await asyncio.to_thread(_launch, cmd, kwargs)
        except (ColdStartNeeded, OSError):
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast(Any, process)
        self.pid, self.pgid = process.pid, None  # signals go through the zygote
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info


def prepare() -> None:
    """Start the zygote now, as this process's child, if kernels are to be warm by default.

    For a process whose children start kernels and clear up after themselves: what one of them
    started would end with it.
    """
    if os.environ.get("JUPYTER_DEFAULT_PROVISIONER_NAME") == NAME:
        with contextlib.suppress(ColdStartNeeded, OSError):
            _connect(dict(os.environ)).close()


def _launch(cmd: list[str], options: dict[str, Any]) -> WarmProcess:
    python, flag, module, *arguments = [*cmd, "", ""][: max(len(cmd), 3)]
    if flag != "-m" or not _same_python(python):
        raise ColdStartNeeded("not a module run by this Python")
    environment = dict(options.get("env") or os.environ)
    connection = _connect(environment)
    request = {
        "argv": [module, *arguments],
        "cwd": str(options.get("cwd") or Path.cwd()),
        "env": environment,
    }
    text = json.dumps(request).encode() + b"\n"
    sent = socket.send_fds(connection, [text], [1, 2])
    connection.sendall(text[sent:])
    return WarmProcess(connection)


def _same_python(python: str) -> bool:
    return python in ("python", "python3") or Path(python) == Path(sys.executable)


def _connect(environment: dict[str, str]) -> socket.socket:
    """Return a connection to the zygote for this environment; start it where there is none."""
    if not hasattr(os, "fork") or not hasattr(os, "pidfd_open"):
        raise ColdStartNeeded("this system cannot fork a kernel safely")
    path = _socket_path(environment)
    with contextlib.suppress(OSError):
        return _connected(path)
    with _locked(path.with_suffix(".lock")):
        with contextlib.suppress(OSError):
            return _connected(path)
        path.unlink(missing_ok=True)
        _start(path, environment)
        return _connected(path)


def _connected(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def _start(path: Path, environment: dict[str, str]) -> None:
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", *_READ_AT_IMPORT)
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder.zygote", str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        env={name: environment[name] for name in kept if name in environment},
    )
    assert process.stdout is not None
    with process.stdout:
        if process.stdout.readline().strip() != b"ready":
            process.wait()
            raise ColdStartNeeded("the zygote refused to serve")


def _socket_path(environment: dict[str, str]) -> Path:
    """One zygote for each user, Python, state of its packages, and set of import-time variables."""
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    folder = Path(runtime) / f"transferlab-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077:
        raise ColdStartNeeded("the folder of the socket belongs to somebody else")
    packages = Path(jupyter_client.__file__).parents[1].stat().st_mtime_ns
    zygote = Path(__file__).with_name("zygote.py").stat().st_mtime_ns
    variables = (environment.get(name, "") for name in _READ_AT_IMPORT)
    facts = [sys.executable, str(packages), str(zygote), *variables]
    key = hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16]
    return folder / f"{key}.sock"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    import fcntl

    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
