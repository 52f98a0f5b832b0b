"""Run the cells of a notebook in another language, with that language's own kernel, started cold.

`command_of` is called outside the sandbox; `OtherKernel` works inside it. The kernel is a child
process of the runner, in the same sandbox. This module must not know what a cell is for.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.provisioning import LocalProvisioner
from nbformat import NotebookNode

from autograder.errors import GradingFailed

_START_SECONDS = 60
_LOOK_SECONDS = 1


def command_of(notebook: NotebookNode) -> tuple[str, ...]:
    """Return the command that starts the kernel of one of our notebooks; empty for Python.

    Raises:
        GradingFailed: the notebook's kernel is not installed here.
    """
    wanted = notebook.metadata.get("kernelspec", {})
    if wanted.get("language", "python").lower() == "python":
        return ()
    try:
        return tuple(KernelSpecManager().get_kernel_spec(wanted.name).argv)
    except NoSuchKernel as error:
        raise GradingFailed(
            f"The lesson is written for the kernel {wanted.name!r}, which is not installed here: "
            "install it (`jupyter kernelspec list` shows the installed kernels), or change the "
            "lesson's kernel."
        ) from error


class OtherKernel:
    """A kernel in its own process.

    Args:
        command: the command that starts it; `{connection_file}` in it is filled in.
        say: is called with each of the kernel's messages.
    """

    def __init__(self, command: tuple[str, ...], say: Callable[[dict[str, Any]], None]) -> None:
        folder = tempfile.mkdtemp(prefix="kernel-")
        manager = KernelManager(connection_file=str(Path(folder, "connection.json")))
        if sys.platform != "win32":  # "ipc" needs no network, and the sandbox has none
            manager.transport, manager.ip = "ipc", str(Path(folder, "socket"))
        manager._kernel_spec = KernelSpec(argv=list(command))
        manager.start_kernel()
        provisioner = manager.provisioner
        assert isinstance(provisioner, LocalProvisioner)
        assert provisioner.pid is not None
        self._manager, self._pid = manager, provisioner.pid
        self._client: BlockingKernelClient = manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=_START_SECONDS)
        self._say = say
        signal.signal(signal.SIGINT, lambda *_: self._interrupt())

    def run(self, source: str) -> tuple[int, bool]:
        """Run one cell; return its execution count and whether it succeeded.

        Raises:
            SystemExit: the kernel has died, and this process ends with it.
        """
        asked = self._client.execute(source, allow_stdin=False)
        while not self._heard_the_end(asked):
            pass
        reply = self._client.get_shell_msg(timeout=_START_SECONDS)["content"]
        return reply.get("execution_count", 0), reply["status"] == "ok"

    def _heard_the_end(self, asked: str) -> bool:
        """Pass the next message on; return whether it was the last one."""
        try:
            message = self._client.get_iopub_msg(timeout=_LOOK_SECONDS)
        except Empty:
            if not self._manager.is_alive():
                raise SystemExit(1) from None
            return False
        if message["parent_header"].get("msg_id") != asked:
            return False
        if message["msg_type"] == "status":
            return message["content"]["execution_state"] == "idle"
        self._say(message)
        return False

    def _interrupt(self) -> None:
        # Not through the manager: it may be busy with the cell that is to be interrupted.
        os.kill(self._pid, signal.SIGINT)
