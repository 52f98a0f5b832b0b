"""A class of attackers, graded once: each gets what the work deserves, and nobody is disturbed."""

import hashlib
import os
import re
import shutil
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat
import psutil
import pytest

from autograder import bank, execution, sandbox
from autograder.classroom import Homework
from autograder.exchange import as_student, collect, hand_out
from autograder.feedback import write_feedback
from autograder.grade import Grading
from autograder.outcome import Outcome
from autograder.release import release
from autograder.source import read_lesson
from autograder.submission import Options
from autograder.workspace import Workspace, create
from tests.attacks.attackers import Attack, load

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can shut code in")

LESSON = "01_toy"
TOY = Path(__file__).parents[1] / "grading"
HONEST = ("ada", "bela")
ATTACKS = load()
# What the grader itself may grow by: the submissions' outputs, 40 MB each at most, as objects.
MOST_MEMORY = 1_000_000_000


@dataclass(frozen=True)
class Siege:
    """The class after it was graded, and what was watched meanwhile."""

    workspace: Workspace
    outcomes: dict[str, Outcome]
    unchanged: bool
    grown: int
    visitors: int
    left_files: list[str]
    seconds: float

    def outputs(self, student: str) -> str:
        """All that the student's cells show."""
        path = self.workspace.autograded / student / LESSON / f"{LESSON}.ipynb"
        if not path.is_file():
            return ""
        return "\n".join(
            str(part)
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "code"
            for output in cell.outputs
            for part in (output.get("text"), output.get("evalue"), output.get("data"))
        )

    def reasons(self, student: str) -> str:
        """What the instructor is told."""
        outcome = self.outcomes[student]
        checks = [f"{check.grade_id}: {check.reason}" for check in outcome.checks]
        return "\n".join([outcome.reason, *outcome.repairs, *checks])


@pytest.fixture(scope="module")
def siege(tmp_path_factory) -> Siege:
    """Build the class, grade it once, and watch."""
    root = tmp_path_factory.mktemp("siege")
    source = root / "solutions" / f"{LESSON}.py"
    shutil.copytree(TOY / "solutions", root / "solutions")
    shutil.copytree(TOY / "bank", root / "tests" / "bank")
    workspace = create(root / "grading")
    release(source, workspace)
    hand_out(LESSON, workspace)
    with socket.create_server(("127.0.0.1", 0)) as door, socket.socket(socket.AF_UNIX) as hidden:
        port = str(door.getsockname()[1])
        hidden.bind(f"\0transferlab-attack-{port}")
        hidden.listen()
        known = {
            "workspace": str(workspace.root),
            "repository": str(root),
            "port": port,
            "grader": str(os.getpid()),
        }
        for attack in ATTACKS:
            submit(workspace, source, attack.name, known, attack)
        for student in HONEST:
            submit(workspace, source, student, known)
        collect(LESSON, workspace)
        before = fingerprint(workspace)
        passing = root / "passing"
        passing.mkdir()
        # The honest ones come last: nobody before them may have spoiled anything.
        students = [*(attack.name for attack in ATTACKS), *HONEST]
        began = time.monotonic()
        with pytest.MonkeyPatch.context() as patch, Memory() as memory:
            # Others may be at work on this machine: what this grader leaves must be seen alone.
            patch.setattr(tempfile, "tempdir", str(passing))
            patch.setattr(execution, "_GRACE_SECONDS", 2)
            patch.setattr(sandbox, "Limits", partial(sandbox.Limits, memory_mb=2000))
            options = Options(jobs=2, cell_seconds=3, deadline=20)
            grading = Grading(workspace, [(LESSON, student) for student in students], options)
            outcomes = {outcome.student: outcome for outcome in grading}
        seconds = time.monotonic() - began
        visitors = sum(came(listener) for listener in (door, hidden))
    wanted = [attack.name for attack in ATTACKS if attack.says("page")]
    for page in write_feedback(workspace, [(LESSON, student) for student in wanted]):
        assert not page.reason
    return Siege(
        workspace,
        outcomes,
        fingerprint(workspace) == before,
        memory.grown,
        visitors,
        os.listdir(passing),
        seconds,
    )


def submit(workspace, source, student, known, attack=None):
    """Let a student fetch, work and submit; most by hand, for it takes a tenth of the time."""
    lesson = read_lesson(source)
    answers = bank.load(LESSON, source.parents[1] / "tests" / "bank")
    by_exchange = attack is not None and attack.says("exchange")
    if by_exchange:
        home = workspace.root / "students" / student
        home.mkdir(parents=True)
        as_student(student, LESSON, home, "FetchAssignment", workspace)
    else:
        home = workspace.submitted / student
        shutil.copytree(workspace.root / "release" / LESSON, home / LESSON)
    homework = Homework(home / LESSON, lesson, answers)
    if attack is None:
        homework.fill({})
    else:
        attack.work(homework, known)
    if by_exchange:
        as_student(student, LESSON, home, "Submit", workspace)


