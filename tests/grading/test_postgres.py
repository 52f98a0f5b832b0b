"""A gradebook on a real PostgreSQL server: the same scores, and nothing lost when it goes away."""

import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import Engine, event

from autograder.commands.grading_table import unexpected
from autograder.commands.machine_checks import examine
from autograder.demo_class import build
from autograder.errors import GradingFailed, WorkspaceError
from autograder.grading import whole_class as grading
from autograder.grading.whole_class import Grading, find_submissions
from autograder.lesson.release import release_lesson
from autograder.record import gradebook
from autograder.workspace import database
from autograder.workspace.folders import CONFIG_FILE, CONFIG_TEXT, Workspace
from tests.grading.conftest import run
from tests.grading.killing import start_grader
from tests.grading.postgres import USER, running_server

LESSON = "01_toy"
OTHER = "02_toy"
# A database that is copied: making one with nbgrader takes seconds.
RELEASED = "released"
# Seconds between two cuts of all connections.
CUTS = (0.05, 0.1, 0.02, 0.3, 0.15, 0.07, 0.2, 0.04, 0.11, 0.25)
BIN = Path(sys.executable).parent
# Students whose submissions end at once, of each kind.
WANTED = {"ada", "bela", "dilan", "elif", "gita", "igor", "kofi", "otto", "rosa"}


@pytest.fixture(scope="module")
def server():
    """The server, and its password where the driver looks for it."""
    with running_server() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSFILE", str(server.password_file))
        yield server


def point(workspace: Workspace, address: str) -> None:
    """Let a workspace keep its gradebook there, as an instructor does it."""
    workspace.root.mkdir(parents=True, exist_ok=True)
    own = f'c.CourseDirectory.db_url = "{address}"\n' if address else ""
    (workspace.root / CONFIG_FILE).write_text(CONFIG_TEXT + own)


@pytest.fixture(scope="module")
def invented(tmp_path_factory, toy_repository, server):
    """A class whose submissions are collected and not graded, and its students."""
    root = tmp_path_factory.mktemp("postgres") / "grading"
    point(Workspace(root), server.new_database("class"))
    source = toy_repository / "solutions" / f"{LESSON}.py"
    built = build(root, source, toy_repository / "tests" / "bank", WANTED)
    server.cut_all()
    server.new_database(RELEASED, like="class")
    return built


@pytest.fixture
def fresh(invented, server, tmp_path, toy_repository, request):
    """A copy of that class with a database of its own."""
    return copied(invented[0], tmp_path / "grading", toy_repository, server, f"c_{tmp_path.name}")


def copied(workspace, root, repository, server, name=""):
    """A copy of a class, released into a new database, or into a file if none is named."""
    kept = ("source", "release", "submitted", "exchange", ".autograder")
    for folder in (workspace.root / name for name in kept):
        if folder.is_dir():
            shutil.copytree(folder, root / folder.name)
    (root / ".autograder" / "journal.jsonl").unlink(missing_ok=True)
    copy = Workspace(root)
    point(copy, server.new_database(name, like=RELEASED) if name else "")
    if not name:
        release_lesson(repository / "solutions" / f"{LESSON}.py", copy)
    return copy


def grade(workspace):
    """Grade all that is there; return the outcomes."""
    return list(Grading(workspace, find_submissions(workspace, [], [])))


