"""Servers that tests start: on a free port of this machine, stopped with all they started.

It must not know what they serve.
"""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

LAST_WORDS = 8000  # characters of a log that a failing test shows


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    name: str,
    command: Sequence[str | Path],
    address: str,
    patience: float,
    folder: Path,
    settings: Mapping[str, str],
    log: Path,
) -> Iterator[None]:
    """Run a server as long as the `with` block lasts, which begins when it answers.

    Args:
        name: what it is called where it fails.
        command: what starts it.
        address: a page that it gives to everybody.
        patience: seconds in which it has to answer.
        folder: where it runs.
        settings: variables that it gets in addition to those of this process.
        log: the file for what it prints.

    Raises:
        RuntimeError: it does not come up; the message is its log. After an error inside of the
            block its end is printed.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=os.environ | settings,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + patience
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} did not start:\n{log.read_text()}")
            time.sleep(0.05)
        yield
    except BaseException:
        print(f"{name} said at last:\n{_last_words(log)}")
        raise
    finally:
        _stop(process)


def _last_words(log: Path) -> str:
    """The end of a log, without the pages that were given: a browser asks for some all the time."""
    told = [line for line in log.read_text().splitlines() if " 200 GET " not in line]
    return "\n".join(told)[-LAST_WORDS:]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to shut itself and its own down; then end whatever is left of it."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
