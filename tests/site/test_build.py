"""The site's build, part by part: what it copies, what it refuses, and what it says then."""

import os
import subprocess
import sys
from pathlib import Path

import build
import nbformat
import pytest
from builder import executed, lesson_pages, other_pages, outside_requests
from builder.cache import Cache
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.answer_bank import Answer
from autograder.lesson.source import read_lesson

POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'


def cell(source: str, id: str, *tags: str, **nbgrader: object) -> NotebookNode:
    """A code cell, with nbgrader's metadata if any is given."""
    metadata = {"tags": list(tags)} | ({"nbgrader": nbgrader} if nbgrader else {})
    return new_code_cell(source, id=id, metadata=metadata)


def printed(source: str, text: str, id: str, **nbgrader: object) -> NotebookNode:
    """A code cell that has run and printed `text`."""
    ran = cell(source, id, **nbgrader)
    ran.outputs = [new_output("stream", text=text)]
    return ran


# ---------------------------------------------------------------- pages


def test_page_has_the_students_source_and_the_solved_output() -> None:
    student = new_notebook(cells=[cell("raise NotImplementedError", "s", grade_id="freeze")])
    solved = new_notebook(cells=[printed("secret = 1", "frozen\n", "other", grade_id="freeze")])
    solved.metadata["widgets"] = {"state": {}}
    made = lesson_pages.page(student, solved)
    assert made.cells[0].source == "raise NotImplementedError"
    assert made.cells[0].outputs[0].text == "frozen\n"
    assert made.metadata.widgets == {"state": {}}
    assert "secret" not in nbformat.writes(made)
    assert not student.cells[0].outputs, "the student notebook itself was changed"


def test_page_tells_when_it_ran_and_for_how_long() -> None:
    ran = printed("print(1)", "1", "c")
    ran.metadata["execution"] = {
        "iopub.status.busy": "2026-11-21T20:00:00.5Z",
        "shell.execute_reply": "2026-11-21T20:00:21.9Z",
    }
    student = new_notebook(cells=[cell("print(1)", "c")])
    made = lesson_pages.page(student, new_notebook(cells=[ran, new_markdown_cell("text")]))
    assert made.metadata.run_seconds == "21"
    assert made.metadata.run_day == "2026-11-21"
    assert "run_seconds" not in lesson_pages.page(student, student).metadata


def test_full_progress_bar_leaves_no_gap() -> None:
    views = {
        "bar": "  0%|          | 0/15 [00:00<?, ?run/s]",
        "named": "scratch, seed 0:   0%|      | 0/15 [00:00<?, ?run/s]",
        "explorer": "VBox(children=(Dropdown(options=('10%| 1/2 [', ...",
    }
    ran = cell("compare()", "c")
    ran.outputs = [
        new_output("display_data", {lesson_pages.WIDGET: {"model_id": name}, "text/plain": text})
        for name, text in views.items()
    ]
    student = new_notebook(cells=[cell("compare()", "c")])
    (made,) = lesson_pages.page(student, new_notebook(cells=[ran])).cells
    assert [output.data[lesson_pages.WIDGET].model_id for output in made.outputs] == ["explorer"]


def test_cells_are_tagged_for_reading() -> None:
    student = new_notebook(
        cells=[
            cell('quiz.ask("freezing")', "q", "quiz"),
            cell("assert True", "c", grade_id="c", grade=True),
            cell("pass", "e", grade_id="e", solution=True),
            cell("%matplotlib inline", "m"),
        ]
    )
    tags = [made.metadata.tags for made in lesson_pages.page(student, student).cells]
    assert tags == [["quiz", "remove-input"], ["check", "hide-input"], ["exercise"], []]


@pytest.mark.parametrize("call", sorted(lesson_pages.NEEDS_A_KERNEL))
def test_sentence_stands_where_a_kernel_is_needed(call: str) -> None:
    student = new_notebook(cells=[cell(f"# now\n{call}()", "p")])
    solved = new_notebook(cells=[printed(f"{call}()", "5 of 5", "p")])
    (made,) = lesson_pages.page(student, solved).cells
    assert "In JupyterLab" in made.outputs[0].data["text/html"]
    assert "5 of 5" not in str(made.outputs)
    assert "remove-input" in made.metadata.tags


class SmallLesson:
    """A lesson of one cell, which the build reads; `runs` counts the cells that it has run."""

    def __init__(self, folder: Path) -> None:
        self.source, self.cache = folder / "02_x.py", folder / "cache"
        self.runs = 0

    def count(self) -> None:
        self.runs += 1

    def read(self, code: str, basis: str = "", student: NotebookNode | None = None) -> NotebookNode:
        """Its executed notebook; students have got one of the same source, or `student`."""
        self.source.write_text(f"# %%\n{code}\n")
        given = student or read_lesson(self.source).notebook
        cache = Cache(self.cache, basis)
        return executed.executed_notebook(self.source, given, cache, self.count)


OF_ANOTHER_SOURCE = new_notebook(cells=[new_markdown_cell("text", id="t"), cell("old", "old")])


@pytest.fixture
def lesson(tmp_path: Path) -> SmallLesson:
    """A lesson that has never run."""
    return SmallLesson(tmp_path)


def test_stale_course_is_refused_before_anything_runs(lesson: SmallLesson) -> None:
    with pytest.raises(lesson_pages.PageError, match="run `autograder release`"):
        lesson.read("print(1)", student=OF_ANOTHER_SOURCE)
    assert not lesson.runs


def test_stale_course_is_refused_when_nothing_has_to_run(lesson: SmallLesson) -> None:
    lesson.read("print(1)")
    with pytest.raises(lesson_pages.PageError, match="run `autograder release`"):
        lesson.read("print(1)", student=OF_ANOTHER_SOURCE)


