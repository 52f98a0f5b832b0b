"""Grading on a cluster gives what grading here gives, whatever happens to its machines."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import dask
import pytest

from autograder.demo_class import build
from autograder.errors import GradingFailed, WorkspaceError
from autograder.grading import cluster as far
from autograder.grading import whole_class as grading
from autograder.grading.lesson import Lesson
from autograder.grading.options import Options
from autograder.grading.this_machine import LocalEngine
from autograder.grading.whole_class import Grading, find_submissions
from autograder.record.journal import STATE_FOLDER, recorded_keys
from autograder.scoring.results import Result
from autograder.workspace.folders import Workspace
from tests.grading import clusters
from tests.grading.conftest import run
from tests.grading.killing import Killed, lost_or_doubled, wait_until_gone
from tests.support.servers import free_port

LESSON = "01_toy"
# Right, wrong, mended, not readable, and one whose Python dies.
STUDENTS = {"ada", "bela", "dilan", "gita", "kofi", "lena", "otto", "rosa"}
MOST_SECONDS = 900
OTHER_VERSION = """\
from autograder.files import fingerprint
fingerprint.of_installation = lambda: "another one"
"""

# Alive and answering the scheduler, but with no submission does it come to an end.
SLOW = """\
import time
from pathlib import Path
from autograder.errors import Stopped
from autograder.grading import cluster_worker

def run(lesson, submission, options, runtime):
    while not runtime.bounds.stop.is_set():
        time.sleep(0.1)
    with Path({told!r}).open("a") as file:
        file.write("stopped\\n")
    raise Stopped("nobody waits for it")

cluster_worker.run = run
"""


@pytest.fixture(autouse=True)
def _deadline():
    """No test waits for ever."""

    def stop(*_):
        raise AssertionError(f"not done in {MOST_SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(MOST_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def here(tmp_path_factory, toy_repository):
    """A class, and its outcomes when this machine grades it."""
    root = tmp_path_factory.mktemp("here") / "grading"
    source = toy_repository / "solutions" / f"{LESSON}.py"
    workspace, _ = build(root, source, toy_repository / "tests" / "bank", STUDENTS)
    return workspace, list(Grading(workspace, find_submissions(workspace, [], [])))


@pytest.fixture
def workspace(here, tmp_path):
    """The same class, not yet graded."""
    for name in ("source", "release", "submitted"):
        shutil.copytree(here[0].root / name, tmp_path / "grading" / name)
    shutil.copy(here[0].root / "nbgrader_config.py", tmp_path / "grading")
    with here[0].gradebook():
        shutil.copy(here[0].root / "gradebook.db", tmp_path / "grading")
    trials = tmp_path / "grading" / STATE_FOLDER / "trials"
    shutil.copytree(here[0].root / STATE_FOLDER / "trials", trials)
    return Workspace(tmp_path / "grading")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two workers; a test that spoils some starts others."""
    with clusters.running(tmp_path_factory.mktemp("cluster"), clusters.IMPATIENT) as cluster:
        cluster.start("first", "second")
        yield cluster


@pytest.fixture
def graded(workspace, cluster):
    """Grade on the cluster; do something once two outcomes are there; return all outcomes."""

    def graded(then=lambda: None):
        outcomes = []
        with closing(iter(on(cluster.address, workspace))) as coming:
            for outcome in coming:
                outcomes.append(outcome)
                if len(outcomes) == 2:
                    then()
        return outcomes

    return graded


def on(address, workspace, **options):
    return Grading(workspace, find_submissions(workspace, [], []), Options(**options), address)


def facts(outcomes):
    """All that no two runs may differ in."""
    told = {outcome.student: outcome.as_dict() for outcome in outcomes}
    return {name: {**fields, "seconds": 0, "cached": 0} for name, fields in told.items()}


def results(workspace):
    """What the journal keeps, by submission, executed notebooks included."""
    kept = {}
    for path in (workspace.root / STATE_FOLDER / "results").glob("*.json"):
        result = json.loads(path.read_text())
        notebooks = {name: same(text) for name, text in result["notebooks"].items()}
        kept[path.name] = {**result, "seconds": 0, "notebooks": notebooks}
    return kept


def same(text):
    """A notebook without the random names of its widgets and of the cell that tells repairs."""
    notebook = json.loads(text)
    notebook["metadata"].pop("widgets", None)
    notebook["cells"] = [{**cell, "id": ""} for cell in notebook["cells"]]
    return re.sub("[0-9a-f]{32}", "", json.dumps(notebook))


