"""The notebook that is run is ours, whatever was handed in; only answers are the student's."""

import contextlib
import copy
import json
import random
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis.strategies import randoms

from autograder.errors import Unusable
from autograder.lesson.source import read_lesson
from autograder.submission.read_notebook import read_submission
from autograder.submission.rebuild import LONGEST_CELL, TEXT_STUB, rebuild, released_source
from autograder.workspace.configuration import STUB
from tests.grading.submitting import (
    DOUBLE,
    ESSAY,
    HALVE,
    LESSON,
    code,
    named,
    put,
    student_notebook,
    toy_source,
)

ROOT = Path(__file__).parents[2]
SOLUTION_LINES = ("doubled_by_the_author", "number / (1 + 1)", ESSAY)


@pytest.fixture(scope="module")
def source():
    return toy_source()


@pytest.fixture
def student(source):
    return student_notebook(source)


@pytest.fixture
def redo(tmp_path, source):
    """Rebuild a submission, and see that the result is sound."""

    def redo(content):
        put(tmp_path, content)
        rebuilt = rebuild(read_submission(tmp_path, LESSON, source), source)
        assert_sound(rebuilt, source)
        return rebuilt

    return redo


def assert_sound(rebuilt, source):
    """Our cells are there once, in order; checks are ours; nothing of the author's solutions is."""
    notebook = rebuilt.notebook
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()
    ours = [cell for cell in notebook.cells if not cell.id.startswith("extra-")]
    assert [cell.id for cell in ours] == [cell.id for cell in source.cells]
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == source.metadata
    for mine, original in zip(ours, source.cells, strict=True):
        assert (mine.cell_type, mine.metadata) == (original.cell_type, original.metadata)
        if mine.id not in ("double", "halve", "essay", "task"):
            assert mine.source == original.source
    for cell in notebook.cells:
        assert not any(line in cell.source for line in SOLUTION_LINES)
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
        if cell.id.startswith("extra-"):
            assert (cell.cell_type, cell.metadata) == ("code", {})
    for repair in rebuilt.repairs:
        assert repair.isprintable()
        assert repair.endswith((".", "!"))
        assert len(repair) < 400


def answers(rebuilt):
    return {name: named(rebuilt.notebook, name).source for name in ("double", "halve", "essay")}


def ids(rebuilt):
    return [cell.id for cell in rebuilt.notebook.cells]


def after(notebook, name, *cells):
    """Insert cells after the one that is called so."""
    place = notebook.cells.index(named(notebook, name)) + 1
    notebook.cells[place:place] = cells


def before(notebook, name, *cells):
    place = notebook.cells.index(named(notebook, name))
    notebook.cells[place:place] = cells


def copied(cell, text=None, **changes):
    text = cell.source if text is None else text
    return nbformat.from_dict(
        {**cell, "id": f"copy{random.random()}"[2:], "source": text, **changes}
    )


def test_answers_are_taken_and_nothing_else(redo, student):
    student.metadata["kernelspec"] = {"name": "evil", "display_name": "Evil"}
    student.cells[1].outputs = [nbformat.v4.new_output("stream", text="<script>")]
    named(student, "task").source += "\nI did."
    rebuilt = redo(student)
    assert rebuilt.repairs == ()
    assert answers(rebuilt) == {"double": DOUBLE, "halve": HALVE, "essay": "My essay."}
    assert named(rebuilt.notebook, "task").source == "Do it.\nI did."


def test_the_untouched_lesson_needs_no_repair(redo, source, student):
    for cell, original in zip(student.cells, source.cells, strict=True):
        cell.source = released_source(original)
    rebuilt = redo(student)
    assert rebuilt.repairs == ()
    assert STUB.splitlines()[1] in answers(rebuilt)["double"]
    assert answers(rebuilt)["essay"] == TEXT_STUB


@pytest.mark.parametrize(
    "path", sorted((ROOT / "solutions").glob("[0-9]*.py")), ids=lambda p: p.stem
)
def test_released_lessons_need_no_repair(path):
    released = ROOT / "course" / path.stem
    source = read_lesson(path).notebook
    assert rebuild(read_submission(released, path.stem, source), source).repairs == ()


