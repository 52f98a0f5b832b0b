"""`--like-nbgrader` records what `nbgrader autograde` records, and shows where ours differs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.commands.grading_table import differences
from autograder.demo_class import build
from autograder.grading.options import Options
from autograder.grading.whole_class import Grading, find_submissions
from autograder.record import gradebook
from autograder.workspace.folders import Workspace

LESSON = "01_toy"
# Those whom stock nbgrader can grade; igor is right and warns on stderr.
STUDENTS = {"ada", "bela", "chen", "dilan", "elif", "gita", "hana", "igor"}
STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'transferlab'\n"


@pytest.fixture(scope="module")
def ours(tmp_path_factory, toy_repository):
    root = tmp_path_factory.mktemp("like") / "grading"
    source = toy_repository / "solutions" / f"{LESSON}.py"
    workspace, _ = build(root, source, toy_repository / "tests" / "bank", STUDENTS)
    return workspace


@pytest.fixture(scope="module")
def stock(tmp_path_factory, ours):
    """The same class in a plain nbgrader course, graded by nbgrader alone."""
    root = tmp_path_factory.mktemp("stock")
    (root / "nbgrader_config.py").write_text(STOCK)
    for name in ("source", "submitted"):
        shutil.copytree(getattr(ours, name), root / name)
    for command in (["generate_assignment", "--force"], ["autograde"]):
        subprocess.run(
            [Path(sys.executable).with_name("nbgrader"), command[0], LESSON, *command[1:]],
            cwd=root,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            check=True,
            capture_output=True,
        )
    with gradebook.Gradebook(f"sqlite:///{root}/gradebook.db", "transferlab") as book:
        return {
            submission.student_id: {
                grade.name: grade.auto_score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in book.assignment_submissions(LESSON)
        }


def graded(workspace: Workspace, **options):
    return list(Grading(workspace, find_submissions(workspace, [], []), Options(**options)))


def test_scores_are_those_of_nbgrader(ours, stock):
    outcomes = graded(ours, like_nbgrader=True)
    assert {
        outcome.student: {check.grade_id: check.score for check in outcome.checks}
        for outcome in outcomes
    } == stock
    assert set(stock) == STUDENTS
    for outcome in outcomes:
        score, _ = gradebook.scores(ours, LESSON, outcome.student)
        assert score == sum(stock[outcome.student].values())


def test_where_they_differ_is_shown(ours):
    recorded = {outcome.student: outcome for outcome in graded(ours, like_nbgrader=True)}
    assert recorded["igor"].score < 6
    ours_again = {outcome.student: outcome for outcome in graded(ours)}
    assert ours_again["igor"].score == 6
    table = differences(list(ours_again.values()), like_nbgrader=False)
    assert set(table.columns[0].cells) == {"igor"}
    assert set(table.columns[1].cells) == {"double_check"}
    assert list(table.columns[2].cells) == ["2"]
    assert list(table.columns[3].cells) == ["0"]
    assert differences([ours_again["ada"]], like_nbgrader=False) is None
