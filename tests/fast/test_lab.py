"""What keeps the course from opening is said in one sentence; the real programs are run."""

import os
import re
import shutil
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from transferlab import lab

ROOT = Path(__file__).parents[2]
SETUP = ROOT / ".ci" / "setup"


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )
    assert "Traceback" not in done.stderr
    return done


def test_taken_port_is_named_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(sys.executable, "-m", "transferlab.lab", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert f"make lab PORT={port + 1}" in done.stderr


def test_port_that_does_not_exist_gets_one_that_does() -> None:
    done = run(sys.executable, "-m", "transferlab.lab", "--port", "80000")
    assert done.returncode == 1
    assert "Port 80000 cannot be used" in done.stderr
    assert "make lab PORT=8889" in done.stderr


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    version = metadata.version

    def without_nbgrader(name: str) -> str:
        if name == "nbgrader":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", without_nbgrader)
    with pytest.raises(lab.LabError, match=r"nbgrader is missing .* run `make lab` again"):
        lab.check_packages()


def test_folder_that_takes_no_work_is_refused(tmp_path: Path) -> None:
    with pytest.raises(lab.LabError, match="No permission to write"):
        lab.check_folder(tmp_path / "missing")


def test_full_disk_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=3 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(lab.LabError, match="Only 3 MB are free"):
        lab.check_folder(tmp_path)


def test_everything_in_place_passes() -> None:
    lab.check_packages()
    lab.check_folder(lab.COURSE)


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_kernels_are_warm_unless_something_else_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTER_DEFAULT_PROVISIONER_NAME", raising=False)
    lab.use_warm_kernels()
    assert os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] == "warm-provisioner"
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "local-provisioner")
    lab.use_warm_kernels()
    assert os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] == "local-provisioner"


def test_kernels_start_cold_where_no_warm_ones_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTER_DEFAULT_PROVISIONER_NAME", raising=False)
    monkeypatch.setattr(metadata, "entry_points", lambda **_: metadata.EntryPoints())
    lab.use_warm_kernels()
    assert "JUPYTER_DEFAULT_PROVISIONER_NAME" not in os.environ


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with what `.ci/setup` reads, and no environment yet."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(SETUP, tmp_path / ".ci")
    for name in ("uv.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def fake_command(folder: Path, name: str, script: str) -> dict[str, str]:
    """Return an environment in which the command `name` comes first and runs `script`."""
    folder.mkdir(exist_ok=True)
    command = folder / name
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def test_setup_refuses_an_unsupported_python(checkout: Path) -> None:
    old = 'case "$1" in --version) echo Python 3.9.1;; *) exit 1;; esac'
    folder = checkout / "bin"
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        environment = fake_command(folder, name, old)
    done = run(checkout / ".ci" / "setup", env=environment)
    assert done.returncode == 1
    assert "Python 3.11, 3.12 or 3.13 is needed, but found Python 3.9.1" in done.stderr
    assert not (checkout / ".venv").exists()


def test_setup_refuses_a_full_disk(checkout: Path) -> None:
    full = "echo header; echo disk 1000 990 10 99% /"
    done = run(checkout / ".ci" / "setup", env=fake_command(checkout / "bin", "df", full))
    assert done.returncode == 1
    assert "only 10 MB are free" in done.stderr
    assert not (checkout / ".venv").exists()


def test_readme_names_only_verbs_that_exist() -> None:
    verbs = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"\bmake ([a-z]+)", (ROOT / "README.md").read_text()))
    assert {"lab", "test", "class", "book", "bench"} <= named <= verbs
