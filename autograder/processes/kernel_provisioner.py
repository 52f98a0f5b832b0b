"""Give warm kernels to every Jupyter client, with a kernel provisioner in front of the zygote.

Set `JUPYTER_DEFAULT_PROVISIONER_NAME=warm-provisioner`, or name it in a kernelspec. Then nbclient,
nbgrader, nbval and JupyterLab start Python kernels in about half a second instead of nine. The
first kernel starts the zygote. Where no zygote can serve a kernel (no fork, another language, a
zygote that refuses), the kernel is started cold, as Jupyter itself does.
"""

import asyncio
import contextlib
import hashlib
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import jupyter_client
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from autograder.processes import zygote_client

NAME = "warm-provisioner"


class WarmProvisioner(LocalProvisioner):
    """A provisioner that forks Python kernels from the zygote and starts others as Jupyter does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel, or start it cold if it can't be forked."""
        try:
            process = await asyncio.to_thread(_launch, cmd, kwargs)
        except (zygote_client.ColdStartNeeded, OSError):
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast(Any, process)
        self.pid, self.pgid = process.pid, None  # signals go through the zygote
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info


def _launch(cmd: list[str], options: dict[str, Any]) -> zygote_client.WarmProcess:
    python, flag, module, *arguments = [*cmd, "", ""][: max(len(cmd), 3)]
    if flag != "-m" or not _same_python(python):
        raise zygote_client.ColdStartNeeded("not a module run by this Python")
    environment = dict(options.get("env") or os.environ)
    connection = _connect(environment)
    request = {
        "argv": [module, *arguments],
        "cwd": str(options.get("cwd") or Path.cwd()),
        "env": environment,
    }
    return zygote_client.request(connection, request, [1, 2])


def _same_python(python: str) -> bool:
    return python in ("python", "python3") or Path(python) == Path(sys.executable)


def _connect(environment: dict[str, str]) -> socket.socket:
    """Return a connection to the zygote for this environment; start one if there is none."""
    if not hasattr(os, "fork") or not hasattr(os, "pidfd_open"):
        raise zygote_client.ColdStartNeeded("this system cannot fork a kernel safely")
    path = _socket_path(environment)
    with contextlib.suppress(OSError):
        return zygote_client.connect(path)
    with _locked(path.with_suffix(".lock")):
        with contextlib.suppress(OSError):
            return zygote_client.connect(path)
        path.unlink(missing_ok=True)
        zygote_client.wait_until_ready(zygote_client.start(path, environment))
        return zygote_client.connect(path)


def _socket_path(environment: dict[str, str]) -> Path:
    """Return the path of the socket of the zygote for this environment.

    There is one zygote for each user, Python, state of its packages, and set of import-time
    variables.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    folder = Path(runtime) / f"transferlab-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077:
        raise zygote_client.ColdStartNeeded("another user can use the folder of the socket")
    packages = Path(jupyter_client.__file__).parents[1].stat().st_mtime_ns
    zygote = Path(__file__).with_name("zygote.py").stat().st_mtime_ns
    variables = (environment.get(name, "") for name in zygote_client.READ_AT_IMPORT)
    facts = [sys.executable, str(packages), str(zygote), *variables]
    key = hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16]
    return folder / f"{key}.sock"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    import fcntl

    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
