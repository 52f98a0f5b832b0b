"""What can't be read is said before anything runs, in words its author can act on."""

import copy
import json
import os

import nbformat
import pytest

from autograder.errors import GradingFailed, Unusable
from autograder.submission.read_notebook import LARGEST_BYTES, MOST_CELLS, read_submission
from autograder.wording import listed, plain
from tests.grading.submitting import DOUBLE, LESSON, put, student_notebook, toy_source


@pytest.fixture(scope="module")
def source():
    return toy_source()


@pytest.fixture
def student(source):
    return student_notebook(source)


@pytest.fixture
def read(tmp_path, source):
    """Read a text, bytes or notebook as a submission."""

    def read(content=None, name=f"{LESSON}.ipynb"):
        if content is not None:
            put(tmp_path, content, name)
        return read_submission(tmp_path, LESSON, source)

    return read


def why(read, *args):
    """The reason for which a submission is refused: one short line."""
    with pytest.raises(Unusable) as caught:
        read(*args)
    reason = str(caught.value)
    assert reason.isprintable()
    assert len(reason) < 400
    return reason


def test_a_notebook_is_read(read, student):
    handed = read(student)
    assert handed.notes == ()
    assert [cell.source for cell in handed.cells] == [cell.source for cell in student.cells]
    assert handed.cells[3].grade_id == handed.cells[3].id == "double"


PAGE = "<!DOCTYPE html><title>Sign in</title>"
CONFLICT = '{"cells": [\n<<<<<<< HEAD\n{}\n=======\n>>>>>>> mine\n]}'
BAD_FILES = {
    "is empty": ("", b"\xef\xbb\xbf", " \n\t"),
    "it isn't JSON)": ("This is my homework.", '{"cells": [', "nan", b"PK\x03\x04".decode()),
    "it isn't JSON but a web page": (PAGE, "\n<html>"),
    "holds merge conflict marks": (CONFLICT, CONFLICT.replace("\n", "\r\n")),
    "is not text": (b"\xff\xfe\x00\x01", b"\x80abc", "{}".encode("utf-16"), b"\x1f\x8b\x08"),
    "nested too deeply": ("[" * 200_000, '{"a":' * 200_000, "[" * 200_000 + "]" * 200_000),
    "is larger than 20 MB": (" " * (LARGEST_BYTES + 1),),
    "has no list of cells": ([1, 2], "3", "null", '"cells"', {}, {"cells": {}}, {"worksheets": 1}),
    "not this lesson's notebook": ({"cells": []}, {"worksheets": [1, {}, {"cells": 7}]}),
    f"more than {MOST_CELLS}": ({"cells": [{}] * (MOST_CELLS + 1)},),
}


@pytest.mark.parametrize(
    ("reason", "content"), [(reason, each) for reason, all_ in BAD_FILES.items() for each in all_]
)
def test_bad_file(read, reason, content):
    assert reason in why(read, content)


ODD = (None, 0, -1.5, True, "odd", [], {}, [1], [[]], {"a": {"b": []}}, float("nan"), 10**4000)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:12])
@pytest.mark.parametrize(
    "key", ["cell_type", "id", "metadata", "nbgrader", "grade_id", "points", "source", "tags"]
)
def test_odd_values(read, student, key, odd):
    """Each is passed over; the other cells are read."""
    notebook = json.loads(nbformat.writes(student))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "double")
    owners = {"nbgrader": cell["metadata"], "tags": cell["metadata"]}
    owners |= dict.fromkeys(["grade_id", "points"], cell["metadata"]["nbgrader"])
    owners.get(key, cell)[key] = odd
    handed = read(notebook)
    assert "halve" in [cell.grade_id for cell in handed.cells]
    for cell in handed.cells:
        assert isinstance(cell.source, str)
        assert hash(cell) is not None


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:12])
def test_odd_cells(read, student, odd):
    notebook = json.loads(nbformat.writes(student))
    notebook["cells"].insert(0, odd)
    assert read(notebook).notes == (
        "Cells in 01_toy.ipynb that could not be read were left out (1 in all).",
    )


def test_text_that_json_allows_and_python_does_not_like(read, student):
    text = nbformat.writes(student)
    assert read(b"\xef\xbb\xbf" + text.encode()).notes == ()
    huge = text.replace('"points": 2', f'"points": {"9" * 100_000}')
    assert read(huge).notes == ()
    twice = text.replace('"points": 2', '"points": NaN, "points": Infinity, "points": 2')
    assert read(twice).notes == ()
    half = read(text.replace("return number + number", "return '\\ud800'"))
    assert "return '?'" in next(c for c in half.cells if c.grade_id == "double").source