def records(workspace, lesson=LESSON):
    """All that the gradebook says of a lesson, by student, without what differs by nature."""
    with workspace.gradebook() as book:
        return {
            submission.student_id: (
                submission.score,
                submission.max_score,
                submission.needs_manual_grade,
                submission.timestamp,
                sorted(
                    (grade.name, grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                ),
                sorted(
                    (comment.name, comment.auto_comment)
                    for notebook in submission.notebooks
                    for comment in notebook.comments
                ),
            )
            for submission in book.assignment_submissions(lesson)
        }


def test_scores_are_those_of_a_file(invented, tmp_path, toy_repository, server):
    workspace, students = invented
    outcomes = grade(workspace)
    assert unexpected(outcomes, students) == []
    assert not (workspace.root / "gradebook.db").exists()
    in_file = copied(workspace, tmp_path / "file", toy_repository, server)
    assert all(outcome.cached for outcome in grade(in_file))
    assert (in_file.root / "gradebook.db").is_file()
    assert records(in_file) == records(workspace)
    assert len(records(workspace)) == len(students)


def test_nothing_is_run_or_recorded_again(invented):
    workspace, students = invented
    grade(workspace)
    before = records(workspace)
    again = grade(workspace)
    assert all(outcome.cached for outcome in again)
    assert unexpected(again, students) == []
    assert records(workspace) == before


def test_every_command_works(invented, toy_repository, monkeypatch, capfd):
    workspace, _ = invented
    monkeypatch.chdir(toy_repository)
    where = ("-w", workspace.root)
    released = run(monkeypatch, capfd, "release", LESSON, "--exchange", "--no-prove", *where)
    assert released[0] == 0
    code, output = run(monkeypatch, capfd, "grade", "--collect", *where)
    assert (code, "6 / 6" in output) == (1, True)  # otto's is not a notebook
    assert run(monkeypatch, capfd, "feedback", "--return", *where)[0] == 0
    page = workspace.feedback / "dilan" / LESSON / f"{LESSON}.html"
    assert "Twice 7.5 is 15: numbers need not be whole." in page.read_text()


def test_a_class_is_shown_on_it(server, toy_repository, tmp_path, monkeypatch, capfd):
    """The folder's own configuration is kept, also when the class is built once more."""
    monkeypatch.chdir(toy_repository)
    root = tmp_path / "class"
    point(Workspace(root), server.new_database("c_shown"))
    code, output = run(monkeypatch, capfd, "class", LESSON, "-w", root, "--cell-timeout", "2")
    assert code == 0, output
    assert not (root / "gradebook.db").exists()
    wanted = {"ada"}
    source = toy_repository / "solutions" / f"{LESSON}.py"
    workspace, _ = build(root, source, toy_repository / "tests" / "bank", wanted)
    assert workspace.database().file is None


def test_nbgrader_itself_sees_and_goes_on(invented, tmp_path):
    workspace, students = invented
    grade(workspace)
    api = workspace.api()
    listed = {entry["student"]: entry for entry in api.get_submissions(LESSON)}
    assert set(listed) == {student.name for student in students}
    assert (listed["ada"]["score"], listed["ada"]["max_score"]) == (6, 6)
    with workspace.gradebook() as book:
        assert book.find_submission(LESSON, "otto").needs_manual_grade
    assert api.get_assignment(LESSON)["num_submissions"] == len(students)
    (ada,) = [entry for entry in api.get_students() if entry["id"] == "ada"]
    assert ada["score"] == 6
    assert api.get_notebooks(LESSON)[0]["average_score"] > 0
    for command in (["autograde", LESSON, "--student", "igor", "--force"], ["export"]):
        subprocess.run(
            [BIN / "nbgrader", *command], cwd=workspace.root, check=True, capture_output=True
        )
    assert gradebook.scores(workspace, LESSON, "igor") == (6, 6)
    assert f"{LESSON}," in (workspace.root / "grades.csv").read_text()


def with_other_lesson(workspace, repository):
    """Release a second lesson, and let all hand in for it what they did for the first."""
    source = repository / "solutions" / f"{OTHER}.py"
    shutil.copy(repository / "solutions" / f"{LESSON}.py", source)
    release_lesson(source, workspace)
    source.unlink()
    for folder in workspace.submitted.glob(f"*/{LESSON}"):
        shutil.copytree(folder, folder.with_name(OTHER))
        for path in folder.with_name(OTHER).glob(f"{LESSON}.ipynb"):
            path.rename(path.with_name(f"{OTHER}.ipynb"))


def two_at_once(first, second):
    """Grade a lesson each in two processes that wait for each other."""
    for grader in [start_grader(first, LESSON), start_grader(second, OTHER)]:
        _, errors = grader.communicate(timeout=120)
        assert grader.returncode == 0, errors


@pytest.mark.parametrize("kept", ["server", "file"])
def test_two_graders_on_different_lessons(invented, server, tmp_path, toy_repository, kept):
    name = "c_two" if kept == "server" else ""
    workspace = copied(invented[0], tmp_path / "grading", toy_repository, server, name)
    with_other_lesson(workspace, toy_repository)
    two_at_once(workspace, workspace)
    scores = [{s: r[0] for s, r in records(workspace, each).items()} for each in (LESSON, OTHER)]
    assert scores[0] == scores[1]
    assert scores[0] == {student.name: student.expected or 0 for student in invented[1]}
    with workspace.gradebook() as book:
        assert len(book.students) == len(scores[0])
    assert all(outcome.cached for outcome in grade(workspace))


def test_two_workspaces_on_one_database(invented, fresh, tmp_path, toy_repository):
    with_other_lesson(fresh, toy_repository)
    second = Workspace(tmp_path / "second")
    shutil.copytree(fresh.root, second.root)
    two_at_once(fresh, second)
    wanted = {student.name: student.expected or 0 for student in invented[1]}
    for lesson in (LESSON, OTHER):
        assert {s: r[0] for s, r in records(second, lesson).items()} == wanted


def test_one_lesson_has_one_grader(fresh):
    journal = grading.Journal(fresh.root)
    with (
        journal.locked([LESSON]),
        pytest.raises(WorkspaceError, match=f"Another grader is working on {LESSON}"),
    ):
        grade(fresh)


def test_a_restart_in_the_middle_loses_nothing(invented, fresh, server, capfd):
    """The server dies at the first score, and is back two seconds later."""
    coming = iter(Grading(fresh, find_submissions(fresh, [], [])))
    outcomes = [next(coming)]
    server.stop()
    later = threading.Timer(2, server.start)
    later.start()
    outcomes += coming
    later.join()
    assert unexpected(outcomes, invented[1]) == []
    assert {s: r[0] for s, r in records(fresh).items()} == {
        outcome.student: outcome.score or 0 for outcome in outcomes
    }
    lines = (fresh.root / ".autograder" / "journal.jsonl").read_text().splitlines()
    assert len(lines) == len(outcomes)
    told = capfd.readouterr().err
    assert told.count("The gradebook's database is away (") == 1
    assert told.count("The gradebook's database is back: grading continues.") == 1
    assert "Traceback" not in told


@contextmanager
def cutting(server):
    """Cut all connections again and again, then leave them alone: machines may be slow."""
    over = threading.Event()

    def cut():
        for pause in CUTS:
            if over.wait(pause):
                break
            server.cut_all()

    thread = threading.Thread(target=cut)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_connections_cut_at_any_statement(invented, fresh, server, capfd):
    """What is recorded while each connection lives for a moment is whole, and there once."""
    grade(fresh)
    wanted = records(fresh)
    pairs = find_submissions(fresh, [], [])
    for _ in range(3):
        (fresh.root / ".autograder" / "journal.jsonl").unlink()
        again = Grading(fresh, pairs)
        coming = iter(again)
        outcomes = [next(coming)]
        with cutting(server):
            outcomes += coming
        assert all(outcome.cached for outcome in outcomes)
        assert records(fresh) == wanted
    assert "Traceback" not in capfd.readouterr().err


def test_a_connection_cut_as_it_commits(invented, fresh, server):
    """The transaction is begun anew: the session does not stay in the one that failed."""
    cuts = iter([server.cut_all])

    def cut_once(connection):
        next(cuts, lambda: None)()

    coming = iter(Grading(fresh, find_submissions(fresh, [], [])))
    outcomes = [next(coming)]
    event.listen(Engine, "commit", cut_once)
    try:
        outcomes += coming
    finally:
        event.remove(Engine, "commit", cut_once)
    assert next(cuts, None) is None, "nothing was cut"
    assert unexpected(outcomes, invented[1]) == []
    assert len(records(fresh)) == len(outcomes)


def test_a_server_that_stays_away(invented, fresh, server, monkeypatch):
    """Grading stops with a sentence; what was run is kept, and recorded without running it."""
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 3.0)
    coming = iter(Grading(fresh, find_submissions(fresh, [], []), grading.Options(jobs=2)))
    recorded = next(coming)
    server.stop()
    try:
        with pytest.raises(GradingFailed, match=r"has been away for 3 s .* run `autograder grade`"):
            list(coming)
        kept = len(list((fresh.root / ".autograder" / "results").glob("[!.]*.json")))
        assert kept > 1
    finally:
        server.start()
    assert set(records(fresh)) == {recorded.student}
    outcomes = grade(fresh)
    assert sum(outcome.cached for outcome in outcomes) >= kept
    assert unexpected(outcomes, invented[1]) == []
    assert len(records(fresh)) == len(outcomes)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("course@", "course:wrong@"), "password authentication failed"),
        (("@127.0.0.1", "@nowhere.invalid"), "nowhere.invalid"),
        (("/c_", "/no_such_"), "does not exist"),
        (("127.0.0.1:", "127.0.0.1:1"), "port"),
        (("postgresql+psycopg://", "nothing that is an address "), "is not a database address"),
        (("psycopg", "pg8000"), "pg8000 is missing"),
    ],
    ids=["password", "host", "database", "port", "address", "driver"],
)
def test_what_is_wrong_is_said_in_a_sentence(
    fresh, toy_repository, monkeypatch, capfd, change, reason
):
    address = fresh.config().CourseDirectory.db_url
    point(fresh, address.replace(*change))
    monkeypatch.chdir(toy_repository)
    code, output = run(monkeypatch, capfd, "grade", "-w", fresh.root)
    assert code == 2
    assert output.startswith("autograder: ")
    assert reason in output
    assert output.count("\n") == 1
    assert "wrong@" not in output
    finding = next(each for each in examine(fresh) if "gradebook" in each.what)
    assert (finding.good, finding.vital) == (False, True)
    assert reason in finding.detail


def test_the_doctor_tells_that_it_answers(fresh):
    finding = next(each for each in examine(fresh) if "gradebook" in each.what)
    assert finding.good
    assert "postgresql 1" in finding.detail
    assert f"{USER}@127.0.0.1" in finding.detail


def test_a_password_in_the_environment_will_do(fresh, server, monkeypatch):
    monkeypatch.delenv("PGPASSFILE")
    with pytest.raises(WorkspaceError, match="no password supplied"), fresh.gradebook():
        pass
    monkeypatch.setenv("PGPASSWORD", server.password)
    with fresh.gradebook() as book:
        assert isinstance(book, Gradebook)
