"""Downloads of Moodle, Canvas and Blackboard as they are, and as students make them."""

import json
import os
import shutil
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from autograder.commands import app
from autograder.errors import ArchiveRefused, ImportFailed, LessonError, WorkspaceError
from autograder.lms.forms import Lms
from autograder.lms.rows import Status
from autograder.record.journal import Journal
from autograder.workspace.timestamp_file import timestamp_in
from tests.fast.test_lms_roster import CANVAS, WORKSHEET
from tests.grading.downloads import (
    FILE,
    answered,
    download,
    released,
    roster_of,
    take_in,
    tree,
    zipped,
)
from tests.grading.submitting import LESSON

DUE = datetime(2026, 11, 21, 9, 0)
ADA = "Ada Lovelace_101_assignsubmission_file_"
JAN = "Ján Šťastný_102_assignsubmission_file_"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    workspace = released(tmp_path_factory.mktemp("template") / "grading")
    with workspace.gradebook() as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=DUE)
    return workspace


@pytest.fixture
def workspace(template, tmp_path):
    root = tmp_path / "grading"
    shutil.copytree(template.root, root)
    return type(template)(root)


@pytest.fixture(scope="module")
def work(template):
    return answered(template)


@pytest.fixture
def roster(tmp_path):
    return partial(roster_of, tmp_path)


def status(rows):
    return [row.status for row in rows]


def folder_of(workspace, student):
    return workspace.submitted / student / LESSON


@pytest.mark.parametrize("name", ["d.zip", "unpacked"])
@pytest.mark.parametrize("join", ["_/", "/", "_"])
def test_moodle(workspace, work, roster, tmp_path, name, join):
    """With and without folders, and as Moodle 4.1 names them."""
    files = {
        f"{ADA[:-1]}{join}{FILE}": work,
        f"{ADA[:-1]}{join}progress.json": "{}",
        f"{JAN[:-1]}{join}meine_Lösung.ipynb": work,
    }
    rows = take_in(workspace, download(tmp_path / name, files), roster=roster(WORKSHEET))
    assert {student: status(of) for student, of in rows.items()} == {
        "ada@uni.edu": [Status.NEW],
        "jan@uni.edu": [Status.NEW],
    }
    assert tree(folder_of(workspace, "ada@uni.edu")) == {
        FILE: work,
        "progress.json": b"{}",
        "timestamp.txt": b"2026-11-21 10:11:00.000000 UTC",
    }
    assert list(tree(folder_of(workspace, "jan@uni.edu"))) == ["meine_Lösung.ipynb"]
    assert rows["ada@uni.edu"][0].late == 71 * 60
    with workspace.gradebook() as gradebook:
        assert gradebook.find_student("ada@uni.edu").email == "ada@uni.edu"


def test_moodle_without_a_roster(workspace, work, tmp_path):
    files = {f"{ADA}/{FILE}": work, f"{JAN}/{FILE}": work}
    rows = take_in(workspace, download(tmp_path / "d.zip", files))
    assert set(rows) == {"Ada_Lovelace", "Ján_Šťastný"}
    assert timestamp_in(folder_of(workspace, "Ada_Lovelace")) is None


def test_moodle_blind_needs_the_worksheet(workspace, work, roster, tmp_path):
    files = {f"Participant_{n}_assignsubmission_file_/{FILE}": work for n in (101, 102)}
    path = download(tmp_path / "d.zip", files)
    [first, second] = take_in(workspace, path, dry_run=True)["Participant"]
    assert first.status is second.status is Status.DOUBTFUL
    assert "would be the same student" in first.reason
    assert set(take_in(workspace, path, roster=roster(WORKSHEET))) == {"ada@uni.edu", "jan@uni.edu"}