@contextmanager
def overheard(port):
    """A port that leads to this one, and all that passes by in either direction."""
    heard, open_sockets = bytearray(), []

    def pass_on(source, sink):
        with source, sink:
            try:
                while data := source.recv(1 << 16):
                    heard.extend(data)
                    sink.sendall(data)
            except OSError:
                pass

    def listen():
        while True:
            try:
                theirs, _ = server.accept()
            except OSError:
                return
            ours = socket.create_connection(("127.0.0.1", port))
            open_sockets.extend((theirs, ours))
            for pair in ((theirs, ours), (ours, theirs)):
                threading.Thread(target=pass_on, args=pair, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


def test_the_same_to_the_bit_and_no_secret_told(here, workspace, cluster, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "hunter2-in-the-environment")
    config = workspace.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "# password: hunter2-in-the-file\n")
    shutil.rmtree(workspace.root / STATE_FOLDER / "trials")  # they are run there, too
    with overheard(cluster.port) as (port, heard):
        outcomes = list(on(f"tcp://127.0.0.1:{port}", workspace))
    assert len(outcomes) == len(STUDENTS)
    assert facts(outcomes) == facts(here[1])
    assert results(workspace) == results(here[0])
    assert lost_or_doubled(workspace, Killed()) == []
    assert b"numbers need not be whole" in heard  # the lesson, so it can be read
    for secret in (b"hunter2", b"gradebook", b"nbgrader_config", b"submitted"):
        assert secret not in heard


