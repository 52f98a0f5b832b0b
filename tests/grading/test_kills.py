"""A grader that is killed at any moment loses no grade and doubles none."""

import itertools
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.commands.grading_table import unexpected
from autograder.demo_class import build
from autograder.errors import WorkspaceError
from autograder.grading.whole_class import Grading, find_submissions
from autograder.record import gradebook
from autograder.record.journal import Journal
from autograder.workspace.folders import Workspace
from tests.grading.killing import kill_often, wait_until_gone

LESSON = "01_toy"
# Enough here to pass each step a few times; the figure for many more is the benchmark's.
KILLS = 12


@pytest.fixture(scope="module")
def ungraded(tmp_path_factory, toy_repository):
    """Students whose submissions end at once, not yet graded."""
    wanted = {"ada", "bela", "dilan", "elif", "gita", "igor", "kofi", "lena", "otto", "rosa"}
    root = tmp_path_factory.mktemp("kills") / "grading"
    source = toy_repository / "solutions" / f"{LESSON}.py"
    return build(root, source, toy_repository / "tests" / "bank", wanted)


@pytest.fixture(scope="module")
def some_class(tmp_path_factory, ungraded):
    """The same class for those who grade it."""
    workspace, students = ungraded
    return copied(workspace, tmp_path_factory.mktemp("graded")), students


def copied(workspace: Workspace, folder: Path) -> Workspace:
    """A copy of a class in a folder."""
    return Workspace(shutil.copytree(workspace.root, folder / "grading"))


def test_killed_at_random_moments(ungraded, tmp_path):
    workspace, students = ungraded
    classes = []

    def copies() -> Iterator[Workspace]:
        for number in itertools.count():
            classes.append(copied(workspace, tmp_path / str(number)))
            yield classes[-1]

    graders, wrong = kill_often(copies(), random.Random(0), KILLS)
    assert wrong == []
    for graded in classes:
        outcomes = list(Grading(graded, find_submissions(graded, [], [])))
        assert unexpected(outcomes, students) == []
    wait_until_gone(*graders)


def test_graded_again_is_not_run_again(some_class):
    workspace, _ = some_class
    pairs = find_submissions(workspace, [], [])
    list(Grading(workspace, pairs))
    assert all(outcome.cached for outcome in Grading(workspace, pairs))


def test_what_the_gradebook_lost_is_recorded_again(some_class):
    workspace, students = some_class
    pairs = find_submissions(workspace, [], [])
    list(Grading(workspace, pairs))
    with workspace.gradebook() as book:
        book.remove_submission(LESSON, "ada")
    executed = workspace.autograded / "bela" / LESSON / f"{LESSON}.ipynb"
    executed.unlink()
    outcomes = list(Grading(workspace, pairs))
    assert all(outcome.cached for outcome in outcomes)
    assert unexpected(outcomes, students) == []
    assert gradebook.scores(workspace, LESSON, "ada") == (6, 6)
    assert executed.is_file()


def test_a_changed_check_is_run_for_all_who_have_it(some_class):
    workspace, _ = some_class
    pairs = find_submissions(workspace, [], [])
    list(Grading(workspace, pairs))
    source = workspace.source / LESSON / f"{LESSON}.ipynb"
    source.write_text(source.read_text().replace("numbers need not be whole", "halves count"))
    outcomes = {outcome.student: outcome for outcome in Grading(workspace, pairs)}
    assert not any(outcome.cached for outcome in outcomes.values())
    assert "halves count" in outcomes["dilan"].checks[0].reason


def test_a_changed_submission_is_run_alone(some_class):
    workspace, _ = some_class
    pairs = find_submissions(workspace, [], [])
    list(Grading(workspace, pairs))
    path = workspace.submitted / "ada" / LESSON / f"{LESSON}.ipynb"
    notebook = json.loads(path.read_text())
    notebook["metadata"]["touched"] = True
    path.write_text(json.dumps(notebook))
    outcomes = list(Grading(workspace, pairs))
    assert [outcome.student for outcome in outcomes if not outcome.cached] == ["ada"]


def test_the_second_grader_says_so_and_leaves(some_class):
    workspace, _ = some_class
    with (
        Journal(workspace.root).locked([LESSON]),
        pytest.raises(WorkspaceError, match=f"Another grader is working on {LESSON}"),
    ):
        list(Grading(workspace, find_submissions(workspace, [], [])))


def test_a_torn_journal_is_read_as_far_as_it_goes(tmp_path):
    journal = Journal(tmp_path)
    journal.note_recorded("a lesson", "ada", "key")
    lines = tmp_path / ".autograder" / "journal.jsonl"
    lines.write_text(lines.read_text() + '["a lesson", "be')
    assert Journal(tmp_path).is_recorded("a lesson", "ada", "key")
    again = Journal(tmp_path)
    assert not again.is_recorded("a lesson", "bela", "key")
    again.note_recorded("a lesson", "chen", "key")
    assert Journal(tmp_path).is_recorded("a lesson", "chen", "key")


def test_a_torn_result_is_no_result(tmp_path):
    journal = Journal(tmp_path)
    journal.keep("key", {"score": 1})
    assert journal.result("key") == {"score": 1}
    Path(tmp_path, ".autograder", "results", "key.json").write_text('{"sco')
    assert journal.result("key") is None