def test_canvas_late_and_resubmitted(workspace, work, roster, tmp_path):
    newest = answered(workspace, double="def double(n):\n    return 2 * n\n")
    files = {
        f"lovelaceada_LATE_5001_9001_{FILE}": work,
        f"lovelaceada_LATE_5001_9007_{LESSON}-2.ipynb": newest,
        f"lovelaceada_LATE_5001_9004_{LESSON}-1.ipynb": work + b" ",
        f"müllergroßannalena_5002_9002_{FILE}": work,
        "studenttest_5003_text.html": "<p>My essay</p>",
    }
    rows = take_in(workspace, download(tmp_path / "d.zip", files), roster=roster(CANVAS))
    assert status(rows["ada"]) == [Status.NEW, Status.EARLIER, Status.EARLIER]
    folder = folder_of(workspace, "ada")
    assert (folder / FILE).read_bytes() == newest
    assert (timestamp_in(folder) - DUE).total_seconds() == 1
    assert "marked late" in rows["ada"][0].reason
    earlier = workspace.root / "downloaded" / LESSON / "earlier" / "ada"
    assert sorted(tree(earlier).values()) == sorted([work, work + b" "])
    assert timestamp_in(folder_of(workspace, "anna")) is None
    [essay] = rows["5d41402abc4b2a76b9719d911017c592"]
    assert essay.reason == "only a text was submitted, and no file"


def test_canvas_numbered_files_that_are_no_resubmission(workspace, work, tmp_path):
    files = {f"l_1_11_{FILE}": work, "l_1_12_part-1.csv": "1", "l_1_13_part-2.csv": "2"}
    take_in(workspace, download(tmp_path / "d.zip", files))
    assert set(tree(folder_of(workspace, "l_1"))) == {FILE, "part-1.csv", "part-2.csv"}


def test_blackboard_attempts(workspace, work, roster, tmp_path):
    def name(user, time, file):
        return f"Toy_1_{user}_attempt_2026-11-{time}{file}"

    receipt = "Name: Kåre Øre (k_o)\nAssignment: Toy_1\n\nComments:\nName: Ada Lovelace (ada)\n"
    files = {
        name("ada", "20-10-11-12", f"_{FILE}"): work,
        name("ada", "20-10-11-12", ".txt"): "Name: Ada Lovelace (ada)\n",
        name("ada", "21-10-11-12", f"_{FILE}"): work + b" ",
        name("k_o", "20-10-11-12", f"_{FILE}"): work,
        name("k_o", "20-10-11-12", ".txt"): receipt,
        name("nobody", "20-10-11-12", f"_{FILE}"): work,
        name("nobody", "20-10-11-12", ".txt"): "Name: Nobody (ada)\n",
    }
    listed = roster("Username,First Name,Last Name\nada,Ada,Lovelace\nk_o,Kåre,Øre\nzoe,Zoe,Z\n")
    path = download(tmp_path / "d.zip", files)
    rows = take_in(workspace, path, roster=listed, timezone="Europe/Berlin")
    assert status(rows["ada"]) == [Status.NEW, Status.EARLIER]
    assert status(rows["k_o"]) == [Status.NEW]
    assert timestamp_in(folder_of(workspace, "ada")) == datetime(2026, 11, 21, 9, 11, 12)
    assert rows["ada"][0].late == 672
    [doubt] = [row for of in rows.values() for row in of if row.status is Status.DOUBTFUL]
    assert "nobody in the roster is nobody" in doubt.reason


def test_plain_folder(workspace, work, tmp_path):
    files = {
        f"ada/{FILE}": work,
        f"bob/{LESSON}/sub/{FILE}": work,
        "cy.ipynb": work,
        "dee.zip": b"",
    }
    files["dee.zip"] = zipped({f"homework/{FILE}": work, "homework/data/a.csv": "1"})
    rows = take_in(workspace, download(tmp_path / "unpacked", files))
    assert set(rows) == {"ada", "bob", "cy", "dee"}
    assert tree(folder_of(workspace, "bob")) == {FILE: work}
    assert set(tree(folder_of(workspace, "dee"))) == {FILE, "data/a.csv"}


def test_a_folder_around_everything(workspace, work, tmp_path):
    files = {f"class/{name}/{FILE}": work for name in ("ada", "bob")}
    assert set(take_in(workspace, download(tmp_path / "d.zip", files))) == {"ada", "bob"}


DOUBTS = {
    "empty": ({"a.txt": "x"}, "no notebook, only a.txt"),
    "several": ({"a.ipynb": "WORK", "b.ipynb": "WORK"}, "a.ipynb and b.ipynb could each be meant"),
    "rar": ({"work.rar": "Rar!"}, "work.rar can't be opened here"),
    "broken": ({"work.zip": "PK and nonsense"}, "not an archive that can be opened"),
    "twice": ({"work.zip": {"a.ipynb": "WORK", "A.ipynb": "WORK"}}, "twice"),
    "many": ({"work.zip": {f"{n}.txt": "" for n in range(600)}}, "more than 500 files"),
    "traversal": ({"work.zip": {"../../../a.ipynb": "WORK"}}, "leads out of the folder"),
}