def test_solved_lesson_that_stops_is_named(lesson: SmallLesson) -> None:
    with pytest.raises(lesson_pages.PageError, match=r"ZeroDivisionError.*fix solutions/02_x.py"):
        lesson.read("1 / 0")
    assert not lesson.cache.exists(), "a failed run was kept"


def test_outputs_are_kept_until_something_changes(lesson: SmallLesson) -> None:
    assert lesson.read("print(1)").cells[0].outputs[0].text == "1\n"
    assert lesson.read("print(1)") == lesson.read("print(1)")
    assert lesson.runs == 1
    lesson.read("print(1)", basis="another package")
    assert lesson.runs == 2
    assert lesson.read("print(2)", basis="another package").cells[0].outputs[0].text == "2\n"
    assert lesson.runs == 3
    assert len(list(lesson.cache.iterdir())) == 1, "the stale runs were not thrown away"


@pytest.mark.parametrize("path", ["course/transferlab/see/plot.py", "uv.lock"])
def test_another_package_or_lock_file_makes_the_lessons_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(build, "ROOT", tmp_path)
    (tmp_path / "course" / "transferlab" / "see").mkdir(parents=True)
    (tmp_path / "uv.lock").touch()
    before = build.outputs().basis
    assert build.outputs().basis == before
    (tmp_path / path).write_text("another one")
    assert build.outputs().basis != before


def test_what_takes_long_to_import_waits_until_it_is_needed() -> None:
    command = "import sys, build; from builder import facts; print(*sorted(sys.modules))"
    environment = os.environ | {"PYTHONPATH": str(build.BOOK)}
    loaded = subprocess.check_output([sys.executable, "-c", command], text=True, env=environment)
    slow = {"nbclient", "nbgrader", "sklearn", "matplotlib.figure", "tensorflow", "sphinx"}
    assert "builder.facts" in loaded.split()
    assert not slow & set(loaded.split())


# ---------------------------------------------------------------- instructors


def test_misconceptions_are_told_without_code() -> None:
    wrong = Answer("freeze", "wrong", "took [-3:]", "use `a|b`, not *c*", "secret = 1")
    right = Answer("count", "right", "by identity", "", "secret = 2")
    bank = {"count": [right], "freeze": [wrong], "cut": [wrong]}
    text = lesson_pages.misconceptions(bank, ["cut", "freeze", "count"])
    assert "\n\n## Misconceptions\n" in text
    assert text.index("### cut") < text.index("### freeze"), "not in the lesson's order"
    assert text.count(r"| took \[-3:\] | … use `a\|b`, not \*c\* … |") == 2
    assert "secret" not in text
    assert "count" not in text
    assert lesson_pages.misconceptions(bank, ["count"]) == "\n"


def test_half_a_piece_of_code_is_shown_as_it_is() -> None:
    wrong = Answer("freeze", "wrong", "t", "compile()` again", "")
    assert r"… compile()\` again …" in lesson_pages.misconceptions({"freeze": [wrong]}, ["freeze"])


def test_notes_without_a_lesson_are_told(tmp_path: Path) -> None:
    (tmp_path / "99_nothing.md").write_text("# Nothing")
    with pytest.raises(lesson_pages.PageError, match=r"99_nothing\.md has no lesson"):
        other_pages.write_notes(tmp_path, [], {}, tmp_path / "staging")


# ---------------------------------------------------------------- other hosts


@pytest.mark.parametrize(
    "loads",
    [
        '<script src="https://cdn.jsdelivr.net/npm/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.org/a.css">',
        '<img src="http://example.org/a.png">',
        '<script>const THEBE_JS_URL = "thebe"</script>',
    ],
)
def test_request_to_another_host_is_found(tmp_path: Path, loads: str) -> None:
    (tmp_path / "index.html").write_text(f"<head>{POLICY}</head>{loads}")
    assert list(outside_requests.outside_requests(tmp_path))


def test_page_without_a_policy_is_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>hello</p>")
    assert list(outside_requests.outside_requests(tmp_path)) == [
        "index.html has no content security policy."
    ]


def test_what_a_page_only_names_is_no_request(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        f'{POLICY}<a href="https://keras.io">Keras</a><link rel="canonical" href="https://a.org">'
    )
    assert not list(outside_requests.outside_requests(tmp_path))


# ---------------------------------------------------------------- what goes wrong


def test_folder_that_is_no_site_is_left_alone(tmp_path: Path) -> None:
    out, made = tmp_path / "thesis", tmp_path / "made"
    out.mkdir()
    made.mkdir()
    (out / "chapter.txt").write_text("precious")
    with pytest.raises(build.BuildError, match="name another --out"):
        build.publish(made, out)
    assert (out / "chapter.txt").read_text() == "precious"


def test_missing_npm_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "NODE_MODULES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(build.BuildError, match=r"install Node\.js"):
        build.install_front_end()


def test_course_without_lessons_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "ROOT", tmp_path)
    with pytest.raises(build.BuildError, match="no lesson"):
        build.lesson_sources()


def test_build_that_fails_ends_with_all_that_it_started(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").touch()
    command = "import build, pathlib; build.ROOT = pathlib.Path(); build.build(pathlib.Path('out'))"
    done = subprocess.run(
        [sys.executable, "-c", command],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(build.BOOK)},
        timeout=120,
    )
    assert "There is no lesson" in done.stderr


def test_command_says_one_sentence_and_fails(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", build.__file__], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 1
    assert "is missing: run `make book`" in done.stderr
    assert "Traceback" not in done.stderr


def test_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (build.BOOK / "package-lock.json").read_text(encoding="utf-8")
