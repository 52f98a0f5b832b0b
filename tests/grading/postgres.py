"""A PostgreSQL server of the tests' own, from the system's programs: started, restarted, stopped.

It knows nothing of gradebooks. `.ci/postgres` makes sure that the programs are there.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.servers import free_port

USER = "course"
# Where Debian and Ubuntu have the server's programs; elsewhere they are on the PATH.
_DEBIAN = "/usr/lib/postgresql"
# What Debian's package made for this, where root runs the tests: the server refuses root.
_UNPRIVILEGED = "postgres"


class Server:
    """A server on a free port of this machine alone, with its data in a folder of its own.

    Attributes:
        password: the one of `USER`, who may do everything.
        password_file: it, as the driver wants it (PGPASSFILE).
    """

    def __init__(self, folder: Path, durable: bool) -> None:
        """Make the data; `durable` waits for the disk as a real server would."""
        self.password = secrets.token_hex(8)
        self._data = folder / "data"
        self._log = folder / "log"
        self._durable = durable
        self._as = {"user": _UNPRIVILEGED, "group": _UNPRIVILEGED, "extra_groups": []}
        if os.getuid() == 0:
            shutil.chown(folder, _UNPRIVILEGED, _UNPRIVILEGED)
        else:
            self._as = {}
        self.port = free_port()
        self.password_file = folder / "pgpass"
        self.password_file.write_text(f"127.0.0.1:{self.port}:*:{USER}:{self.password}\n")
        self.password_file.chmod(0o600)
        self._make(folder)

    def _make(self, folder: Path) -> None:
        secret = folder / "secret"
        secret.write_text(self.password)
        secret.chmod(0o644)  # the folder is closed to all but the server's user
        options = ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--no-sync"]
        subprocess.run(
            [_program("initdb"), "-D", self._data, "-U", USER, "--locale=C", *options],
            check=True,
            capture_output=True,
            cwd=folder,
            **self._as,
        )
        secret.unlink()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        settings |= {"fsync": "on" if self._durable else "off", "shared_buffers": "32MB"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", self._data, "-p", str(self.port), *options],
                stdout=log,
                stderr=log,
                cwd=self._data.parent,
                **self._as,
            )
        until = time.monotonic() + 30
        while True:
            try:
                return self.run("SELECT 1")
            except psycopg.OperationalError:
                assert self._process.poll() is None, self._log.read_text()
                assert time.monotonic() < until, self._log.read_text()
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop it at once, as a power cut would: nobody's transaction is waited for."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)

    def run(self, command: str, *values: object) -> None:
        """Run a command as `USER`."""
        address = {"host": "127.0.0.1", "port": self.port, "user": USER, "dbname": "postgres"}
        with psycopg.connect(**address, password=self.password, autocommit=True) as connection:
            connection.execute(command, values or None)

    def new_database(self, name: str, like: str = "template1") -> str:
        """Make a database, empty or like another; return its address, which holds no password."""
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{name}"

    def cut_all(self) -> None:
        """Cut all connections but the own one."""
        self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'c%'")


@contextmanager
def running_server(durable: bool = False) -> Iterator[Server]:
    """A server for a `with` block; what it has written goes with it."""
    # Not in the tests' own folder, which is closed to other users.
    with tempfile.TemporaryDirectory(prefix="transferlab-postgres-", dir="/tmp") as folder:
        server = Server(Path(folder), durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _program(name: str) -> str:
    versions = sorted(Path(_DEBIAN).glob("*/bin"), key=lambda folder: int(folder.parent.name))
    path = os.pathsep.join([*map(str, reversed(versions)), os.environ.get("PATH", "")])
    found = shutil.which(name, path=path)
    assert found, f"PostgreSQL's {name} is missing: run .ci/postgres, it says what to do."
    return found