@pytest.mark.parametrize("version", [2, 3])
def test_old_formats(read, student, version):
    old = nbformat.convert(copy.deepcopy(student), version)
    assert "cells" not in old
    handed = read(json.dumps(old))
    assert handed.notes == ("01_toy.ipynb is in an old format: it was brought up to date.",)
    assert [c.source for c in handed.cells if c.grade_id == "double"] == [DOUBLE]


def test_no_such_folder(source, tmp_path):
    missing = tmp_path / LESSON
    assert "01_toy is missing" in why(read_submission, missing, LESSON, source)


def test_folder_that_is_a_link(source, student, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    put(tmp_path / "elsewhere", student)
    (tmp_path / LESSON).symlink_to(tmp_path / "elsewhere")
    assert "a link, perhaps" in why(read_submission, tmp_path / LESSON, LESSON, source)


def test_file_that_is_a_link(read, student, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    put(tmp_path / "elsewhere", student)
    (tmp_path / f"{LESSON}.ipynb").symlink_to(tmp_path / "elsewhere" / f"{LESSON}.ipynb")
    assert "is a link or not an ordinary file" in why(read)


def test_files_that_are_none(read, tmp_path):
    path = tmp_path / f"{LESSON}.ipynb"
    os.mkfifo(path)
    assert "is a link or not an ordinary file" in why(read)
    path.unlink()
    path.mkdir()
    assert "is a link or not an ordinary file" in why(read)
    path.rmdir()
    assert "01_toy.ipynb is missing: put it" in why(read)


def test_pipe_put_there_in_the_meantime(monkeypatch, read, tmp_path):
    """It is neither waited for nor read, though the folder's list called it a file."""
    os.mkfifo(tmp_path / f"{LESSON}.ipynb")
    names = lambda folder: [f"{LESSON}.ipynb"]  # noqa: E731
    monkeypatch.setattr("autograder.submission.read_notebook._notebooks", names)
    assert "not an ordinary file" in why(read)


def test_trouble_of_this_machine_is_not_the_students(monkeypatch, read, student, tmp_path):
    put(tmp_path, student)

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("autograder.submission.read_notebook.os.open", refuse)
    with pytest.raises(GradingFailed, match="Permission denied"):
        read()


@pytest.mark.parametrize("name", ["my answers.ipynb", "01_TOY.IPYNB", "01_toy (1).ipynb"])
def test_renamed_notebook_is_taken(read, student, tmp_path, name):
    put(tmp_path, nbformat.v4.new_notebook(), "scratch.ipynb")
    handed = read(student, name)
    assert handed.notes == (f"{name} was used as 01_toy.ipynb: give it that name next time.",)


def test_several_could_be_meant(read, student, tmp_path):
    put(tmp_path, student, "b.ipynb")
    assert "a.ipynb and b.ipynb could each be meant: rename the one that counts to 01" in why(
        read, student, "a.ipynb"
    )


def test_others_that_can_not_be_meant(read, tmp_path):
    assert "01_toy.ipynb is missing, and a.ipynb is empty" in why(read, "", "a.ipynb")
    put(tmp_path, nbformat.v4.new_notebook(), "b.ipynb")
    assert "none of this lesson's exercises is in a.ipynb and b.ipynb" in why(read)


def test_the_right_one_counts(read, student, tmp_path):
    put(tmp_path, student, "old.ipynb")
    put(tmp_path, nbformat.v4.new_notebook(), "scratch.ipynb")
    put(tmp_path, student, ".hidden.ipynb")
    (tmp_path / "link.ipynb").symlink_to("old.ipynb")
    assert read(student).notes == ("Only 01_toy.ipynb counts, so this was ignored: old.ipynb.",)


def test_odd_file_names(read, student):
    name = os.fsdecode(b"\x1b[31mred\xff\n" + b"x" * 200 + b".ipynb")
    [note] = read(student, name).notes
    assert note.isprintable()
    assert note.startswith("[31mred xxx")
    assert "…" in note


def test_recognised_by_id(read, student):
    for cell in student.cells:
        cell.metadata.pop("nbgrader", None)
    assert len(read(student).cells) == len(student.cells)


def test_names_in_sentences():
    assert plain("a\u202eb\n\x00c") == "a b c"
    assert plain("\x00") == "(no name)"
    assert plain("x" * 10**6) == "x" * 59 + "…"
    assert [listed(list("abcde"[:n])) for n in (1, 2, 3, 5)] == [
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and 2 more",
    ]