def test_deleted_cells(redo, student):
    gone = {"double", "halve_check", "essay", "aims", "task"}
    student.cells = [cell for cell in student.cells if cell.id not in gone]
    rebuilt = redo(student)
    assert rebuilt.repairs == (
        "The cell double had been deleted: it counts as not attempted.",
        "The check halve_check had been deleted: the original was used.",
        "The cell essay had been deleted: it counts as not attempted.",
        "The cell aims had been deleted: the original was used.",
        "The cell task had been deleted: it counts as not attempted.",
    )
    stub = "    ".join(["", *STUB.splitlines(keepends=True)])
    assert answers(rebuilt)["double"].endswith(f'twice the number."""\n{stub}')
    assert answers(rebuilt)["essay"] == TEXT_STUB
    assert named(rebuilt.notebook, "task").source == "Do it."


def test_solution_cell_without_markers(tmp_path, source, student):
    """Then the whole cell is the solution, as for nbgrader."""
    source = copy.deepcopy(source)
    named(source, "double").source = "def double(number):\n    return doubled_by_the_author"
    student.cells.remove(named(student, "double"))
    put(tmp_path, student)
    assert answers(rebuild(read_submission(tmp_path, LESSON, source), source))["double"] == STUB


def test_changed_cells(redo, student):
    named(student, "double_check").source = "print('double: passed')"
    named(student, "aims").source = "Read that."
    named(student, "halve_check").source += "  \r\n\n"
    named(student, "quiz_check").source = "\n  quiz.score()"
    assert redo(student).repairs == (
        "The check double_check had been changed: the original was used.",
        "The cell aims had been changed: the original was used.",
    )


def test_edited_settings(redo, student):
    named(student, "double_check").metadata.nbgrader.points = 200
    named(student, "halve_check").metadata["tags"] = ["skip-execution", "raises-exception"]
    named(student, "halve").metadata.nbgrader |= {"solution": False, "grade": True}
    named(student, "essay").metadata.nbgrader.points = "many"
    assert redo(student).repairs == (
        "The check double_check had other settings (points): the lesson's own were used.",
        "The cell halve had other settings (grade and solution): the lesson's own were used.",
        "The check halve_check had other settings (tags): the lesson's own were used.",
        "The cell essay had other settings (points): the lesson's own were used.",
    )


def test_retyped_cells(redo, student):
    for name, kind in (("double", "markdown"), ("essay", "code"), ("halve", "odd")):
        named(student, name).cell_type = kind
    named(student, "double_check").cell_type = "raw"
    rebuilt = redo(json.dumps(student))
    assert rebuilt.repairs == (
        "The cell double had been turned into a markdown cell: its content was run as code.",
        "The check double_check had been turned into a raw cell: the original was used.",
        "The cell halve had been turned into a cell of unknown kind: its content was run as code.",
        "The cell essay had been turned into a code cell: its content was taken as text.",
    )
    assert answers(rebuilt) == {"double": DOUBLE, "halve": HALVE, "essay": "My essay."}


def test_renamed_and_stripped_cells(redo, student):
    named(student, "double").metadata.nbgrader.grade_id = "triple"
    del named(student, "halve").metadata["nbgrader"]
    before(student, "halve", copied(named(student, "double")))
    rebuilt = redo(student)
    assert rebuilt.repairs == (
        "The cell double had been renamed to triple: it was recognised by its id.",
        "The cell halve had lost its grading metadata: it was recognised by its id.",
        "Not part of this lesson, so left out: triple.",
    )
    assert answers(rebuilt)["double"] == DOUBLE


def test_reordered_cells(redo, student):
    cell = named(student, "double")
    student.cells.remove(cell)
    student.cells.append(cell)
    rebuilt = redo(student)
    assert rebuilt.repairs == ("double had been moved: the lesson's order was used.",)
    assert answers(rebuilt)["double"] == DOUBLE


def test_copies_that_are_alike(redo, student):
    after(student, "double", copied(named(student, "double")))
    student.cells.append(copied(named(student, "double_check")))
    rebuilt = redo(student)
    assert rebuilt.repairs == (
        "The cell double was there 2 times, all the same: one was used.",
        "The check double_check was there 2 times: the original was used, once.",
    )
    assert answers(rebuilt)["double"] == DOUBLE


