"""What `autograder release` derives: the same bytes each time, and no solution."""

import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.cells.metadata import is_check
from autograder.commands import app
from autograder.errors import LessonError, WorkspaceError
from autograder.lesson import source
from autograder.lesson.release import (
    release_lesson,
    release_page,
    solved_notebook,
    stale_files,
    stale_page_files,
    student_files,
    write_solved,
)
from autograder.workspace.configuration import STUB
from autograder.workspace.folders import create_workspace, find_repository

ROOT = Path(__file__).parents[2]
TOY = ROOT / "tests" / "grading" / "solutions" / "01_toy.py"
LESSONS = sorted((ROOT / "solutions").glob("[0-9]*.py"))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """One workspace to release into: making one takes seconds."""
    return create_workspace(tmp_path_factory.mktemp("grading"))


@pytest.fixture(scope="module")
def released(workspace):
    """The toy lesson, released."""
    return release_lesson(TOY, workspace)


def test_same_lesson_gives_same_bytes(released, tmp_path):
    again = release_lesson(
        TOY, create_workspace(tmp_path / "elsewhere"), course=tmp_path / "course"
    )
    assert again.files == released.files == student_files(TOY)
    published = tmp_path / "course" / "01_toy"
    assert {path.name: path.read_bytes() for path in published.iterdir()} == released.files


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_course_is_current(path):
    """Fails after an edit in solutions/: run `autograder release` and commit what it makes."""
    assert stale_files(path, ROOT / "course") == []


def test_start_page_is_current():
    """Fails after an edit in solutions/: run `autograder release` and commit what it makes."""
    (page,) = source.find_pages(ROOT / "solutions")
    assert stale_page_files(page, ROOT / "course") == []


def test_page_is_derived_beside_the_lessons(tmp_path):
    page = tmp_path / "start.py"
    page.write_text('# %% [markdown]\n"""\n# Welcome\n"""\n\n# %%\n1 + 1\n')
    course = tmp_path / "course"
    assert stale_page_files(page, course) == [course / "start.ipynb"]
    notebook = nbformat.read(release_page(page, course), as_version=4)
    assert [cell.source for cell in notebook.cells] == ["# Welcome", "1 + 1"]
    assert stale_page_files(page, course) == []
    assert source.find_pages(tmp_path) == [page]


@pytest.mark.parametrize("path", [TOY, *LESSONS], ids=lambda path: path.stem)
def test_nothing_secret_reaches_students(path, workspace):
    secret = source.telling_lines(source.read_lesson(path).notebook)
    assert secret
    files = release_lesson(path, workspace).files
    for name, content in files.items():
        text = content.decode()
        if name.endswith(".ipynb"):
            notebook = nbformat.reads(text, as_version=4)
            text = "\n".join(cell.source for cell in notebook.cells)
            assert not any(cell.get("outputs") for cell in notebook.cells)
        assert [line for line in secret if line in text] == []
        for marker in (*source.SOLUTION, *source.HIDDEN):
            assert marker not in content.decode()


def test_toy_secrets_are_what_they_should_be():
    secret = source.telling_lines(source.read_lesson(TOY).notebook)
    assert "doubled_by_the_author = number * 2" in secret
    assert "assert double(-3) == -6" in secret
    assert 'print("double: passed")' not in secret