def test_what_is_doubtful_is_told_and_stops_nobody(workspace, work, tmp_path):
    def filled(content):
        if isinstance(content, dict):
            return zipped({name: filled(inner) for name, inner in content.items()})
        return work if content == "WORK" else content

    files = {
        f"{student}/{name}": filled(content)
        for student, (contents, _) in DOUBTS.items()
        for name, content in contents.items()
    }
    files |= {f"ada/{FILE}": work, f"zoe/{FILE}": work}
    rows = take_in(workspace, download(tmp_path / "unpacked", files))
    assert status(rows.pop("ada")) == status(rows.pop("zoe")) == [Status.NEW]
    assert set(rows) == set(DOUBTS)
    for student, [row] in rows.items():
        assert row.status is Status.DOUBTFUL
        assert DOUBTS[student][1] in row.reason, row
        assert row.advice
        assert not folder_of(workspace, student).exists()
    assert sorted(path.name for path in workspace.submitted.iterdir()) == ["ada", "zoe"]
    assert not [
        path
        for path in tmp_path.rglob("*")
        if path.name == "a.ipynb" and path.parent.name != "several"
    ]


def test_two_notebooks_of_which_one_is_the_lessons(workspace, work, tmp_path):
    other = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    files = {"ada/mine.ipynb": work, "ada/scratch.ipynb": other, f"bob/x/{FILE}": work}
    files["bob/y.ipynb"] = other
    rows = take_in(workspace, download(tmp_path / "unpacked", files))
    assert status(rows["ada"]) == status(rows["bob"]) == [Status.NEW]
    assert (folder_of(workspace, "bob") / FILE).read_bytes() == work


def test_what_grading_will_refuse_is_said_at_once(workspace, tmp_path):
    files = {f"ada/{FILE}": "<html>Sign in</html>"}
    [row] = take_in(workspace, download(tmp_path / "unpacked", files))["ada"]
    assert row.status is Status.NEW
    assert "0 points" in row.reason
    assert "web page" in row.reason


def test_a_forged_time_is_not_taken_in(workspace, work, roster, tmp_path):
    forged = "2001-01-01 00:00:00.000000 UTC"
    inner = zipped({FILE: work, "timestamp.txt": forged, "submission_secret.txt": "x"})
    files = {f"{ADA}/work.zip": inner, f"{JAN}/timestamp.txt": forged, f"{JAN}/{FILE}": work}
    take_in(workspace, download(tmp_path / "d.zip", files), roster=roster(WORKSHEET))
    assert timestamp_in(folder_of(workspace, "ada@uni.edu")) == datetime(2026, 11, 21, 10, 11)
    assert set(tree(folder_of(workspace, "jan@uni.edu"))) == {FILE}


def test_importing_twice_changes_nothing(workspace, work, roster, tmp_path):
    files = {
        f"lovelaceada_5001_9001_{FILE}": work,
        f"lovelaceada_5001_9002_{LESSON}-1.ipynb": work + b" ",
    }
    path = download(tmp_path / "d.zip", files)
    take_in(workspace, path, roster=roster(CANVAS))
    before = tree(workspace.submitted), tree(workspace.root / "downloaded")
    rows = take_in(workspace, path, roster=roster(CANVAS))
    assert status(rows["ada"]) == [Status.UNCHANGED, Status.EARLIER]
    assert (tree(workspace.submitted), tree(workspace.root / "downloaded")) == before


def test_a_newer_attempt_replaces_and_an_older_does_not(workspace, work, tmp_path):
    def at(day, content):
        name = f"HW_ada_attempt_2026-11-{day}-10-11-12_{FILE}"
        return download(tmp_path / f"{day}.zip", {name: content})

    folder = folder_of(workspace, "ada")
    assert status(take_in(workspace, at(20, work))["ada"]) == [Status.NEW]
    assert status(take_in(workspace, at(22, work + b" "))["ada"]) == [Status.REPLACED]
    assert status(take_in(workspace, at(21, work + b"  "))["ada"]) == [Status.EARLIER]
    assert (folder / FILE).read_bytes() == work + b" "
    assert timestamp_in(folder) == datetime(2026, 11, 22, 10, 11, 12)
    earlier = tree(workspace.root / "downloaded" / LESSON / "earlier")
    assert sorted(c for name, c in earlier.items() if name.endswith("ipynb")) == [
        work,
        work + b"  ",
    ]