@pytest.mark.parametrize("harm", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_lost_is_replaced_and_nothing_graded_twice(here, workspace, cluster, graded, harm):
    name = f"victim-{harm.name}"
    cluster.start(name)
    outcomes = graded(lambda: cluster.send(name, harm))
    assert sorted(outcome.student for outcome in outcomes) == sorted(STUDENTS)
    assert facts(outcomes) == facts(here[1])
    assert lost_or_doubled(workspace, Killed()) == []
    if harm == signal.SIGSTOP:
        cluster.send(name, signal.SIGKILL)


def test_what_is_too_slow_is_run_elsewhere_too(here, workspace, cluster, tmp_path, monkeypatch):
    preload, told = tmp_path / "slow.py", tmp_path / "told"
    preload.write_text(SLOW.format(told=str(told)))
    monkeypatch.setattr(far, "_START_SECONDS", 10 - Options().deadline)  # twice 10 s in all
    cluster.start("slow", preload=str(preload))
    outcomes = list(on(cluster.address, workspace))
    assert facts(outcomes) == facts(here[1])
    assert lost_or_doubled(workspace, Killed()) == []
    until = time.monotonic() + clusters.PATIENCE
    while not told.exists():  # it has had some, and hears that nobody waits any more
        assert time.monotonic() < until
        time.sleep(0.1)
    cluster.send("slow", signal.SIGKILL)


def test_a_killed_grader_goes_on(here, workspace, cluster):
    command = [Path(sys.executable).with_name("autograder"), "grade", "-w", workspace.root]
    grader = subprocess.Popen(
        [*command, "--cluster", cluster.address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + clusters.PATIENCE
    while not recorded_keys(workspace.root):
        assert grader.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    grader.kill()
    grader.wait()
    before = {student for _, student in recorded_keys(workspace.root)}
    outcomes = list(on(cluster.address, workspace))
    assert {outcome.student for outcome in outcomes if outcome.cached} >= before
    assert facts(outcomes) == facts(here[1])
    assert lost_or_doubled(workspace, Killed()) == []


def test_a_lost_scheduler_is_said_and_grading_goes_on_later(here, workspace, tmp_path):
    with clusters.running(tmp_path / "cluster") as cluster:
        cluster.start("only")
        done = []

        def kill():
            for outcome in on(cluster.address, workspace):
                done.append(outcome.student)
                if len(done) == 2:
                    cluster.send("scheduler", signal.SIGKILL)

        with pytest.raises(GradingFailed) as lost:
            kill()
        assert "\n" not in str(lost.value)
        assert f"The cluster at {cluster.address} can't be used" in str(lost.value)
        assert {student for _, student in recorded_keys(workspace.root)} == set(done)
        only = cluster.processes["only"].pid
        cluster.processes.pop("only").wait(clusters.PATIENCE)  # without a scheduler it ends
        wait_until_gone(only)
        cluster.start("another")
        outcomes = list(on(cluster.address, workspace))
    assert {outcome.student for outcome in outcomes if outcome.cached} >= set(done)
    assert facts(outcomes) == facts(here[1])


def test_where_no_scheduler_is_one_sentence_says_so(workspace, monkeypatch, capsys):
    monkeypatch.setattr("autograder.grading.cluster.CONNECT_SECONDS", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    options = ("grade", "-w", workspace.root, "--cluster")
    code, output = run(monkeypatch, capsys, *options, address)
    assert code == 2
    assert f"The cluster at {address} can't be used" in output
    assert output.strip().splitlines()[-1].startswith("autograder: ")
    assert "Traceback" not in output
    code, output = run(monkeypatch, capsys, *options, "gopher://head")
    assert code == 2
    assert "can't be used as a scheduler's address" in output


def certificate(folder):
    """Dask's settings for a certificate that is its own authority."""
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    files = ["-subj", "/CN=127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*new, *files], cwd=folder, check=True, capture_output=True)
    parts = ("client", "scheduler", "worker")
    settings = {"ca-file": folder / "cert.pem"}
    settings |= {f"{part}.cert": folder / "cert.pem" for part in parts}
    settings |= {f"{part}.key": folder / "key.pem" for part in parts}
    return {f"distributed.comm.tls.{name}": str(path) for name, path in settings.items()}


def test_certificates_and_versions_are_asked_for(here, workspace, tmp_path, monkeypatch):
    settings = certificate(tmp_path)
    preload = tmp_path / "other_version.py"
    preload.write_text(OTHER_VERSION)
    environment = {
        "DASK_" + name.upper().replace(".", "__").replace("-", "_"): path
        for name, path in settings.items()
    }
    with clusters.running(tmp_path / "cluster", environment, "tls") as cluster:
        cluster.start("other", preload=str(preload))
        monkeypatch.setattr("autograder.grading.cluster.CONNECT_SECONDS", 3)
        with pytest.raises((GradingFailed, WorkspaceError), match="can't be used"):
            list(on(cluster.address, workspace))
        with pytest.raises(GradingFailed, match="can't be used"):
            list(on(cluster.address.replace("tls", "tcp"), workspace))
        with dask.config.set(settings):
            with pytest.raises(GradingFailed, match="different version of the course"):
                list(on(cluster.address, workspace))
            assert recorded_keys(workspace.root) == {}
            cluster.send("other", signal.SIGKILL)
            cluster.start("right", threads=2)
            outcomes = list(on(cluster.address, workspace))
    assert facts(outcomes) == facts(here[1])


def test_only_a_window_of_a_large_class_is_under_way(here, monkeypatch):
    """The grader holds no more than that, results included that wait for the gradebook."""
    under_way, most = set(), []

    class Engine(LocalEngine):
        def __init__(self):
            self.threads = 50

        def window(self):
            return 5

        def run(self, lesson, submission, options):
            time.sleep(0.001)
            return Result()

        def stop(self):
            pass

    @contextmanager
    def opened(*_):
        yield Engine()

    def read(lesson, folder):
        under_way.add(folder)
        most.append(len(under_way))

    monkeypatch.setattr(grading, "open_engine", opened)
    monkeypatch.setattr(grading, "read", read)
    monkeypatch.setattr(Lesson, "key", lambda *_: "key")
    monkeypatch.setattr(grading.SolutionTrial, "checks_inside", lambda *_: frozenset())
    pairs = {(LESSON, str(number)): "key" for number in range(1000)}
    lesson = Grading(here[0], [(LESSON, "ada")])
    journal = type("Nowhere", (), {"keep": lambda *_: None})()
    count = 0
    for (name, student), _ in lesson._run(pairs, journal):
        under_way.discard(here[0].submitted / student / name)
        count += 1
    assert count == 1000
    assert max(most) <= 5


def test_a_window_follows_the_workers(here, cluster):
    from autograder.grading.cluster import connected

    lessons = [Lesson.read(here[0].source / LESSON)]
    with connected(cluster.address, lessons, Options()) as engine:
        workers = len(cluster.processes) - 1
        assert engine.window() == 2 * workers
    with connected(cluster.address, lessons, Options(jobs=3)) as engine:
        assert engine.window() == 3


def test_a_worker_that_ends_leaves_nothing(cluster):
    """The last test, for it ends one that has worked for the others."""
    process = cluster.processes["second"]
    mine = f"autograder-{process.pid}-*"
    assert list(Path(os.environ["TMPDIR"]).glob(mine))
    cluster.send("second", signal.SIGTERM)
    wait_until_gone(process.pid)
    assert not list(Path(os.environ["TMPDIR"]).glob(mine))
