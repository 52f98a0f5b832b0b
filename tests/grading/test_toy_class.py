"""The whole way of a submission, on a lesson without TensorFlow: every ending of the class."""

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import psutil
import pytest

from autograder.commands.grading_table import unexpected
from autograder.demo_class import build
from autograder.errors import GradingFailed, WorkspaceError
from autograder.grading import whole_class as grading
from autograder.grading.options import Options
from autograder.grading.whole_class import Grading, find_submissions
from autograder.lesson.source import read_lesson, telling_lines
from autograder.processes.tree import end_tree
from autograder.record import feedback_pages, gradebook, journal
from autograder.record.feedback_pages import write_feedback
from autograder.workspace.exchange import as_student, collect, return_feedback
from autograder.workspace.folders import Workspace
from tests.grading.conftest import run
from tests.grading.killing import wait_until_gone
from tests.support.servers import free_port

HERE = Path(__file__).parent
LESSON = "01_toy"
# nbconvert draws new ones for each page.
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|id=[0-9a-f]{8}")


@pytest.fixture
def grade():
    """Grade some submissions of a class; return the outcomes by student."""

    def grade(workspace, students, **options):
        pairs = [(LESSON, student) for student in students]
        grading = Grading(workspace, pairs, Options(jobs=2, cell_seconds=8, **options))
        return {outcome.student: outcome for outcome in grading}

    return grade


def test_each_student_gets_what_they_must(toy_class):
    assert len(toy_class.students) >= 14
    assert unexpected(toy_class.outcomes.values(), toy_class.students) == []


def test_each_outcome_is_a_score_or_a_reason(toy_class):
    for outcome in toy_class.outcomes.values():
        assert outcome.graded or outcome.reason
        assert outcome.max_score == 6
        lost = [check for check in outcome.checks if check.score < check.max_score]
        assert all(check.reason for check in lost)


def test_wrong_answers_get_their_message(toy_class):
    reasons = {check.grade_id: check.reason for check in toy_class.outcomes["dilan"].checks}
    assert reasons["double_check"] == "Twice 7.5 is 15: numbers need not be whole."
    assert "whole-number division" in reasons["halve_check"]


def test_gradebook_has_the_same_scores(toy_class):
    for name, outcome in toy_class.outcomes.items():
        score, most = gradebook.scores(toy_class.workspace, LESSON, name)
        assert (score, most) == (outcome.score or 0, 6)
    with toy_class.workspace.gradebook() as book:
        assert book.find_submission(LESSON, "pia").needs_manual_grade
        assert not book.find_submission(LESSON, "ada").needs_manual_grade
        assert book.find_submission(LESSON, "otto").timestamp is not None


def test_what_failed_leaves_nothing_that_passes_for_graded(toy_class):
    for name, outcome in toy_class.outcomes.items():
        assert (toy_class.workspace.autograded / name / LESSON).is_dir() == outcome.graded


def test_no_process_is_left(toy_class):
    wait_until_gone(os.getpid())


def test_private_reflection_is_not_submitted(toy_class, toy_repository, tmp_path):
    home = toy_class.workspace.root / "students" / "ada"
    (home / LESSON / "reflection.md").write_text("I was lost in the middle.")
    as_student("ada", LESSON, home, "Submit", toy_class.workspace)
    inbound = toy_class.workspace.root / "exchange" / "transferlab" / "inbound"
    newest = max(inbound.glob("ada+*"), key=lambda folder: folder.name)
    assert (newest / "progress.json").is_file()
    assert not (newest / "reflection.md").exists()


def test_feedback_shows_messages_and_no_hidden_tests(toy_class):
    lesson = read_lesson(HERE / "solutions" / "01_toy.py")
    checks = [c for c in lesson.notebook.cells if "BEGIN HIDDEN" in c.source]
    hidden = {line for line in telling_lines(lesson.notebook)} & {
        line.strip() for cell in checks for line in cell.source.splitlines()
    }
    assert "assert double(-3) == -6" in hidden
    for student in toy_class.outcomes:
        page = toy_class.feedback(student)
        text = re.sub("<[^>]+>", "", page)
        assert [line for line in hidden if line in text] == []
        assert "HIDDEN TESTS" not in text
        assert "<script" not in page
        assert "Content-Security-Policy" in page
        assert not re.search(r'(?:src|href)="https?:', page)
        assert "@font-face" not in page
    assert "Twice 7.5 is 15: numbers need not be whole." in toy_class.feedback("dilan")
    assert '<a href="#double_check">double_check</a>' in toy_class.feedback("dilan")
    assert "Test cell" not in toy_class.feedback("dilan")
    assert "0 of 6" in toy_class.feedback("otto")
    assert "Python died in cell 5 (double_check)" in toy_class.feedback("kofi")
    assert "Before it was graded, this was repaired" in toy_class.feedback("lena")
    assert "The check double_check had been deleted" in toy_class.feedback("lena")
    assert "repaired" not in toy_class.feedback("ada")


