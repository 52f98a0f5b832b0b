"""Hands in all attacks beside the work of honest students, grades the class once, and watches."""

import hashlib
import os
import shutil
import socket
import tempfile
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat
import psutil
import pytest

from autograder import answer_bank
from autograder.demo_class import Homework
from autograder.execution import notebook
from autograder.grading import this_machine
from autograder.grading.options import Options
from autograder.grading.whole_class import Grading
from autograder.lesson.release import release_lesson
from autograder.lesson.source import read_lesson
from autograder.processes import SandboxLimits
from autograder.record.feedback_pages import write_feedback
from autograder.scoring.results import Outcome
from autograder.workspace.exchange import as_student, collect, release_to_exchange
from autograder.workspace.folders import Workspace, create_workspace
from tests.grading.attacks.attackers import MODEL, TOY, Attack

HERE = Path(__file__).parent
GRADING = HERE.parent
# The honest ones are graded last: nobody before them may have spoiled anything.
HONEST = {"ada": TOY, "bela": TOY, "chen": MODEL, "dilan": MODEL}


@dataclass(frozen=True)
class Siege:
    """The class after it was graded, and what was watched meanwhile."""

    workspace: Workspace
    lessons: dict[str, str]
    outcomes: dict[str, Outcome]
    unchanged: bool
    grown: int
    visitors: int
    left_files: list[str]

    def outputs(self, student: str) -> str:
        """All that the student's cells show."""
        lesson = self.lessons[student]
        path = self.workspace.autograded / student / lesson / f"{lesson}.ipynb"
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


def besiege(root: Path, attacks: list[Attack]) -> Siege:
    """Build the class in an empty folder, grade it once, and watch."""
    shutil.copytree(GRADING / "solutions", root / "solutions")
    shutil.copytree(HERE / "solutions", root / "solutions", dirs_exist_ok=True)
    shutil.copytree(GRADING / "bank", root / "tests" / "bank")
    workspace = create_workspace(root / "grading")
    lessons = {attack.name: attack.lesson for attack in attacks} | HONEST
    names = sorted(set(lessons.values()))
    for name in names:
        release_lesson(root / "solutions" / f"{name}.py", workspace)
        release_to_exchange(name, workspace)
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
        for attack in attacks:
            _submit(workspace, root, attack.name, attack.lesson, known, attack)
        for student, lesson in HONEST.items():
            _submit(workspace, root, student, lesson, known)
        for name in names:
            collect(name, workspace)
        before = fingerprint(workspace)
        passing = root / "passing"
        passing.mkdir()
        with Memory() as memory:
            outcomes = _grade(workspace, lessons, passing)
        visitors = sum(map(_came, (door, hidden)))
    pages = [(attack.lesson, attack.name) for attack in attacks if attack.says("page")]
    for page in write_feedback(workspace, pages):
        assert not page.reason
    unchanged = fingerprint(workspace) == before
    left = os.listdir(passing)
    return Siege(workspace, lessons, outcomes, unchanged, memory.grown, visitors, left)


def _grade(workspace: Workspace, lessons: dict[str, str], passing: Path) -> dict[str, Outcome]:
    """Grade one lesson after the other, so that the toy's processes have no Keras."""
    options = Options(jobs=2, cell_seconds=3, deadline=20)
    found: dict[str, Outcome] = {}
    with pytest.MonkeyPatch.context() as patch:
        # Others may be at work on this machine: what this grader leaves must be seen alone.
        patch.setattr(tempfile, "tempdir", str(passing))
        patch.setattr(notebook, "_GRACE_SECONDS", 2)
        patch.setattr(this_machine, "SandboxLimits", partial(SandboxLimits, memory_mb=2000))
        for name in sorted(set(lessons.values())):
            pairs = [(name, student) for student, lesson in lessons.items() if lesson == name]
            found |= {outcome.student: outcome for outcome in Grading(workspace, pairs, options)}
    return found


def _submit(
    workspace: Workspace,
    root: Path,
    student: str,
    name: str,
    known: dict[str, str],
    attack: Attack | None = None,
) -> None:
    """Let a student fetch, work and submit; most by hand, for it takes a tenth of the time."""
    lesson = read_lesson(root / "solutions" / f"{name}.py")
    answers = answer_bank.load(name, root / "tests" / "bank")
    by_exchange = attack is not None and attack.says("exchange")
    if by_exchange:
        home = workspace.root / "students" / student
        home.mkdir(parents=True)
        as_student(student, name, home, "FetchAssignment", workspace)
    else:
        home = workspace.submitted / student
        shutil.copytree(workspace.root / "release" / name, home / name)
    homework = Homework(home / name, lesson, answers)
    if attack is None:
        homework.fill({})
    else:
        attack.work(homework, known)
    if by_exchange:
        as_student(student, name, home, "Submit", workspace)


def fingerprint(workspace: Workspace) -> dict[object, object]:
    """All that nobody may change: the lesson, what was handed in, the configuration."""
    found: dict[object, object] = {}
    for folder in (workspace.source, workspace.submitted, workspace.root / "release"):
        for path in folder.rglob("*"):
            kind = path.lstat().st_mode
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            found[path] = kind, hashlib.sha256(content).hexdigest()
    found["config"] = (workspace.root / "nbgrader_config.py").read_bytes()
    return found


def _came(listener: socket.socket) -> int:
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


def points_gained(siege: Siege, attacks: list[Attack]) -> float:
    """How many points all attacks together have got beyond what their work deserves."""
    given = {name: outcome.score or 0 for name, outcome in siege.outcomes.items()}
    return sum(max(0, given[attack.name] - (attack.score or 0)) for attack in attacks)
