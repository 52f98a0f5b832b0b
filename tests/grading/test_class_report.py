"""The class report: what it reads and says, and that its page is safe, whole and accessible."""

import csv
import json
import re
import shutil
import sys
from pathlib import Path

import matplotlib
import nbformat
import pytest

from autograder.class_report.read_class import read_class
from autograder.class_report.write import write_report
from autograder.errors import LessonError, WorkspaceError
from autograder.lesson.release import release_lesson
from autograder.scoring.results import Result
from autograder.workspace.folders import Workspace, create_workspace
from tests.grading.conftest import grade, run
from tests.grading.recorded import record, result, work
from tests.support.browser import ROOT

LESSON = "01_toy"
OTHER = "02_toy_again"
SCRIPT = "<script>alert(1)</script>"
COPIED = """
def double(number):
    parts = [number for each in range(2)]
    whole = sum(parts, start=0 * number)
    if isinstance(number, complex) or whole == number == 0:
        whole = number.__class__(whole)
    return whole.__class__(whole) if whole > parts[0] else whole
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory, toy_repository) -> Workspace:
    """Two lessons, released and nothing more."""
    sources = toy_repository / "solutions"
    again = tmp_path_factory.mktemp("again") / f"{OTHER}.py"
    shutil.copy(sources / f"{LESSON}.py", again)
    workspace = create_workspace(tmp_path_factory.mktemp("report") / "grading")
    for source in (sources / f"{LESSON}.py", again):
        release_lesson(source, workspace)
    return workspace


@pytest.fixture
def workspace(released, tmp_path) -> Workspace:
    """A copy of it, to be graded."""
    root = tmp_path / "grading"
    shutil.copytree(released.root, root)
    return Workspace(root)


@pytest.fixture
def small_class(workspace) -> Workspace:
    """Seven students: right, wrong, idle, unreadable, missing, and one with a name of their own."""
    wrong = {"double_check": 0.0}
    copied = COPIED.replace("parts", "p").replace("whole", "w").replace("each", "_")
    record(
        workspace,
        LESSON,
        {
            "ada": result(workspace, LESSON, {}, {"double": COPIED}),
            "bela": result(workspace, LESSON, {}, {"double": copied + "\n# mine"}),
            "chen": result(workspace, LESSON, wrong, repairs=("The cell aims was repaired.",)),
            "dilan": result(
                workspace,
                LESSON,
                {"double_check": 0.0, "halve_check": 0.0, "quiz_check": 0.0},
                reasons={"double_check": "double: not attempted yet."},
            ),
            "elif": Result(reason="It is empty: save it and submit again."),
            "femi": None,
            SCRIPT: result(workspace, LESSON, wrong),
        },
    )
    for student in ("ada", "bela", "chen"):
        work(workspace, LESSON, student, right=1)
    return workspace


def written(workspace, output, *lessons):
    done = write_report(workspace, list(lessons), output, workspace.root / "bank")
    with done.table.open(encoding="utf-8", newline="") as file:
        return done, done.page.read_text(encoding="utf-8"), list(csv.DictReader(file))


@pytest.fixture
def bank(toy_repository, small_class) -> Path:
    shutil.copytree(toy_repository / "tests" / "bank", small_class.root / "bank")
    return small_class.root / "bank"


def test_table_has_a_row_for_each_student_lesson_and_check(small_class, bank, tmp_path):
    _, _, rows = written(small_class, tmp_path / "out")
    by = {(row["student"], row["check"]): row for row in rows}
    assert len(by) == len(rows)
    assert {student for student, _ in by} == {
        *("ada", "bela", "chen", "dilan", "elif", "femi", SCRIPT)
    }
    ada = by["ada", "double_check"]
    assert (ada["score"], ada["max_score"], ada["state"], ada["tries"]) == (
        *("2.0", "2.0", "graded"),
        "3",
    )
    assert (ada["minutes_worked"], ada["grading_seconds"]) == ("30.0", "1.5")
    assert by["ada", "twice_half"]["kind"] == "question"
    assert by["ada", "twice_half"]["score"] == "1.0"
    assert by["chen", "double_check"]["misconception"] == "squares instead of doubling"
    assert by["chen", "double_check"]["repairs"] == "1"
    assert by["dilan", "double_check"]["attempted"] == "False"
    assert by["dilan", "double_check"]["misconception"] == ""
    assert by["elif", "double_check"]["state"] == "not graded"
    assert by["femi", "double_check"]["state"] == "missing"
    assert by["femi", "double_check"]["score"] == ""


def test_points_of_a_submission_are_the_sum_of_its_rows(small_class, bank, tmp_path):
    _, _, rows = written(small_class, tmp_path / "out")
    with small_class.gradebook() as gradebook:
        for student in ("ada", "chen", "dilan"):
            own = [r for r in rows if r["student"] == student and r["kind"] != "question"]
            score = gradebook.find_submission(LESSON, student).score
            assert sum(float(row["score"]) for row in own) == score


def test_points_given_by_hand_count(small_class, bank, tmp_path):
    with small_class.gradebook() as gradebook:
        gradebook.find_grade("double_check", LESSON, LESSON, "chen").manual_score = 1.5
        gradebook.db.commit()
    _, _, rows = written(small_class, tmp_path / "out")
    chen = next(r for r in rows if (r["student"], r["check"]) == ("chen", "double_check"))
    assert chen["score"] == "1.5"


def test_page_says_what_happened(small_class, bank, tmp_path):
    done, page, _ = written(small_class, tmp_path / "out")
    assert (done.students, done.lessons, done.pairs) == (7, 1, 1)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "01_toy: ada and bela, 2 similar answers" in text
    assert "squares instead of doubling Twice 7.5 is 15" in text
    assert "1: The cell aims was repaired." in text
    assert "elif (not graded): It is empty: save it and submit again." in text
    assert "femi 1 01_toy: submitted nothing" in text
    assert "dilan 1 01_toy: 0 of 6 points, 1 not attempted" in text
    assert "What is twice the half of a number?" in text
    # 5 have a score in `double`, 2 of them all points: p = 0.40.
    assert re.search(r"double 5 0\.40", text)
    assert "not graded yet" not in text


def test_names_and_messages_are_escaped(small_class, bank, tmp_path):
    evil = {"double_check": f"{SCRIPT} {{{{ 7 * 7 }}}}", "halve_check": "=HYPERLINK(1)"}
    scores = {"double_check": 0.0, "halve_check": 0.0}
    own = {"double": f"double = '{SCRIPT}</pre>'"}
    record(
        small_class,
        OTHER,
        {"=cmd": result(small_class, OTHER, scores, own, evil, repairs=(SCRIPT,))},
    )
    _, page, rows = written(small_class, tmp_path / "out")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7 * 7 }}" in page
    assert "'=cmd" in {row["student"] for row in rows}, "a spreadsheet would run it"
    assert "'=HYPERLINK(1)" in {row["reason"] for row in rows}


def test_page_asks_no_host_for_anything(small_class, bank, tmp_path):
    _, page, _ = written(small_class, tmp_path / "out")
    assert not re.search(r"https?:|//\w|<link|<script|<img|<iframe|@import|url\((?!#)", page)
    assert "default-src 'none'" in page


def test_ids_are_unique_and_links_lead_somewhere(small_class, bank, tmp_path):
    record(small_class, OTHER, {"ada": result(small_class, OTHER, {})})
    _, page, _ = written(small_class, tmp_path / "out")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    wanted = re.findall(r'(?:href="#|url\(#|aria-labelledby=")([^") ]+)', page)
    assert len(wanted) > 20
    assert set(wanted) <= set(ids)


def test_plots_are_described_in_words(small_class, bank, tmp_path):
    _, page, _ = written(small_class, tmp_path / "out")
    plots = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(plots) >= 2
    for plot in plots:
        assert 'role="img"' in plot
        title, words = (
            re.search(rf"<{tag} [^>]*>(.+?)</{tag}>", plot) for tag in ("title", "desc")
        )
        assert title is not None
        assert words is not None
        assert len(words[1].split()) > 8


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_page_is_accessible_and_fits(browser, accessible_page, axe, mode, width):
    requests, complaints = [], []
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=mode)
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(accessible_page.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(axe)
    found = page.evaluate("axe.run()")
    page.close()
    assert found["passes"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert requests == [accessible_page.as_uri()]
    assert complaints == []


@pytest.fixture
def accessible_page(small_class, bank, tmp_path) -> Path:
    record(small_class, OTHER, {"ada": result(small_class, OTHER, {}), "chen": None})
    return written(small_class, tmp_path / "out")[0].page


@pytest.fixture(scope="module")
def axe() -> str:
    sys.path.insert(0, str(ROOT / "book"))
    import build

    build.install_front_end()
    return (build.NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def test_notebook_redraws_the_plots(small_class, bank, tmp_path, monkeypatch, capsys):
    done, _, rows = written(small_class, tmp_path / "out")
    notebook = nbformat.read(done.notebook, as_version=4)
    nbformat.validate(notebook)
    monkeypatch.chdir(done.notebook.parent)
    monkeypatch.setitem(matplotlib.rcParams, "backend", "agg")
    shown = []
    monkeypatch.setattr("matplotlib.pyplot.show", lambda: shown.append(True))
    names: dict = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), names)
    assert len(shown) >= 4
    assert len(names["rows"]) == len(rows)
    printed = capsys.readouterr().out
    assert "01_toy  double_check: squares instead of doubling" in printed
    record_of = read_class(small_class, [])
    percents = sorted(s.percent for s in record_of.submissions if s.percent is not None)
    assert sorted(names["percent"][LESSON]) == pytest.approx(percents)


def test_a_class_of_one(workspace, tmp_path):
    record(workspace, LESSON, {"ada": result(workspace, LESSON, {})})
    done, page, rows = written(workspace, tmp_path / "one.html")
    assert (done.page, done.students, done.pairs, done.listed) == (tmp_path / "one.html", 1, 0, 0)
    assert done.table == tmp_path / "one.csv"
    assert done.notebook == tmp_path / "one.ipynb"
    assert "1 student, 1 graded lesson" in page
    assert len(rows) == 4


def test_nobody_has_a_score(workspace, tmp_path):
    record(workspace, LESSON, {"ada": Result(reason="It is empty."), "bela": None})
    _, page, _ = written(workspace, tmp_path / "out")
    assert "Nobody has a score in this lesson yet." in page


def test_an_ungraded_lesson_is_named(small_class, bank, tmp_path):
    work(small_class, OTHER, "ada", right=0)
    done, page, _ = written(small_class, tmp_path / "out")
    assert done.ungraded == {OTHER: 1}
    assert f"<strong>{OTHER}</strong> is not graded yet: 1 submitted." in page
    with pytest.raises(WorkspaceError, match=rf"{OTHER}: not graded yet .* run `autograder grade"):
        written(small_class, tmp_path / "out", "2")
    with pytest.raises(LessonError, match="There is no lesson 'toys'"):
        written(small_class, tmp_path / "out", "toys")


def test_while_some_wait_nobody_is_said_to_have_handed_in_nothing(small_class, bank, tmp_path):
    work(small_class, LESSON, "femi", right=0)
    _, page, _ = written(small_class, tmp_path / "out")
    assert "submitted nothing</td>" not in page
    assert f"<strong>{LESSON}</strong>: 1 more submitted and waiting to be graded." in page


def test_a_lesson_of_another_course(small_class, tmp_path):
    """No bank, no quiz.json, no source: what nbgrader alone would know."""
    shutil.rmtree(small_class.source / LESSON)
    _, page, rows = written(small_class, tmp_path / "out")
    assert "There is no bank of answers for these lessons here" in page
    assert "not in the bank of answers" in page
    assert {row["kind"] for row in rows if row["state"] == "graded"} == {"exercise"}
    assert {row["check"] for row in rows if row["student"] == "femi"} == {""}


def test_what_nbgrader_graded_itself(small_class, bank, tmp_path):
    """Without the journal, scores are the gradebook's and messages the notebook's."""
    shutil.rmtree(small_class.root / ".autograder")
    folder = small_class.autograded / "chen" / LESSON
    folder.mkdir(parents=True)
    notebook = nbformat.read(small_class.source / LESSON / f"{LESSON}.ipynb", as_version=4)
    check = next(cell for cell in notebook.cells if cell.id == "double_check")
    check.execution_count = 1
    said = "Twice 7.5 is 15: no."
    check.outputs = [nbformat.v4.new_output("error", ename="AssertionError", evalue=said)]
    check.outputs[0].traceback = []
    nbformat.write(notebook, folder / f"{LESSON}.ipynb")
    _, page, rows = written(small_class, tmp_path / "out")
    chen = next(r for r in rows if (r["student"], r["check"]) == ("chen", "double_check"))
    assert (chen["reason"], chen["misconception"]) == (said, "squares instead of doubling")
    assert chen["grading_seconds"] == ""
    assert "There is no record of how it was graded" in page


def test_what_an_earlier_grader_kept_is_passed_over(small_class, bank, tmp_path):
    for path in (small_class.root / ".autograder" / "results").iterdir():
        path.write_text('{"checks": [{"points": 3}]}')
    done, _, rows = written(small_class, tmp_path / "out")
    assert done.students == 7
    assert {row["score"] for row in rows if row["student"] == "ada"} == {"1.0", "2.0", "3.0"}


@pytest.mark.parametrize("held", ["", "[]", '{"version": 1}', "[" * 99_999, "x" * 2_000_000])
def test_a_damaged_count_of_the_students_own_is_no_answer(small_class, bank, tmp_path, held):
    (small_class.submitted / "ada" / LESSON / "progress.json").write_text(held)
    _, _, rows = written(small_class, tmp_path / "out")
    ada = {row["check"]: row for row in rows if row["student"] == "ada"}
    assert ada["twice_half"]["score"] == "0.0"
    assert ada["double_check"]["tries"] == ada["double_check"]["minutes_worked"] == ""


def test_a_link_in_place_of_the_count_is_not_followed(small_class, bank, tmp_path):
    path = small_class.submitted / "ada" / LESSON / "progress.json"
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    _, _, rows = written(small_class, tmp_path / "out")
    assert next(r for r in rows if r["student"] == "ada")["tries"] == ""


def test_a_report_changes_nothing(small_class, bank, tmp_path):
    def state():
        paths = sorted(path for path in small_class.root.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in paths}

    before = state()
    written(small_class, tmp_path / "out")
    assert state() == before


def test_the_whole_class_of_invented_students(toy_class, toy_repository, tmp_path):
    """What real grading leaves is read as it is meant, each ending of a submission among it."""
    bank = toy_repository / "tests" / "bank"
    # As it is now, whatever was tried with the class; what has not changed is not run again.
    outcomes = grade(toy_class.workspace, cell_seconds=8)
    write_report(toy_class.workspace, [], tmp_path, bank)
    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    states = {row["student"]: row["state"] for row in rows}
    for name, outcome in outcomes.items():
        assert states[name] == (
            "not graded" if not outcome.graded else "ended early" if outcome.reason else "graded"
        )
    named = {(r["student"], r["check"]): r["misconception"] for r in rows}
    assert named["dilan", "double_check"] == "squares instead of doubling"
    assert named["dilan", "halve_check"] == "divides whole numbers"
    repaired = {row["student"] for row in rows if row["repairs"] != "0"}
    assert repaired >= {name for name, each in outcomes.items() if each.repairs}


def command(monkeypatch, capsys, *arguments):
    code, output = run(monkeypatch, capsys, "report", *arguments)
    return code, " ".join(output.split())


def test_the_command(small_class, toy_repository, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(toy_repository)
    where = ("-w", small_class.root)
    code, said = command(monkeypatch, capsys, *where)
    assert code == 0
    assert "7 students, 1 lesson; 3 students who may need help, 1 pair of" in said
    folder = small_class.root / "report"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("report.csv", "report.html", "report.ipynb")
    ]
    assert "squares instead of doubling" in (folder / "report.html").read_text()
    code, _ = command(monkeypatch, capsys, *where, "--lesson", "1", "-o", tmp_path / "x" / "a.html")
    assert code == 0
    assert (tmp_path / "x" / "a.csv").is_file()
    assert command(monkeypatch, capsys, *where, "--lesson", "9")[0] == 2
    code, said = command(monkeypatch, capsys, "-w", tmp_path)
    assert (code, "is not a grading workspace" in said) == (2, True)
    (tmp_path / "file").write_text("")
    code, said = command(monkeypatch, capsys, *where, "-o", tmp_path / "file" / "a.html")
    assert code == 2
    assert "can't hold the report" in said
    code, said = command(monkeypatch, capsys, "--help")
    assert code == 0
    assert "Examples" in said


def test_nothing_graded_is_said(workspace, toy_repository, monkeypatch, capsys):
    monkeypatch.chdir(toy_repository)
    code, said = command(monkeypatch, capsys, "-w", workspace.root)
    assert code == 2
    assert "Nothing was graded yet" in said
    assert "run `autograder grade` first" in said


def test_journal_of_a_killed_grader_is_read(small_class, bank, tmp_path):
    with (small_class.root / ".autograder" / "journal.jsonl").open("a") as journal:
        journal.write('["01_toy", "ada"')
    record_of = read_class(small_class, [])
    assert json.dumps(record_of.students)
    assert {s.state for s in record_of.submissions if s.student == "ada"} == {"graded"}
