"""A check that can't be judged outside is found by the author's solution, and labelled."""

import io
import json
import re
import shutil
import threading
from pathlib import Path
from typing import Any

import nbformat
import pytest
from rich.console import Console

from autograder.commands.grading_table import table
from autograder.errors import GradingFailed
from autograder.grading.lesson import Lesson
from autograder.grading.solution_trial import SolutionTrial
from autograder.grading.this_machine import LocalEngine
from autograder.lesson.release import release_lesson
from autograder.scoring.results import Result
from autograder.workspace.folders import Workspace, create_workspace
from tests.grading.conftest import grade

LESSON = "01_toy"
# A class of the student's own is no value that can be carried.
SOLUTION = """\
### BEGIN SOLUTION
class Wallet:
    coins = 7


wallet = Wallet()
### END SOLUTION
"""
CHECK = "assert wallet.coins == 7, 'seven coins'\nprint('wallet: passed')\n"
RIGHT = "class Wallet:\n    def __init__(self):\n        self.coins = 7\n\nwallet = Wallet()"

# It has its own way with what the check prints.
TAMPERED = "import builtins\n\nbuiltins.print = lambda *_, p=print: p('passed')\n\n" + RIGHT


def percent_cell(name: str, source: str, **settings: object) -> str:
    """A cell of nbgrader's in an author's file."""
    flags = {"grade": False, "locked": False, "solution": False, "task": False, **settings}
    return (
        f"\n# %% nbgrader={json.dumps({'grade_id': name, 'schema_version': 3, **flags})}\n{source}"
    )


@pytest.fixture
def workspace(tmp_path: Path, toy_repository: Path) -> Workspace:
    """The toy lesson with one exercise more, released; two students' work on it."""
    path = tmp_path / f"{LESSON}.py"
    text = (toy_repository / "solutions" / f"{LESSON}.py").read_text()
    text += percent_cell("wallet", SOLUTION, solution=True)
    path.write_text(text + percent_cell("wallet_check", CHECK, grade=True, locked=True, points=2))
    workspace = create_workspace(tmp_path / "grading")
    release_lesson(path, workspace)
    for student, answer in (("ada", RIGHT), ("bela", "wallet = 7"), ("cleo", TAMPERED)):
        folder = workspace.submitted / student / LESSON
        shutil.copytree(workspace.release / LESSON, folder)
        notebook = nbformat.read(folder / f"{LESSON}.ipynb", 4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name == "wallet":
                cell.source = answer
            elif name == "double":
                cell.source = "def double(number):\n    return number + number"
        nbformat.write(notebook, folder / f"{LESSON}.ipynb")
    return workspace


def test_it_is_judged_inside_and_the_others_are_not(workspace: Workspace) -> None:
    outcomes = grade(workspace)
    scores = {name: outcome.score for name, outcome in outcomes.items()}
    assert scores == {"ada": 4, "bela": 2, "cleo": 4}
    inside = {check.grade_id: check.inside for check in outcomes["ada"].checks}
    shown = io.StringIO()
    Console(file=shown, width=200).print(table(list(outcomes.values())))
    assert "judged in the students' own processes: wallet_check" in shown.getvalue()
    tampered = {name: [c.replaced for c in o.checks if c.replaced] for name, o in outcomes.items()}
    assert tampered == {"ada": [], "bela": [], "cleo": [("builtins.print",)]}
    assert re.search(r"cleo .*tampered .*replaced builtins.print", shown.getvalue())
    assert inside == {
        "double_check": False,
        "halve_check": False,
        "quiz_check": False,
        "wallet_check": True,
    }


def test_a_student_can_not_choose_it(workspace: Workspace) -> None:
    """What they hand in instead of a number is no reason to judge them more kindly."""
    path = workspace.submitted / "ada" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "double":
            cell.source = (
                "class Agreeable:\n    __eq__ = lambda *_: True\n    __ne__ = lambda *_: False\n\n"
                "def double(number):\n    return Agreeable()"
            )
    nbformat.write(notebook, path)
    checks = {check.grade_id: check for check in grade(workspace)["ada"].checks}
    assert checks["double_check"].score == 0
    assert not checks["double_check"].inside


def test_submissions_do_not_wait_for_it(workspace: Workspace, monkeypatch) -> None:
    """One runs beside it, and what it found wrong to assume is run again."""
    submitted, tried = threading.Event(), []
    run, find = LocalEngine.run, SolutionTrial.checks_inside

    def told(self: LocalEngine, *arguments: Any) -> Result:
        submitted.set()
        return run(self, *arguments)

    def late(self: SolutionTrial, lesson: Lesson) -> frozenset[str]:
        tried.append(submitted.wait(30))
        return find(self, lesson)

    monkeypatch.setattr(LocalEngine, "run", told)
    monkeypatch.setattr(SolutionTrial, "checks_inside", late)
    outcomes = grade(workspace, jobs=2)
    assert tried == [True]
    assert {name: outcome.score for name, outcome in outcomes.items()} == {
        "ada": 4,
        "bela": 2,
        "cleo": 4,
    }


def test_its_own_mistake_costs_nobody_points(workspace: Workspace, monkeypatch) -> None:
    def mistaken(*_: object) -> frozenset[str]:
        raise KeyError("a check")

    monkeypatch.setattr(SolutionTrial, "checks_inside", mistaken)
    with pytest.raises(GradingFailed, match="solution of 01_toy could not be tried out"):
        grade(workspace)
    with workspace.gradebook() as book:
        assert not book.assignment_submissions(LESSON)
