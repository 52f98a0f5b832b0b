"""From a download to the grades that go back: imported, graded, exported, values right."""

import csv
import json
import zipfile
from datetime import datetime

import pytest

from autograder.commands import app
from autograder.errors import ExportFailed
from autograder.grading.whole_class import find_submissions
from autograder.lms.roster import read_roster
from autograder.record import gradebook
from autograder.record.feedback_pages import write_feedback
from tests.fast.test_lms_roster import CANVAS, WORKSHEET
from tests.grading.conftest import grade
from tests.grading.downloads import FILE, answered, download, released, take_in
from tests.grading.submitting import LESSON

DUE = datetime(2026, 11, 21, 9, 0)
LATE = '\nc.LateSubmissionPlugin.penalty_method = "zero"\n'
ADA = "Ada Lovelace_101_assignsubmission_file_/"
JAN = "Ján Šťastný_102_assignsubmission_file_/"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Two students of a Moodle course: Ada late and half right, Jan in time; it grades for real."""
    root = tmp_path_factory.mktemp("round")
    workspace = released(root / "grading")
    with (workspace.root / "nbgrader_config.py").open("a") as config:
        config.write(LATE)
    with workspace.gradebook() as book:
        book.update_or_create_assignment(LESSON, duedate=DUE)
    wrong = "def halve(number):\n    return number // 2\n"
    files = {f"{ADA}{FILE}": answered(workspace, halve=wrong), f"{JAN}{FILE}": answered(workspace)}
    # A late penalty of Ada's comes from Moodle's worksheet; nothing says when Jan handed in.
    (root / "worksheet.csv").write_text(WORKSHEET)
    path = download(root / "d.zip", files)
    take_in(workspace, path, roster=read_roster(root / "worksheet.csv"))
    outcomes = grade(workspace, cell_seconds=8)
    assert all(outcome.graded for outcome in outcomes.values())
    pairs = find_submissions(workspace, [], [])
    assert [page.reason for page in write_feedback(workspace, pairs)] == ["", ""]
    return workspace


@pytest.fixture
def run(graded, capsys):
    """Runs `autograder export`; returns its exit code and what it told, in one line."""

    def run(*words):
        words = ["export", *map(str, words), "-w", str(graded.root)]
        code = app(words, standalone_mode=False)
        return code or 0, " ".join(capsys.readouterr().out.split())

    return run


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_being_late_costs_points_in_the_gradebook(graded):
    scored = {it.student: it for it in gradebook.scored(graded, [LESSON])}
    ada, jan = scored["ada@uni.edu"], scored["jan@uni.edu"]
    assert (ada.raw, ada.penalty, ada.score) == (2, 2, 0)
    assert (jan.raw, jan.penalty, jan.score) == (5, 0, 5)
    assert ada.when == datetime(2026, 11, 21, 10, 11)
    assert ada.lost == (("halve_check", 0.0, 3.0), ("quiz_check", 0.0, 1.0))


def test_plain_csv_json_and_nbgraders_own_say_the_same(run, tmp_path):
    for form in ("csv", "nbgrader", "json"):
        assert run("--to", form, "-o", tmp_path / form)[0] == 0
    ours, theirs = read(tmp_path / "csv"), read(tmp_path / "nbgrader")
    found = json.loads((tmp_path / "json").read_text())
    for mine, stock, it in zip(ours, theirs, found, strict=True):
        assert mine["student_id"] == stock["student_id"] == it["student"]
        assert float(mine["score"]) == float(stock["score"]) == it["score"]
        assert float(mine["late_penalty"]) == float(stock["late_submission_penalty"])
    assert [row["score"] for row in ours] == ["0", "5"]


def test_moodles_worksheet_and_feedback_files(run, tmp_path):
    roster, out, pages = (tmp_path / name for name in ("worksheet.csv", "out.csv", "pages.zip"))
    roster.write_text(WORKSHEET)
    words = ["1", "--to", "moodle", "--roster", roster, "-o", out, "--feedback", pages]
    assert run(*words)[0] == 0
    ada, jan = read(out)
    assert (ada["Identifier"], ada["Grade"], jan["Grade"]) == ("Participant 101", "0", "5")
    assert ada["Feedback comments"] == "halve_check: 0 of 3; quiz_check: 0 of 1; late: -2"
    with zipfile.ZipFile(pages) as archive:
        assert sorted(archive.namelist()) == [f"{ADA}{LESSON}.html", f"{JAN}{LESSON}.html"]
        page = archive.read(f"{ADA}{LESSON}.html").decode()
    assert "HIDDEN TESTS" not in page
    assert "whole-number division" in page


def test_what_moodle_made_of_the_zip_finds_its_students(run, tmp_path):
    """Moodle takes the second part, split at underscores, for the participant's number."""
    pages = tmp_path / "pages.zip"
    run("--to", "moodle", "-o", tmp_path / "o", "--feedback", pages)
    with zipfile.ZipFile(pages) as archive:
        parts = [name.split("/")[0].split("_", 4) for name in archive.namelist()]
    assert [part[1:4] for part in parts] == [
        ["101", "assignsubmission", "file"],
        ["102", "assignsubmission", "file"],
    ]


def test_plain_feedback_files(run, tmp_path):
    assert run("-o", tmp_path / "g.csv", "--feedback", tmp_path / "pages")[0] == 0
    names = sorted(path.name for path in (tmp_path / "pages").iterdir())
    assert names == ["ada@uni.edu", "jan@uni.edu"]
    assert (tmp_path / "pages" / "ada@uni.edu" / f"{LESSON}.html").is_file()


def test_canvas_says_whom_it_does_not_know(run, tmp_path):
    (tmp_path / "canvas.csv").write_text(CANVAS.replace(",ada,", ",ada@uni.edu,"))
    words = ["--to", "canvas", "--roster", tmp_path / "canvas.csv", "--column", "Toy lesson (77)"]
    code, told = run(*words, "-o", tmp_path / "out.csv")
    assert code == 1
    assert "jan@uni.edu: the roster has no row for this student" in told
    _, ada = read(tmp_path / "out.csv")
    assert (ada["ID"], ada["Toy lesson (77)"]) == ("5001", "0")


def test_points_by_hand_are_exported(run, graded, tmp_path):
    with graded.gradebook() as book:
        book.find_grade("quiz_check", LESSON, LESSON, "jan@uni.edu").manual_score = 1
        book.find_comment("double", LESSON, LESSON, "jan@uni.edu").manual_comment = "=Well done!"
        book.db.commit()
    run("-o", tmp_path / "g.csv")
    jan = read(tmp_path / "g.csv")[1]
    assert (jan["score"], jan["feedback"]) == ("6", "'=Well done!")


def test_feedback_before_there_is_any(run, graded, tmp_path):
    (graded.root / "feedback").rename(tmp_path / "moved")
    try:
        with pytest.raises(ExportFailed, match="no feedback page yet"):
            run("-o", tmp_path / "g.csv", "--feedback", tmp_path / "pages.zip")
    finally:
        (tmp_path / "moved").rename(graded.root / "feedback")
