"""Open JupyterLab on the course: ``python -m transferlab.lab``.

If the course cannot be opened, it says why in one sentence. It must not know about lessons or
grading.
"""

import argparse
import errno
import os
import shutil
import socket
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from transferlab.errors import TransferlabError

COURSE = Path(__file__).resolve().parents[1]
START = "start.ipynb"
# Turn off what uses the network and nbgrader's tools for instructors; set nbgrader's course.
SETTINGS = Path(__file__).with_name("jupyter")
ROOM_NEEDED = 50 * 2**20  # bytes: a student's notebooks, checkpoints and plots
# Makes a restarted kernel ready in half a second; where it can't, it starts one as Jupyter does.
WARM = "warm-provisioner"


class LabError(TransferlabError):
    """JupyterLab cannot be opened here; the message says what to do."""


def check_packages() -> None:
    """Raise `LabError` when a package that the lessons import is not installed."""
    missing = []
    for package in ("jupyterlab", "ipykernel", "ipywidgets", "keras", "matplotlib", "nbgrader"):
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            missing.append(package)
    if missing:
        raise LabError(
            f"The package {' and '.join(missing)} is missing from this environment: delete the "
            "folder .venv and run `make lab` again."
        )


def check_folder(folder: Path) -> None:
    """Raise `LabError` when `folder` cannot hold a student's work."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            probe.write(b"room for your work")
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise LabError(
                "The disk is full: free some space, so that your work can be saved."
            ) from error
        raise LabError(
            f"No permission to write to {folder}: move the course to a folder of your own, so that "
            "your work can be saved."
        ) from error
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        raise LabError(
            f"Only {free // 2**20} MB are free on this disk: free {ROOM_NEEDED // 2**20} MB, so "
            "that your work can be saved."
        )


def check_port(port: int) -> None:
    """Raise `LabError` when `port` is taken or not allowed."""
    with socket.socket() as probe:
        # As Jupyter's own server does: a port that another program has just left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                raise LabError(
                    f"Port {port} is taken: close the program that holds it (an earlier "
                    f"JupyterLab?), or choose another with `make lab PORT={port + 1}`."
                ) from error
            raise LabError(
                f"Port {port} cannot be used ({error}): choose one from 1024 to 65535, for "
                "example with `make lab PORT=8889`."
            ) from error


def command(arguments: list[str], port: int | None) -> list[str]:
    """Return the command line that starts JupyterLab on the course, open at its start page."""
    lab = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={COURSE}"]
    lab.append(f"--LabApp.default_url=/lab/tree/{START}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        lab.append("--allow-root")  # as in a container, where there is no other user
    if port is not None:
        lab += [f"--port={port}", "--ServerApp.port_retries=0"]
    return lab + arguments


def _put_first(variable: str, folder: Path) -> None:
    paths = [str(folder), *filter(None, [os.environ.get(variable)])]
    os.environ[variable] = os.pathsep.join(paths)


def use_own_programs() -> None:
    """Put the environment's own programs first on the PATH: nbgrader calls some of them by name."""
    _put_first("PATH", Path(sys.executable).parent)


def use_student_settings() -> None:
    """Show only a student's tools, and set nbgrader's course and exchange."""
    _put_first("JUPYTER_CONFIG_PATH", SETTINGS)


def use_warm_kernels() -> None:
    """Make Jupyter start warm kernels on Linux, unless something else was chosen."""
    installed = metadata.entry_points(group="jupyter_client.kernel_provisioners")
    if sys.platform == "linux" and WARM in installed.names:
        os.environ.setdefault("JUPYTER_DEFAULT_PROVISIONER_NAME", WARM)


def main() -> None:
    """Check what can go wrong, then become JupyterLab."""
    parser = argparse.ArgumentParser(
        prog="python -m transferlab.lab",
        description="Open the course in JupyterLab.",
        epilog="Further options go to JupyterLab, for example --no-browser.",
    )
    parser.add_argument("--port", type=int, help="the port to listen on (default: the first free)")
    options, rest = parser.parse_known_args()
    try:
        check_packages()
        check_folder(COURSE)
        if options.port is not None:
            check_port(options.port)
    except LabError as error:
        sys.exit(f"lab: {error}")
    os.chdir(COURSE)
    use_own_programs()
    use_student_settings()
    use_warm_kernels()
    run = command(rest, options.port)
    os.execv(run[0], run)


if __name__ == "__main__":
    main()
