"""Classes of invented students, graded once for all tests."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import cli
from autograder.demo_class import Student, build
from autograder.grading.options import Options
from autograder.grading.whole_class import Grading, find_submissions
from autograder.record.feedback_pages import write_feedback
from autograder.scoring.results import Outcome
from autograder.workspace.folders import Workspace

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class GradedClass:
    """A class after `autograder class`."""

    workspace: Workspace
    lesson: str
    students: list[Student]
    outcomes: dict[str, Outcome]

    def feedback(self, student: str) -> str:
        """A student's page."""
        folder = self.workspace.feedback / student / self.lesson
        return (folder / f"{self.lesson}.html").read_text()


def grade(workspace: Workspace, pairs=None, **options):
    """Grade submissions; return the outcomes by student."""
    pairs = pairs or find_submissions(workspace, [], [])
    return {outcome.student: outcome for outcome in Grading(workspace, pairs, Options(**options))}


def run(monkeypatch, captured, *arguments):
    """Run the command; return its exit code and all that it printed."""
    monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    output = captured.readouterr()
    return ended.value.code, output.out + output.err


@pytest.fixture(scope="session")
def toy_repository(tmp_path_factory) -> Path:
    """A repository in small: a lesson without TensorFlow, and its bank."""
    root = tmp_path_factory.mktemp("repository")
    shutil.copytree(HERE / "solutions", root / "solutions")
    shutil.copytree(HERE / "bank", root / "tests" / "bank")
    return root


def whole_way(root: Path, repository: Path, lesson: str, wanted=None, **options) -> GradedClass:
    """Release, submit, collect, grade, write feedback."""
    source = repository / "solutions" / f"{lesson}.py"
    bank = repository / "tests" / "bank"
    workspace, students = build(root, source, bank, wanted)
    outcomes = grade(workspace, **options)
    pages = list(write_feedback(workspace, find_submissions(workspace, [], [])))
    assert [page for page in pages if page.reason] == []
    return GradedClass(workspace, lesson, students, outcomes)


@pytest.fixture(scope="session")
def toy_class(tmp_path_factory, toy_repository) -> GradedClass:
    """The whole class on the toy lesson."""
    before = os.getcwd()
    root = tmp_path_factory.mktemp("class") / "grading"
    graded = whole_way(root, toy_repository, "01_toy", cell_seconds=8)
    assert os.getcwd() == before
    return graded


# One of each kind: a run of the whole lesson costs half a minute of a processor.
KINDS = {"ada", "bela", "dilan", "gita", "igor", "juri", "kofi"}
KINDS |= {"nora", "otto", "pia", "quim", "rosa", "sven", "tara"}


@pytest.fixture(scope="session")
def lesson_class(tmp_path_factory) -> GradedClass:
    """A class on lesson 2."""
    root = tmp_path_factory.mktemp("lesson") / "grading"
    return whole_way(root, ROOT, "02_anatomy_and_freezing", KINDS)
