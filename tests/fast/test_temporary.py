"""What a killed grader has left in the temporary folder goes; what may be in use stays."""

import os
import subprocess
import sys
import tempfile
import time

import pytest

from autograder.files import temporary

HOURS = 7200


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def gone():
    """The number of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def left(place, pid, seconds):
    path = place / f"autograder-{pid}-student-x"
    (path / "deep").mkdir(parents=True)
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def test_folders_of_the_dead_go(place):
    path = left(place, gone(), HOURS)
    temporary.clear()
    assert not path.exists()


def test_what_may_be_in_use_stays(place):
    young, living = left(place, gone(), 60), left(place, os.getpid(), HOURS)
    other = place / "autograder-notes"
    other.mkdir()
    os.utime(other, (0, 0))
    temporary.clear()
    assert young.exists()
    assert living.exists()
    assert other.exists()


def test_a_folder_names_its_process(place):
    with temporary.folder("student") as made:
        assert os.path.basename(made).startswith(f"autograder-{os.getpid()}-student-")
    assert not os.path.exists(made)