def pages_by(jobs, toy_class):
    """Write all pages again, so many at a time."""
    pairs = find_submissions(toy_class.workspace, [LESSON], [])
    pages = write_feedback(toy_class.workspace, pairs, jobs)
    assert [(page.lesson, page.student, page.reason) for page in pages] == [
        (lesson, student, "") for lesson, student in pairs
    ]
    return {student: RANDOM_ID.sub("", toy_class.feedback(student)) for _, student in pairs}


def test_pages_are_the_same_when_several_are_written_at_a_time(toy_class, monkeypatch):
    monkeypatch.setattr(feedback_pages, "PAGES_WORTH_A_PROCESS", 1)
    assert pages_by(2, toy_class) == pages_by(1, toy_class)


def test_killed_writer_of_feedback_is_told_with_what_to_do(toy_class, monkeypatch):
    monkeypatch.setattr(feedback_pages, "PAGES_WORTH_A_PROCESS", 1)
    before = set(psutil.Process().children())
    pairs = find_submissions(toy_class.workspace, [LESSON], [])
    pages = write_feedback(toy_class.workspace, pairs, 2)
    assert next(pages).reason == ""
    for process in set(psutil.Process().children()) - before:
        if "--multiprocessing-fork" in process.cmdline():
            process.kill()
    with pytest.raises(GradingFailed, match="again with --jobs 1"):
        list(pages)


def test_students_fetch_their_feedback(toy_class):
    return_feedback(LESSON, toy_class.workspace)
    for student in ("ada", "kofi"):
        home = toy_class.workspace.root / "students" / student
        as_student(student, LESSON, home, "FetchFeedback", toy_class.workspace)
        pages = list((home / LESSON / "feedback").rglob("*.html"))
        assert [page.read_text() for page in pages] == [toy_class.feedback(student)]


def test_what_nbgrader_lost_is_graded_again(toy_class, grade):
    """A killed run leaves autograded/ without grades; plain nbgrader then skips the student."""
    workspace = toy_class.workspace
    with workspace.gradebook() as book:
        book.remove_submission(LESSON, "bela")
    assert (workspace.autograded / "bela" / LESSON).is_dir()
    assert grade(workspace, ["bela"])["bela"].score == 6


def test_grading_again_changes_nothing(toy_class, grade):
    again = grade(toy_class.workspace, ["dilan", "kofi"])
    assert again["dilan"].checks == toy_class.outcomes["dilan"].checks
    assert again["kofi"].reason == toy_class.outcomes["kofi"].reason
    assert all(outcome.cached for outcome in again.values())


def test_a_mended_submission_loses_its_reason(toy_class, grade):
    workspace = toy_class.workspace
    good = workspace.submitted / "ada" / LESSON / f"{LESSON}.ipynb"
    bad = workspace.submitted / "pia" / LESSON / f"{LESSON}.ipynb"
    shutil.copy(good, bad)
    shutil.copy(good.with_name("progress.json"), bad.with_name("progress.json"))
    assert grade(workspace, ["pia"])["pia"].score == 6
    assert [page.reason for page in write_feedback(workspace, [(LESSON, "pia")])] == [""]
    assert "Not graded" not in toy_class.feedback("pia")
    with workspace.gradebook() as book:
        assert not book.find_submission(LESSON, "pia").needs_manual_grade
    bad.write_text("")


def test_manual_points_survive(toy_class, grade):
    workspace = toy_class.workspace
    with workspace.gradebook() as book:
        manual = book.find_grade("double_check", LESSON, LESSON, "elif")
        manual.manual_score = 1.5
        book.db.commit()
    assert grade(workspace, ["elif"])["elif"].score == 5.5


STUBBORN = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)


def double(number):
    while True:
        try:
            time.sleep(600)
        except KeyboardInterrupt:
            pass
