"""Ending a process ends what it started, also what tried to slip away."""

import subprocess
import sys
import time

import psutil
import pytest

from autograder.processes.tree import end_tree

SLEEP = "import time; time.sleep(600)"
FAMILY = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {SLEEP!r}], start_new_session=True)
print(child.pid, flush=True)
time.sleep(600)
"""
ORPHAN = """
import os, sys, time
from autograder.processes.tree import adopt_orphans, end_descendants
adopt_orphans()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        time.sleep(600)
    os._exit(0)
os.wait()
time.sleep(0.5)
end_descendants(os.getpid())
"""


def is_alive(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_tree_with_another_session():
    parent = subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())
    end_tree(parent.pid)
    parent.communicate()
    assert not is_alive(child)
    end_tree(parent.pid)  # gone already: nothing to do


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
def test_daemon_is_adopted_and_ended():
    parent = subprocess.run([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, check=True)
    for _ in range(50):
        if not is_alive(int(parent.stdout)):
            return
        time.sleep(0.1)
    pytest.fail("the daemon lives on")