def fingerprint(workspace):
    """All that nobody may change: the lesson, what was handed in, the configuration."""
    found = {}
    for folder in (workspace.source, workspace.submitted, workspace.root / "release"):
        for path in folder.rglob("*"):
            kind = path.lstat().st_mode
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            found[path] = kind, hashlib.sha256(content).hexdigest()
    found["config"] = (workspace.root / "nbgrader_config.py").read_bytes()
    return found


def came(listener):
    """How many have knocked at a door."""
    listener.setblocking(False)
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return 0
    return 1


class Memory:
    """Watches what this process grows by."""

    def __enter__(self):
        self._process = psutil.Process()
        self._began = self._most = self._process.memory_info().rss
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._stop.set()
        self._thread.join()

    def _watch(self):
        while not self._stop.wait(0.1):
            self._most = max(self._most, self._process.memory_info().rss)

    @property
    def grown(self):
        return self._most - self._began


def cases(field=None):
    """The attacks as parameters, those that say something in a field."""
    for attack in ATTACKS:
        if field is None or attack.says(field):
            yield pytest.param(attack, id=attack.name)


@pytest.mark.parametrize("attack", list(cases()))
def test_gets_what_the_work_deserves(siege, attack: Attack):
    outcome = siege.outcomes[attack.name]
    told = siege.reasons(attack.name)
    assert outcome.score == attack.score, told
    assert re.search(attack.says("seen"), told), told
    if outcome.score != 6:
        assert outcome.reason or any(check.reason for check in outcome.checks)
    shown = siege.outputs(attack.name)
    assert re.search(attack.says("shows"), shown), shown[:2000]
    if never := attack.says("never"):
        assert not re.search(never, shown), shown[:2000]


def test_all_rows_of_the_table_are_there():
    kinds = {attack.kind for attack in ATTACKS}
    assert kinds == {"grade", "spy", "record", "resources", "hostile", "files", "innocent"}


def test_the_honest_are_not_disturbed(siege):
    for student in HONEST:
        assert siege.outcomes[student].score == 6
        assert siege.reasons(student).count(": \n") >= 2


def test_everyone_has_one_record(siege):
    expected = {*HONEST, *(attack.name for attack in ATTACKS)}
    with siege.workspace.gradebook() as book:
        submissions = book.assignment_submissions(LESSON)
        scores = {entry.student_id: entry.score for entry in submissions}
    assert len(submissions) == len(expected)
    assert set(scores) == set(siege.outcomes) == expected
    for student, score in scores.items():
        assert score == (siege.outcomes[student].score or 0)


def test_nothing_was_changed_or_left(siege):
    assert siege.unchanged
    assert siege.left_files == []
    assert not list(siege.workspace.root.parent.rglob("*attacked*"))
    assert not Path("/usr/attacked").exists()


def test_nobody_knocked(siege):
    assert siege.visitors == 0


def test_the_grader_stays_small(siege):
    assert siege.grown < MOST_MEMORY


def test_no_process_is_left(siege):
    """What is forked from a zygote keeps its command line, which names the socket."""
    until = time.monotonic() + 10
    while left := [p for p in psutil.process_iter(["cmdline", "ppid"]) if is_ours(p)]:
        assert time.monotonic() < until, left
        time.sleep(0.1)


def is_ours(process):
    return any("transferlab-zygote-" in part for part in process.info["cmdline"] or ())


def test_a_forged_timestamp_is_overwritten(siege):
    with siege.workspace.gradebook() as book:
        submission = book.find_submission(LESSON, "record_forged_timestamp")
    assert submission.timestamp.year > 2020


@pytest.mark.parametrize("attack", list(cases("page")))
def test_nothing_on_a_page_acts_by_itself(siege, attack):
    folder = siege.workspace.feedback / attack.name / LESSON
    page = (folder / f"{LESSON}.html").read_text()
    assert not re.search(r"<script[\s>]", page.partition("</head>")[2], re.IGNORECASE)
    assert not re.search(r"<meta[^>]*http-equiv=.?refresh", page, re.IGNORECASE)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1]
    assert page.index(policy) < page.index("<style")
    # What is left, such as `onerror`, is forbidden to run, to load, to send or to lead elsewhere.
    for rule in ("default-src 'none'", "form-action 'none'", "base-uri 'none'"):
        assert rule in policy
    assert "script-src" not in policy