def test_where_nothing_tells_the_newer_a_person_decides(workspace, work, tmp_path):
    first = download(tmp_path / "one", {f"ada/{FILE}": work})
    other = download(tmp_path / "two", {f"ada/{FILE}": work + b" "})
    for path in (first, other):
        os.utime(path / "ada" / FILE, (1_800_000_000, 1_800_000_000))
    take_in(workspace, first)
    [row] = take_in(workspace, other)["ada"]
    assert row.status is Status.DOUBTFUL
    assert "--replace" in row.advice
    assert (folder_of(workspace, "ada") / FILE).read_bytes() == work
    [row] = take_in(workspace, other, replace=True)["ada"]
    assert row.status is Status.REPLACED
    assert (folder_of(workspace, "ada") / FILE).read_bytes() == work + b" "


def test_a_dry_run_changes_nothing(workspace, work, tmp_path):
    path = download(tmp_path / "d.zip", {f"{ADA}/{FILE}": work})
    before = tree(workspace.root)
    assert status(take_in(workspace, path, dry_run=True)["Ada_Lovelace"]) == [Status.NEW]
    assert tree(workspace.root) == before


def test_an_import_that_was_killed_is_done_again(workspace, work, tmp_path):
    path = download(tmp_path / "unpacked", {f"ada/{FILE}": work, f"bob/{FILE}": work})
    folder = workspace.root / "downloaded" / LESSON
    (folder / ".incoming").mkdir(parents=True)
    (folder / ".incoming" / "half").write_text("")
    (folder / "imported.json").write_text('{"ada": {"digest": 7}, "bob"')
    take_in(workspace, path)
    assert tree(folder_of(workspace, "ada")) == {FILE: work}


def test_nobody_grades_meanwhile(workspace, work, tmp_path):
    path = download(tmp_path / "unpacked", {f"ada/{FILE}": work})
    with (
        Journal(workspace.root).locked([LESSON]),
        pytest.raises(WorkspaceError, match="is working on"),
    ):
        take_in(workspace, path)


def test_what_cant_be_done_at_all(workspace, work, tmp_path):
    path = download(tmp_path / "d.zip", {f"{ADA}/{FILE}": work})
    with pytest.raises(LessonError, match="no lesson 'x'"):
        take_in(workspace, path, lesson="x")
    with pytest.raises(ImportFailed, match="no time zone"):
        take_in(workspace, path, timezone="Middle-earth/Shire")
    with pytest.raises(ImportFailed, match="is empty"):
        take_in(workspace, download(tmp_path / "e.zip", {}))
    (tmp_path / "f.zip").write_text("nonsense")
    with pytest.raises(ArchiveRefused, match=r"f\.zip is not an archive"):
        take_in(workspace, tmp_path / "f.zip")
    [row] = take_in(workspace, path, lms=Lms.CANVAS)[f"{ADA}/{FILE}"]
    assert "not one that canvas gives" in row.reason


def test_the_command(workspace, work, tmp_path, capsys):
    (tmp_path / "roster.csv").write_text(WORKSHEET)
    path = download(
        tmp_path / "d.zip", {f"{ADA}/{FILE}": work, f"Eve X_9_assignsubmission_file_/{FILE}": work}
    )
    out = tmp_path / "out.json"
    words = ["import", "1", path, "-w", workspace.root, "--roster", tmp_path / "roster.csv"]
    assert app([*map(str, words), "--json", str(out)], standalone_mode=False) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "1 new, 1 doubtful and not imported, 1 late" in told
    assert "1 in the roster submitted nothing: jan@uni.edu" in told
    found = json.loads(out.read_text())
    assert (found["from"], found["absent"]) == ("moodle", ["jan@uni.edu"])
    assert [row["status"] for row in found["rows"]] == ["doubtful", "new"]
    assert Path(workspace.submitted / "ada@uni.edu").is_dir()
