"""A Dask cluster of the tests' own, on this machine alone: its scheduler and workers as processes.

It knows nothing of grading but what a worker must import.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.servers import free_port

PATIENCE = 300
# Soon enough for a test; a busy machine may keep a sound worker from its heartbeat for longer.
IMPATIENT = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "12s"}


class Dask:
    """A scheduler and its workers.

    Args:
        folder: for logs.
        settings: variables that the processes get, as Dask's configuration names them.
        protocol: tcp or tls.
        listen: where the scheduler listens.

    Attributes:
        address: the scheduler's.
        processes: the workers, by name.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        protocol: str = "tcp",
        listen: str = "127.0.0.1",
    ) -> None:
        self.port = free_port()
        self.address = f"{protocol}://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._folder = folder
        self._scheduler = ["--protocol", protocol, "--host", listen, "--port", str(self.port)]
        self._environment = {**os.environ, **settings}

    def start(
        self,
        *workers: str,
        preload: str = "autograder.grading.cluster_worker",
        threads: int = 1,
        host: str = "127.0.0.1",
        address: str = "",
        prefix: Sequence[str] = (),
    ) -> None:
        """Start the scheduler, if it isn't there, and workers of these names; wait until all are.

        Args:
            workers: their names, new ones.
            preload: the module or file of Python that each runs first.
            threads: how many each has.
            host: its own address.
            address: the scheduler's, where it is another one for them.
            prefix: the command that runs each.
        """
        if "scheduler" not in self.processes:
            self._start("scheduler", (), *self._scheduler)
            self._wait_for("scheduler", "Scheduler at")
        for name in workers:
            options = ["--name", name, "--nthreads", str(threads), "--no-nanny", "--host", host]
            where = address or self.address
            self._start(name, prefix, where, *options, "--preload", preload)
        for name in workers:
            self._wait_for(name, "Registered to")

    def _start(self, name: str, prefix: Sequence[str], *options: str) -> None:
        program = "scheduler" if name == "scheduler" else "worker"
        command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *options]
        with self._log(name).open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [*prefix, *command, "--no-dashboard"],
                env=self._environment,
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_for(self, name: str, told: str) -> None:
        until = time.monotonic() + PATIENCE
        while told not in (log := self._log(name).read_text()):
            assert self.processes[name].poll() is None, log
            assert time.monotonic() < until, log
            time.sleep(0.1)

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to the process of this name, and forget it if it dies of it."""
        self.processes[name].send_signal(number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            self.processes.pop(name).wait(PATIENCE)

    def end(self) -> None:
        """Kill all that is left."""
        for name in list(self.processes):
            self.send(name, signal.SIGKILL)


@contextmanager
def running(
    folder: Path,
    settings: Mapping[str, str] | None = None,
    protocol: str = "tcp",
    listen: str = "127.0.0.1",
) -> Iterator[Dask]:
    """A cluster for a `with` block; nothing of it is started yet."""
    folder.mkdir(parents=True, exist_ok=True)
    dask = Dask(folder, settings or {}, protocol, listen)
    try:
        yield dask
    finally:
        dask.end()
