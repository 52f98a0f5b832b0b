"""The forms in which grades leave, and that no cell of them is a program."""

import csv
import io
import json
from datetime import datetime
from functools import partial

import pytest

from autograder.errors import ExportFailed
from autograder.lms.forms import ExportFormat
from autograder.lms.grades import as_json, as_table, neutral, number
from autograder.record.gradebook import Scored
from tests.fast.test_lms_roster import CANVAS, WORKSHEET
from tests.grading.downloads import roster_of

WHEN = datetime(2026, 11, 21, 10, 11)


def scored(student, raw, penalty=0.0, lesson="toy_lesson", **more):
    details = {"first": "Ada", "last": "Lovelace", "email": "", "most": 6.0, "when": WHEN}
    details |= {"lost": (), "comments": (), "unfinished": False}
    return Scored(lesson=lesson, student=student, raw=raw, penalty=penalty, **{**details, **more})


def rows(table):
    return list(csv.reader(io.StringIO(table.as_csv())))


@pytest.fixture
def roster(tmp_path):
    return partial(roster_of, tmp_path)


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", '=HYPERLINK("x")'],
)
def test_formulas_are_neutralised(cell):
    assert neutral(cell) == f"'{cell}"
    table = as_table(ExportFormat.CSV, [scored("ada", 1, first=cell, comments=(cell,))])
    assert not [c for c in rows(table)[1] if c.lstrip().startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("cell", ["ada", "-", "", "-1.5", "1-2", "O'Neill", "a=b"])
def test_what_is_no_formula_stays(cell):
    assert neutral(cell) == cell


def test_numbers():
    assert [number(x) for x in (0, -0.0, 5, 5.5, 1 / 3, 1e6, 100)] == [
        *("0", "0", "5", "5.5", "0.3333", "1000000", "100")
    ]


def test_plain_and_json():
    it = scored("ada", 5, 1.5, lost=(("double_check", 1.0, 2.0),), comments=("Good.",))
    table = rows(as_table(ExportFormat.CSV, [it]))
    row = dict(zip(*table, strict=True))
    assert (row["raw_score"], row["late_penalty"], row["score"]) == ("5", "1.5", "3.5")
    assert row["feedback"] == "double_check: 1 of 2; late: -1.5; Good."
    assert json.loads(as_json([it]))[0]["score"] == 3.5


def test_moodle_without_a_roster():
    found = rows(as_table(ExportFormat.MOODLE, [scored("ada", 5), scored("ada", 2, lesson="b")]))
    assert found[0][-4:] == ["toy_lesson", "toy_lesson (feedback)", "b", "b (feedback)"]
    assert found[1] == ["ada", "", "Ada", "Lovelace", "", "5", "", "2", ""]


def test_moodles_worksheet_is_filled_in(roster):
    listed = roster(WORKSHEET)
    table = as_table(ExportFormat.MOODLE, [scored("ada@uni.edu", 5), scored("bob", 1)], listed)
    found = rows(table)
    assert found[0] == list(listed.headers)
    assert found[1][:2] + found[1][4:5] == ["Participant 101", "Ada Lovelace", "5"]
    assert found[2][4] == ""
    assert table.missing == {"bob": "the worksheet has no row for this student"}


def test_another_maximum_is_never_overlooked(roster):
    listed = roster(WORKSHEET.replace("6.00", "100.00"))
    with pytest.raises(ExportFailed, match="gives 6 points and the system's assignment 100"):
        as_table(ExportFormat.MOODLE, [scored("ada@uni.edu", 3)], listed)
    table = as_table(ExportFormat.MOODLE, [scored("ada@uni.edu", 3)], listed, scale=True)
    assert rows(table)[1][4] == "50"


def test_canvas(roster):
    table = as_table(ExportFormat.CANVAS, [scored("ada", 5), scored("bob", 1)], roster(CANVAS))
    assert rows(table) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Toy lesson (77)"],
        ["    Points Possible", "", "", "", "", "6"],
        ["Lovelace, Ada", "5001", "S1", "ada", "Course 1", "5"],
    ]
    assert list(table.missing) == ["bob"]
    named = as_table(ExportFormat.CANVAS, [scored("ada", 5)], roster(CANVAS), column="HW (9)")
    assert named.headers[-1] == "HW (9)"


def test_canvas_needs_its_own_ids(roster):
    for listed in (None, roster(WORKSHEET)):
        with pytest.raises(ExportFailed, match="export its gradebook"):
            as_table(ExportFormat.CANVAS, [scored("ada", 5)], listed)
    with pytest.raises(ExportFailed, match="one lesson"):
        as_table(ExportFormat.CSV, [scored("a", 1), scored("a", 1, lesson="b")], None, "x")