"""


def test_out_of_time_ends_everything(toy_class, grade):
    """A loop that swallows every interrupt, and a process that it started on its own."""
    workspace = toy_class.workspace
    path = workspace.submitted / "chen" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "double").source = STUBBORN
    nbformat.write(notebook, path)
    outcome = grade(workspace, ["chen"], deadline=3)["chen"]
    assert "took too long and could not be interrupted in cell 5 (double_check)" in outcome.reason
    assert outcome.score == 0
    wait_until_gone(os.getpid())


def test_interrupt_leaves_no_process(toy_class):
    """Ctrl-C while a stubborn submission runs (the one of the test before)."""
    workspace = toy_class.workspace
    path = workspace.submitted / "chen" / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text().replace("time.sleep(600)", "time.sleep(601)"))
    command = [Path(sys.executable).with_name("autograder"), "grade", "-w", workspace.root]
    grading = subprocess.Popen(
        [*command, "-s", "chen"],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    until = time.monotonic() + 120
    # The zygote, the runner's keeper, the runner, and what the student's code started.
    while len(psutil.Process(grading.pid).children(recursive=True)) < 4:
        assert time.monotonic() < until
        time.sleep(0.2)
    grading.send_signal(signal.SIGINT)
    _, errors = grading.communicate(timeout=60)
    assert grading.returncode == 130
    assert b"Traceback" not in errors
    assert b"Stopped: 0 of 1 graded and kept; run `autograder grade` again." in errors
    wait_until_gone(grading.pid)


def test_nbgrader_itself_goes_on_in_the_workspace(toy_class):
    """Its command scores as we do, stderr included."""
    workspace = toy_class.workspace
    nbgrader = Path(sys.executable).with_name("nbgrader")
    for student in ("igor", "hana"):
        subprocess.run(
            [nbgrader, "autograde", LESSON, "--student", student, "--force"],
            cwd=workspace.root,
            check=True,
            capture_output=True,
        )
        expected = toy_class.outcomes[student].score
        assert gradebook.scores(workspace, LESSON, student) == (expected, 6)


def test_formgrader_opens_the_workspace(toy_class):
    """It lists the class, and opens a submission to be graded by hand."""
    port = free_port()
    command = [Path(sys.executable).with_name("jupyter"), "server", "--allow-root", "--no-browser"]
    options = [f"--ServerApp.port={port}", "--ServerApp.token=secret"]
    server = subprocess.Popen(
        [*command, *options], cwd=toy_class.workspace.root, stderr=subprocess.DEVNULL
    )
    try:
        listing = json.loads(fetch(port, f"formgrader/api/submissions/{LESSON}"))
        assert {entry["student"] for entry in listing} == set(toy_class.outcomes)
        with toy_class.workspace.gradebook() as book:
            submission = book.find_submission_notebook(LESSON, LESSON, "ada").id
        assert "double_check" in fetch(port, f"formgrader/submissions/{submission}/")
    finally:
        end_tree(server.pid)
        server.wait()


def fetch(port, path, patience=60):
    """Get a page from a server that is about to start."""
    address = f"http://127.0.0.1:{port}/{path}?token=secret"
    until = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_nothing_to_grade_is_said(toy_class, tmp_path):
    with pytest.raises(WorkspaceError, match="zoe submitted nothing"):
        find_submissions(toy_class.workspace, [], ["zoe"])
    assert find_submissions(toy_class.workspace, [LESSON], ["ada"]) == [(LESSON, "ada")]


def test_commands_end_with_a_code_that_tells(toy_repository, tmp_path, monkeypatch, capsys):
    source = toy_repository / "solutions" / "01_toy.py"
    workspace, _ = build(tmp_path / "w", source, toy_repository / "tests" / "bank", {"ada", "pia"})
    monkeypatch.chdir(toy_repository)
    where = ("-w", workspace.root)
    code, output = run(monkeypatch, capsys, "feedback", *where)
    assert code == 1
    assert "not graded yet" in output
    assert run(monkeypatch, capsys, "grade", *where, "--student", "ada")[0] == 0
    report = tmp_path / "outcomes.json"
    code, output = run(monkeypatch, capsys, "grade", "--collect", *where, "--json", report)
    assert code == 1
    assert "6 / 6" in output
    assert "is empty" in output
    outcomes = json.loads(report.read_text())
    assert [outcome["score"] for outcome in outcomes] == [6, None]
    assert run(monkeypatch, capsys, "feedback", *where, "--return")[0] == 0
    assert run(monkeypatch, capsys, "grade", "02_unknown", *where)[0] == 2
    assert run(monkeypatch, capsys, "grade", *where, "--jobs", "0")[0] == 2


def test_collect_takes_the_newest(toy_repository, tmp_path):
    source = toy_repository / "solutions" / "01_toy.py"
    workspace, _ = build(tmp_path / "w", source, toy_repository / "tests" / "bank", {"pia"})
    home = workspace.root / "students" / "pia"
    (home / LESSON / f"{LESSON}.ipynb").write_text("{}")
    as_student("pia", LESSON, home, "Submit", workspace)
    collect(LESSON, workspace)
    assert (workspace.submitted / "pia" / LESSON / f"{LESSON}.ipynb").read_text() == "{}"


def test_a_class_is_not_built_over_something_else(toy_repository, tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    source = toy_repository / "solutions" / "01_toy.py"
    with pytest.raises(WorkspaceError, match="not empty"):
        build(tmp_path, source, toy_repository / "tests" / "bank")
    assert (tmp_path / "thesis.txt").is_file()


@pytest.fixture
def small_class(toy_class, tmp_path, toy_repository, monkeypatch):
    """A copy of the graded class's gradebook with three of its students, to be damaged."""
    root = tmp_path / "grading"
    for name in ("source", "release"):
        shutil.copytree(toy_class.workspace.root / name, root / name)
    for student in ("ada", "bela", "pia"):
        shutil.copytree(toy_class.workspace.submitted / student, root / "submitted" / student)
    for name in ("nbgrader_config.py", "gradebook.db"):
        shutil.copy(toy_class.workspace.root / name, root / name)
    monkeypatch.chdir(toy_repository)
    return Workspace(root)


