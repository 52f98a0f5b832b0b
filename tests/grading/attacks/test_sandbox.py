"""The walls stand for an ordinary user as well; where a step is forbidden, nothing is run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.processes import sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can shut code in")

ROOT = Path(__file__).parents[3]
USER = 1000
# What a keeper does for each submission. Nothing but the child may ever change its root.
SHUT_IN = """
import errno, os, sys, tempfile
from pathlib import Path
from autograder.processes import sandbox
from autograder.errors import SandboxUnavailable

forbidden = sys.argv[1:]

def refuse(*arguments):
    sandbox.ctypes.set_errno(errno.EPERM)
    return -1

class Libc:
    def __getattr__(self, name):
        return refuse if name in forbidden else getattr(real, name)

real, sandbox._libc = sandbox._libc, Libc()
root, files = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
(files / "data.csv").write_text("1,2")
visible = (*sandbox.python_folders(), Path(sandbox.__file__).parents[2])
place = sandbox.Place(root, visible, files, "lesson")
try:
    sandbox.isolate()
except SandboxUnavailable as error:
    sys.exit(f"refused: {error}")
child = os.fork()
if child == 0:
    code = 1
    try:
        sandbox.enter_sandbox(place)
        code = 0
        print("inside:", os.getuid() != 0, os.listdir(), sorted(os.listdir("/home")), flush=True)
    except SandboxUnavailable as error:
        print(f"refused: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
# An interpreter in a home that is closed to others is shown to the user at the same place.
AS_USER = """
set -e
mount -t tmpfs -o mode=1777 tmpfs /mnt
for folder in "$@"; do
    mkdir -p "/mnt/kept$folder"
    mount --rbind "$folder" "/mnt/kept$folder"
done
mount -t tmpfs -o mode=755 tmpfs /root
for folder in "$@"; do
    mkdir -p "$folder"
    mount --rbind "/mnt/kept$folder" "$folder"
done
cd /
export HOME=/mnt TMPDIR=/mnt
exec setpriv --reuid {user} --regid {user} --clear-groups "$PYTHON" -c "$CODE"
"""


@pytest.fixture
def shut_in(tmp_path):
    """Run it in a mount namespace of its own, whatever goes wrong there."""
    outside = ["unshare", "--mount"] if os.geteuid() == 0 else []
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}

    def shut_in(*forbidden):
        command = [*outside, sys.executable, "-c", SHUT_IN, *forbidden]
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)

    return shut_in


def test_walls_stand(shut_in):
    ended = shut_in()
    assert ended.stdout == "inside: True ['data.csv'] ['student']\n", ended.stderr


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("unshare", "create namespaces"),
        ("mount", "mount none"),
        ("capset", "drop all capabilities"),
    ],
)
def test_a_forbidden_step_is_said_and_nothing_runs(shut_in, call, what):
    ended = shut_in(call)
    assert ended.returncode != 0
    assert ended.stdout == ""
    assert ended.stderr == (
        f"refused: this system does not let the grader {what} (Operation not permitted)\n"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_walls_stand_for_an_ordinary_user():
    tools = ("unshare", "setpriv", "mount")
    if missing := [tool for tool in tools if not shutil.which(tool)]:
        pytest.skip(f"{missing[0]} is not installed")
    needed = (*sandbox.python_folders(), ROOT)
    hidden = [path for path in needed if path.is_relative_to("/root")]
    ended = subprocess.run(
        ["unshare", "--mount", "sh", "-c", AS_USER.replace("{user}", str(USER)), "sh", *hidden],
        env={**os.environ, "PYTHON": sys.executable, "CODE": SHUT_IN, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    if "refused" in ended.stderr and "namespaces" in ended.stderr:
        pytest.skip(f"this system: {ended.stderr.strip()}")
    assert ended.stdout == "inside: True ['data.csv'] ['student']\n", ended.stderr