@pytest.mark.parametrize("rest", ["", "  \n", STUB, "double(3)"])
def test_the_copy_with_the_answer_is_used(redo, student, rest):
    cell = named(student, "double")
    early = copied(cell, DOUBLE.replace("number + number", "0"))
    before(student, "double", early)
    after(student, "double", copied(cell, rest))
    rebuilt = redo(student)
    assert rebuilt.repairs == (
        "The cell double was there 3 times: copy 2 was used, the last one with an answer in it.",
    )
    assert answers(rebuilt)["double"] == DOUBLE


def test_copies_without_any_answer(redo, source, student):
    cell = named(student, "double")
    cell.source = ""
    after(student, "double", copied(cell, released_source(named(source, "double"))))
    assert "copy 2 was used" in redo(student).repairs[0]


def test_cell_that_was_split(redo, student):
    """JupyterLab gives both halves the metadata; one needs the other."""
    cell = named(student, "double")
    helper = copied(cell, "def helper(n):\n    return n")
    before(student, "double", helper)
    cell.source = "def double(number):\n    return helper(number) * 2"
    rebuilt = redo(student)
    assert ids(rebuilt)[3:5] == ["extra-1", "double"]
    assert rebuilt.notebook.cells[3].source == helper.source


def test_too_long_an_answer(redo, student):
    named(student, "double").source = "#" * (LONGEST_CELL + 1)
    rebuilt = redo(student)
    assert "double holds more than 200 kB of text" in rebuilt.repairs[0]
    assert STUB.splitlines()[1] in answers(rebuilt)["double"]


def test_own_cells_that_nothing_needs_are_dropped(redo, student):
    after(student, "double", code("model = 3\nprint(double(model))"), code("%%bash\nrm -r ~"))
    named(student, "halve").source = "def halve(n):\n    result = n / 2\n    return result"
    student.cells[1].source += "\nresult = 9"
    rebuilt = redo(student)
    assert rebuilt.repairs == ()
    assert not any(name.startswith("extra") for name in ids(rebuilt))


def test_own_cells_that_answers_need_are_kept(redo, student):
    before(
        student,
        "double",
        code("import math as m"),
        code("def helper(n):\n    return m.floor(n)"),
        code("def helper(n):\n    return m.ceil(n)"),
    )
    named(student, "double").source = "def double(n):\n    return helper(2) * n"
    named(student, "halve").source = "def halve(n):\n    return helper(1) * m.fabs(n) / 2"
    rebuilt = redo(student)
    assert rebuilt.repairs == (
        "Your own cell that defines `m` was kept, because double needs it.",
        "Your own cell that defines `helper` was kept, because double needs it.",
    )
    assert ids(rebuilt)[3:6] == ["extra-1", "extra-2", "double"]
    assert "ceil" in named(rebuilt.notebook, "extra-2").source


def test_own_cell_that_uses_the_answer_comes_after_it(redo, student):
    after(student, "double", code("four = double(2)"))
    named(student, "double").source = "def double(n):\n    return four if n == 2 else n * 2"
    assert ids(redo(student))[3:5] == ["double", "extra-1"]


def test_changed_demonstration_is_kept_if_needed(redo, student):
    student.cells[1].source += "\nimport numpy as np"
    named(student, "double").source = "def double(n):\n    return np.add(n, n)"
    rebuilt = redo(student)
    assert rebuilt.repairs == (
        "Your own cell that defines `np` was kept, because double needs it.",
    )
    assert rebuilt.notebook.cells[1].source != student.cells[1].source


@pytest.mark.parametrize(
    ("own", "use"),
    [
        ("%%time\nhelper = 2", "helper"),
        ("%matplotlib inline\n!ls\nhelper = 2\nhelper?", "helper"),
        ("helper = !ls", "helper"),
        ("from math import *", "cos(n)"),
        ("def _set():\n    global helper\n    helper = 2", "helper"),
        ("async def helper(): ...", "await_(helper)"),
        ("try:\n    import helper\nexcept ImportError:\n    pass", "helper"),
    ],
)
def test_ways_of_binding(redo, student, own, use):
    after(student, "double_check", code(own))
    named(student, "halve").source = f"%matplotlib inline\ndef halve(n):\n    return {use}"
    assert "extra-1" in ids(redo(student))


@pytest.mark.parametrize("own", ["helper = ", "%%bash\nhelper=2", "helper\x00 = 2", "-" * 99_999])
def test_own_cells_that_are_no_python(redo, student, own):
    after(student, "double_check", code(own))
    named(student, "halve").source = "def halve(n):\n    return helper"
    assert redo(student).repairs == ()