@pytest.mark.parametrize("command", ["grade", "feedback", "release"])
@pytest.mark.parametrize("damage", ["truncated", "empty", "other"])
def test_a_damaged_gradebook_is_named_and_left(small_class, damage, command, monkeypatch, capsys):
    database = small_class.root / "gradebook.db"
    kept = {"truncated": database.read_bytes()[:20_000], "empty": b"", "other": b"thesis " * 99}
    database.write_bytes(kept[damage])
    code, output = run(monkeypatch, capsys, command, "-w", small_class.root)
    assert code == 2
    assert f"gradebook.db in {small_class.root} is damaged: restore a copy" in output
    assert database.read_bytes() == kept[damage]


def test_nothing_is_graded_where_nothing_can_be_written(small_class, monkeypatch, capsys):
    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "Read-only file system", "gradebook.db")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    for command in ("grade", "feedback"):
        code, output = run(monkeypatch, capsys, command, "-w", small_class.root)
        assert code == 2
        assert "Read-only file system (gradebook.db): get permission to write there" in output
        assert "free some space" not in output
    assert not small_class.autograded.exists()


def test_a_full_disk_costs_nobody_a_score(small_class, monkeypatch, capsys):
    def refuse(*args):
        raise OSError(errno.ENOSPC, "No space left on device", "results")

    monkeypatch.setattr(journal, "write_atomically", refuse)
    code, output = run(monkeypatch, capsys, "grade", "-w", small_class.root, "-s", "ada")
    assert code == 2
    assert "No space left on device (results): free some space and run the command" in output
    assert gradebook.scores(small_class, LESSON, "ada") == (6, 6)
    assert gradebook.recorded_reason(small_class, LESSON, "ada") is None


def test_a_mistake_of_the_graders_costs_one_student_alone(small_class, monkeypatch):
    real = grading.read

    def read(lesson, folder):
        if folder.parent.name == "ada":
            raise LookupError("a mistake")
        return real(lesson, folder)

    monkeypatch.setattr(grading, "read", read)
    pairs = [(LESSON, "ada"), (LESSON, "bela")]
    outcomes = {outcome.student: outcome for outcome in Grading(small_class, pairs)}
    assert outcomes["bela"].score == 6
    assert "LookupError: a mistake" in outcomes["ada"].reason
    monkeypatch.undo()
    again = {outcome.student: outcome for outcome in Grading(small_class, pairs)}
    assert again["ada"].score == 6
    assert (again["ada"].cached, again["bela"].cached) == (False, True)


def test_a_damaged_backbone_costs_nobody_a_score(small_class, monkeypatch, capsys, tmp_path):
    from transferlab import backbones

    weights = tmp_path / "weights"
    shutil.copytree(backbones.WEIGHTS, weights)
    (weights / "letters.keras").write_bytes(b"half a file")
    monkeypatch.setattr(backbones, "WEIGHTS", weights)
    source = small_class.source / LESSON / f"{LESSON}.ipynb"
    source.write_text(
        source.read_text().replace("transferlab import", "transferlab import backbones,")
    )
    code, output = run(monkeypatch, capsys, "grade", "-w", small_class.root)
    assert code == 2
    assert "letters.keras is damaged" in output
    assert gradebook.scores(small_class, LESSON, "ada") == (6, 6)
    assert not small_class.autograded.exists()


def test_interrupt_before_grading_is_said(small_class, monkeypatch, capsys):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Workspace, "check_writable", interrupt)
    code, output = run(monkeypatch, capsys, "grade", "-w", small_class.root)
    assert code == 130
    assert "Stopped: run the command again." in output