def test_student_notebook_can_run_past_an_unsolved_exercise(released):
    notebook = nbformat.reads(released.files["01_toy.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    cells = {cell.id: cell for cell in notebook.cells}
    assert STUB.splitlines()[1] in cells["double"].source
    assert all(
        "raises-exception" in cell.metadata.tags for cell in filter(is_check, cells.values())
    )
    assert notebook.metadata.kernelspec.name == "python3"
    assert all("lines_to_next_cell" not in cell.metadata for cell in cells.values())
    assert 'quiz.ask("twice_half")' in [cell.source for cell in cells.values()]


def test_quiz_key_is_not_in_clear_text(released):
    assert b"Doubling undoes halving" not in released.files["quiz.json"]
    assert b"The number" in released.files["quiz.json"]


def test_solved_notebook_has_solutions_and_no_tags(tmp_path):
    notebook = solved_notebook(TOY)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "doubled_by_the_author" in text
    assert not any("raises-exception" in c.metadata.get("tags", []) for c in notebook.cells)
    assert write_solved(TOY, tmp_path / "solved").with_name("quiz.json").is_file()


def test_cell_ids_follow_content_not_position(tmp_path):
    text = TOY.read_text()
    moved = tmp_path / "01_toy.py"
    moved.write_text(
        text.replace("# %%\nfrom transferlab", "# %%\n1 + 1\n\n# %%\nfrom transferlab")
    )
    before = [cell.id for cell in source.read_lesson(TOY).notebook.cells]
    after = [cell.id for cell in source.read_lesson(moved).notebook.cells]
    assert [name for name in after if name in before] == before
    assert len(set(after)) == len(after)


def test_release_leaves_a_students_files_alone(workspace, tmp_path):
    folder = tmp_path / "course" / "01_toy"
    folder.mkdir(parents=True)
    (folder / "progress.json").write_text("mine")
    release_lesson(TOY, workspace, tmp_path / "course")
    assert (folder / "progress.json").read_text() == "mine"


MISTAKES = {
    "the grade_id 'double' is used twice": ('"grade_id": "halve"', '"grade_id": "double"'),
    "the cell 'double' is a solution without ### BEGIN SOLUTION": (
        "    ### BEGIN SOLUTION\n    doubled_by_the_author = number * 2\n"
        "    return doubled_by_the_author\n    ### END SOLUTION",
        "    return number * 2",
    ),
    "the cell 'double_check' is a check without points": ('"points": 2, ', ""),
    "the cell 'halve_check' is a check without points": ('"points": 3', '"points": -1'),
    "the cell 'double' has unbalanced markers": (
        "author\n    ### END SOLUTION",
        "author",
    ),
    "the cell 'double_check' has unbalanced markers": ("-6\n### END HIDDEN TESTS", "-6"),
    "has BEGIN HIDDEN TESTS in it but is not a check": (
        'print("ready")',
        "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS",
    ),
    "needs a grade_id made of words": ('"grade_id": "halve"', '"grade_id": "hal ve"'),
    "incomplete nbgrader metadata": ('"grade_id": "halve", "locked": false, ', '"grade_id": "h", '),
    "must be one call of quiz.ask": ('quiz.ask(\n    "twice_half"', 'print(\n    "twice_half"'),
    "two questions are called 'twice_half'": (
        '# %% nbgrader={"grade": true, "grade_id": "quiz_check"',
        '# %% tags=["quiz"]\nquiz.ask("twice_half", "Why?", right={"a": "b"}, wrong={"c": "d"})\n\n'
        '# %% nbgrader={"grade": true, "grade_id": "quiz_check"',
    ),
}


@pytest.mark.parametrize("sentence", MISTAKES)
def test_authors_mistake_gets_one_sentence(sentence, tmp_path):
    old, new = MISTAKES[sentence]
    text = TOY.read_text()
    assert old in text
    path = tmp_path / "01_toy.py"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(LessonError) as caught:
        source.read_lesson(path)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("01_toy.py: ")
    assert "\n" not in str(caught.value)


def test_unknown_lesson_names_the_closest(tmp_path):
    (tmp_path / "02_anatomy_and_freezing.py").touch()
    with pytest.raises(LessonError, match=r"did you mean 02_anatomy_and_freezing\?"):
        source.find_lessons(["02_anatomy"], tmp_path)
    assert source.find_lessons(["solutions/02_anatomy_and_freezing.py"], tmp_path)
    (by_number,) = source.find_lessons(["2"], tmp_path)
    assert by_number.stem == "02_anatomy_and_freezing"
    with pytest.raises(LessonError, match="holds no lesson"):
        source.find_lessons([], tmp_path / "nowhere")


def test_repository_is_found_from_below_and_missed_in_one_sentence(tmp_path):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "course" / "01").mkdir(parents=True)
    assert find_repository(tmp_path / "course" / "01") == tmp_path
    with pytest.raises(WorkspaceError, match="no course in"):
        find_repository(Path("/"))


@pytest.fixture
def repository(tmp_path, monkeypatch, workspace):
    """A small course with the toy lesson in it, as the working directory."""
    root = tmp_path / "repository"
    (root / "grading").mkdir(parents=True)
    shutil.copy(workspace.root / "gradebook.db", root / "grading")
    (root / "solutions").mkdir(parents=True)
    shutil.copy(TOY, root / "solutions")
    (root / "solutions" / "start.py").write_text("# %%\n1 + 1\n")
    monkeypatch.chdir(root)
    return root


def run(monkeypatch, capsys, *arguments):
    """Run the command; return its exit code, output and errors."""
    monkeypatch.setattr(sys, "argv", ["autograder", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code, *capsys.readouterr()


def test_command_releases_and_checks(repository, monkeypatch, capsys):
    code, _, error = run(monkeypatch, capsys, "release", "--check")
    assert code == 2
    assert error.count("\n") == 1
    assert "run `autograder release`" in error
    assert run(monkeypatch, capsys, "release", "--no-prove")[0] == 0
    assert (repository / "course" / "01_toy" / "quiz.json").is_file()
    assert (repository / "course" / "start.ipynb").is_file()
    assert run(monkeypatch, capsys, "release", "--check")[0] == 0
    assert run(monkeypatch, capsys, "release", "--exchange", "--no-prove")[0] == 0
    handed_out = repository / "grading" / "exchange" / "transferlab" / "outbound" / "01_toy"
    assert (handed_out / "01_toy.ipynb").is_file()


def test_release_tells_what_grading_will_run(repository, monkeypatch, capsys):
    with (repository / "solutions" / "01_toy.py").open("a") as lesson:
        lesson.write("\n# %%\nlonger = [1, 2]\n")
    _, output, _ = run(monkeypatch, capsys, "release", "--no-prove")
    runs, cells = re.search(r"01_toy: grading runs (\d+) of (\d+) code cells", output).groups()
    assert int(runs) == int(cells) - 2  # the quiz, and `longer`
    assert "It is graded" not in output
    _, output, _ = run(monkeypatch, capsys, "release", "--check", "--explain")
    assert re.search(r"^ +\d+  def double\(number\): +It is graded\.$", output, re.MULTILINE)
    assert re.search(r"^ +\d+  longer = \[1, 2\] +not run$", output, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["release", "01_tiy"], "did you mean 01_toy?"),
        (["grade"], "is not a grading workspace"),
        (["feedback", "-w", "nowhere"], "is not a grading workspace"),
        (["class", "99"], "There is no lesson '99'"),
        (["release", "-w", "solutions/01_toy.py/grading"], "Not a directory"),
    ],
)
def test_failure_is_one_sentence(repository, monkeypatch, capsys, arguments, sentence):
    code, _, error = run(monkeypatch, capsys, *arguments)
    assert code == 2
    assert sentence in error
    assert "Traceback" not in error
    assert error.count("\n") == 1


def test_missing_package_is_one_sentence(repository, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    code, _, error = run(monkeypatch, capsys, "release")
    assert code == 2
    assert "the package jupytext is missing" in error
    monkeypatch.setitem(sys.modules, "typer", None)
    monkeypatch.delitem(sys.modules, "autograder.commands", raising=False)
    assert "the package typer is missing" in run(monkeypatch, capsys, "release")[2]


def test_damaged_gradebook_is_one_sentence(repository, monkeypatch, capsys):
    (repository / "grading" / "gradebook.db").write_text("no database at all " * 100)
    code, _, error = run(monkeypatch, capsys, "release")
    assert code == 2
    assert "is damaged: restore a copy" in error
    assert error.count("\n") == 1


def test_full_disk_is_one_sentence(repository, monkeypatch, capsys):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device", "course/01_toy/01_toy.ipynb")

    monkeypatch.setattr(Path, "write_bytes", full)
    code, _, error = run(monkeypatch, capsys, "release")
    assert code == 2
    assert "No space left on device (course/01_toy/01_toy.ipynb)" in error


@pytest.mark.parametrize("command", [[], ["release"], ["grade"], ["feedback"], ["class"]])
def test_every_command_has_help_with_an_example(command, monkeypatch, capsys):
    code, output, _ = run(monkeypatch, capsys, *command, "--help")
    assert code == 0
    assert "autograder " in output


@pytest.mark.parametrize(
    ("command", "defaults"),
    [
        ("release", ["grading/"]),
        ("grade", ["grading/", "one per processor"]),
        ("feedback", ["grading/"]),
        ("class", ["the first in solutions/", "_build/class", "one per processor"]),
    ],
)
def test_help_tells_the_defaults(command, defaults):
    text = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "80"}).output
    prose = " ".join(text.replace("│", " ").split())
    assert [default for default in defaults if f"[default: ({default})]" not in prose] == []
    assert " ." not in prose
