"""Start runners one by one where there is no zygote: on macOS and Windows, or on request.

Each runner imports TensorFlow for itself and has limits but no sandbox. `ColdStart` has the methods
of `ZygoteClient`, for the same use.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from dataclasses import replace

from autograder.errors import SandboxUnavailable
from autograder.processes.sandbox import Place
from autograder.processes.tree import end_tree

START_SECONDS = 60


class ColdProcess:
    """A runner in its own process, with the methods that the grader needs."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = process.pid

    def send_signal(self, number: int) -> None:
        """Send a signal, except on Windows, where no interrupt leaves the process alive."""
        if sys.platform != "win32" and self._process.poll() is None:
            self._process.send_signal(signal.Signals(number))

    def kill(self) -> None:
        """End the process and everything that it started."""
        if self._process.poll() is None:
            end_tree(self.pid)

    def wait(self) -> int:
        """Wait until the process has ended; return its exit code."""
        return self._process.wait()


class ColdStart:
    """A launcher that starts a new Python process for each runner.

    Args:
        environment: environment variables that each process gets.
        runner: the module that is run with a port as its argument.
    """

    def __init__(self, environment: dict[str, str], runner: str) -> None:
        self._environment = environment
        self._runner = runner

    def run(
        self, place: Place, carrier: socket.socket | None = None, judging: bool = False
    ) -> tuple[ColdProcess, socket.socket]:
        """Start a runner in `place`; return it and the channel to it.

        Args:
            place: where it works.
            carrier: its end of the socket between a student's process and the judge.
            judging: whether it is the judge.

        Raises:
            SandboxUnavailable: it could not be started.
        """
        token = secrets.token_hex()
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            process = subprocess.Popen(
                [sys.executable, "-m", self._runner, str(port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=place.files,
                env={**os.environ, **self._environment},
                start_new_session=True,
                pass_fds=[] if carrier is None else [carrier.fileno()],
            )
            assert process.stdin is not None
            with process.stdin as order:
                bare = replace(place, walls=False).as_dict()
                text = json.dumps(
                    {
                        "place": bare,
                        "token": token,
                        "carrier": None if carrier is None else carrier.fileno(),
                        "judging": judging,
                    }
                )
                order.write(text.encode())
            return ColdProcess(process), _answered(server, token)


def _answered(server: socket.socket, token: str) -> socket.socket:
    """Return the connection of the runner that knows the token."""
    server.settimeout(START_SECONDS)
    try:
        while True:
            connection, _ = server.accept()
            connection.settimeout(START_SECONDS)
            if secrets.compare_digest(connection.recv(len(token)), token.encode()):
                connection.settimeout(None)
                return connection
            connection.close()
    except OSError as error:
        raise SandboxUnavailable(f"no Python could be started for grading ({error})") from error