def test_answer_written_below_its_cell(redo, source, student):
    named(student, "double").source = released_source(named(source, "double"))
    after(student, "double", code(DOUBLE), code("double(3)"))
    student.cells.remove(named(student, "halve"))
    before(student, "halve_check", code(HALVE))
    rebuilt = redo(student)
    assert rebuilt.repairs == (
        "The cell double held no answer: your own cell that defines `double` was used for it.",
        "The cell halve had been deleted: your own cell that defines `halve` was used for it.",
    )
    assert answers(rebuilt) | {"essay": ""} == {"double": DOUBLE, "halve": HALVE, "essay": ""}


def test_too_much_code(redo, student):
    student.cells += [code(f"a{n} = 1\n" + "#" * 100_000) for n in range(11)]
    assert redo(student).repairs == (
        "You have more code of your own than can be examined: keep less of it.",
    )


HOSTILE = ("\x00", "\ud800", "(" * 150_000, "-" * 150_000 + "1", "x" + ".a" * 90_000, "%" * 100_000)


@pytest.mark.parametrize("text", [*HOSTILE, "a," * 60_000 + "=!", "\n%" * 90_000], ids=range(8))
def test_hostile_text(redo, student, text):
    notebook = json.loads(nbformat.writes(student))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "double")
    cell["source"] = text
    extra = {"cell_type": "code", "source": text, "metadata": {}}
    rebuilt = redo(json.dumps({"cells": [*notebook["cells"], extra]}))
    assert answers(rebuilt)["double"] == text.replace("\ud800", "?")


def test_hostile_names(redo, student):
    cell = copied(named(student, "double"))
    cell.metadata.nbgrader.grade_id = "\x1b[2J\n<script>" + "y" * 1000
    student.cells += [cell] * 30
    [repair] = redo(json.dumps(student)).repairs
    assert "and 27 more" in repair


NODES = (
    None,
    True,
    -1,
    1e999,
    float("nan"),
    "",
    "odd",
    [],
    {},
    [[]],
    {"a": None},
    ["a", 1],
    "\ud800",
)


def mutate(notebook, chance):
    """Change a notebook's JSON somewhere."""
    cells = notebook["cells"]
    some = chance.randrange(len(cells) or 1)
    match chance.randrange(8):
        case 0 if cells:
            del cells[some]
        case 1 if cells:
            cells.insert(chance.randrange(len(cells)), copy.deepcopy(cells[some]))
        case 2:
            chance.shuffle(cells)
        case 3 if cells and isinstance(cells[some], dict):
            cells[some]["cell_type"] = chance.choice(["code", "markdown", "raw", "heading", 3])
        case 4 if cells:
            a = chance.randrange(len(cells))
            cells[some], cells[a] = cells[a], cells[some]
        case 5:
            text = chance.choice(["import math", "def helper(): pass", "double(helper)", DOUBLE])
            cells.insert(some, {"cell_type": "code", "source": text, "metadata": {}})
        case _:
            owner, key = chance.choice(list(places(notebook)))
            if owner is not notebook or chance.random() < 0.1:
                owner[key] = copy.deepcopy(chance.choice(NODES))


def places(node):
    """All places in a JSON value, as container and key."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(items):
        yield node, key
        if isinstance(value, dict | list):
            yield from places(value)


def spoil(data, chance):
    """Cut or change bytes."""
    if chance.random() < 0.5:
        return data[: chance.randrange(len(data))]
    spoiled = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def test_whatever_is_handed_in(tmp_path, source, student):
    """A reason or a sound notebook comes of it, and never anything else."""
    original = json.loads(nbformat.writes(student))
    usable = []

    @settings(max_examples=500, deadline=None, derandomize=True, database=None)
    @given(randoms())
    def hand_in(chance):
        notebook = copy.deepcopy(original)
        for _ in range(chance.randrange(1, 8)):
            if not isinstance(notebook.get("cells"), list):
                break
            mutate(notebook, chance)
        data = json.dumps(notebook).encode()
        put(tmp_path, spoil(data, chance) if chance.random() < 0.3 else data)
        with contextlib.suppress(Unusable):
            rebuilt = rebuild(read_submission(tmp_path, LESSON, source), source)
            assert_sound(rebuilt, source)
            usable.append(rebuilt)

    hand_in()
    assert len(usable) > 150
