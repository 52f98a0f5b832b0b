"""Users of a hub: real Unix users where the tests may make some, else folders of one and the same.

It knows nothing of hubs.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class User:
    """Somebody who logs in under `name` and has a home.

    Attributes:
        view: what stands before a command that all users have to be able to run.
        becoming: what stands before a command that this user runs; nothing if all are one.
    """

    name: str
    home: Path
    view: list[str]
    becoming: list[str]

    @property
    def real(self) -> bool:
        """Whether the system tells this user from the others."""
        return bool(self.becoming)

    def run(self, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, in the own home."""
        return subprocess.run(
            [*self.view, *self.becoming, *command],
            capture_output=True,
            text=True,
            cwd=self.home,
            env=os.environ | {"HOME": str(self.home)} | environment,
            check=False,
        )

    def processes(self) -> list[psutil.Process]:
        """What runs for this user: all that has the own home."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("HOME") == str(self.home):
                    found.append(process)
        return found


def readable_by_all(folder: Path) -> list[str]:
    """What to put before a command so that all users whom it starts can read this project.

    Python or the project may lie in a folder that is closed to them, such as root's home. The
    command then sees the files in a way of its own: of such a folder there is nothing but them.
    """
    needed = {Path(sys.base_prefix), Path(sys.prefix), ROOT}
    closed = {path: _closed(path) for path in needed if _closed(path)}
    if not closed:
        return []
    kept = {path: folder / f"kept-{number}" for number, path in enumerate(closed)}
    steps = [f"mkdir -p {there}; mount --bind {path} {there}" for path, there in kept.items()]
    steps += [f"mount -t tmpfs -o mode=755 none {path}" for path in set(closed.values())]
    steps += [f"mkdir -p {path}; mount --bind {there} {path}" for path, there in kept.items()]
    return ["unshare", "--mount", "sh", "-ec", "; ".join([*steps, 'exec "$@"']), "sh"]


def _closed(path: Path) -> Path | None:
    """The first folder on the way to `path` that is not open to all."""
    way = [*reversed(path.parents), path]
    return next((each for each in way if each.stat().st_mode & 0o005 != 0o005), None)


def can_be_real(folder: Path) -> bool:
    """Whether Unix users can be made here, and would be able to read this project."""
    if os.getuid() != 0:
        return False
    with tempfile.TemporaryDirectory(dir=folder) as passing:
        program = [sys.executable, "-P", "-c", "import autograder, jupyterhub, transferlab"]
        command = [*readable_by_all(Path(passing)), *_becoming(65534, 65534), *program]
        return subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 0


@contextmanager
def made(folder: Path, names: list[str]) -> Iterator[list[User]]:
    """Make users with homes in `folder`; in the end, they and what they run are gone."""
    run = secrets.token_hex(3)
    make = _real if can_be_real(folder) else _alike
    users: list[User] = []
    try:
        for name in names:
            users.append(make(f"{name}-{run}", folder))
        yield users
    finally:
        for user in users:
            running = user.processes()
            for process in running:
                with suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs(running, timeout=30)
            if user.real:
                subprocess.run(["userdel", user.name], check=True, capture_output=True)


def _real(name: str, folder: Path) -> User:
    home = folder / name
    new = ["useradd", "--user-group", "--no-log-init", "--shell", "/bin/bash"]
    new += ["--create-home", "--key", "HOME_MODE=0700", "--home-dir", str(home), name]
    subprocess.run(new, check=True, capture_output=True)
    owner = home.stat()
    return User(name, home, readable_by_all(folder), _becoming(owner.st_uid, owner.st_gid))


def _becoming(user: int, group: int) -> list[str]:
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]


def _alike(name: str, folder: Path) -> User:
    """A user who is one with all others, so that nbgrader has to be told the name."""
    home = folder / name
    config = home / ".jupyter" / "nbgrader_config.py"
    config.parent.mkdir(parents=True)
    config.write_text(f'get_config().CourseDirectory.student_id = "{name}"\n')
    return User(name, home, [], [])
