"""A release proves a lesson by running it, and finds a left-out cell that matters after all."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from autograder import answer_bank
from autograder.cells.metadata import grade_id
from autograder.errors import SandboxUnavailable
from autograder.grading.lesson import Lesson
from autograder.grading.options import Options
from autograder.grading.same_scores import Proof, prove, proven_before, with_trials
from autograder.grading.this_machine import local_engine
from autograder.lesson.release import release_lesson, solved_notebook
from autograder.workspace.folders import Workspace, create_workspace
from tests.grading.conftest import grade, run

LESSON = "01_toy"
SHOWN = "\n# %%\nshown = [n * n for n in range(4)]\nshown\n"
# The rule doesn't follow what a cell takes from the random state.
HIDDEN = "\n# %%\nimport random\n\nrandom.seed(0)\n\n# %%\ndrawn = random.random()\n"
CHECKED = "assert round(random.random(), 3) == 0.758, 'not the second number'\n"


def released(repository: Path, workspace: Workspace) -> Lesson:
    release_lesson(repository / "solutions" / f"{LESSON}.py", workspace)
    return Lesson.read(workspace.source / LESSON)


def answers(repository: Path) -> list[answer_bank.Answer]:
    loaded = answer_bank.load(LESSON, repository / "tests" / "bank")
    return [answer for group in loaded.values() for answer in group]


def proven(repository: Path, workspace: Workspace) -> Proof:
    lesson = released(repository, workspace)
    options = Options()
    with local_engine([lesson], options) as engine:
        return prove(lesson, answers(repository), engine.runtime(options), workspace.root)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "grading")


@pytest.fixture
def repository(tmp_path: Path, toy_repository: Path) -> Path:
    return Path(shutil.copytree(toy_repository, tmp_path / "repository"))


def edit(repository: Path, old: str, new: str) -> None:
    path = repository / "solutions" / f"{LESSON}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_lesson_is_proven_once_and_shows_in_grading_what_was_not_run(
    repository: Path, workspace: Workspace
) -> None:
    edit(repository, '\n# %% tags=["quiz"]', SHOWN + '\n# %% tags=["quiz"]')
    first = proven(repository, workspace)
    assert first.differences == ()
    assert first.trials > 10
    again = released(repository, workspace)
    assert proven_before(again, answers(repository), workspace.root) == first
    assert proven_before(again, answers(repository)[1:], workspace.root) is None
    student = workspace.submitted / "ada" / LESSON
    shutil.copytree(workspace.release / LESSON, student)
    grade(workspace)
    executed = nbformat.read(workspace.autograded / "ada" / LESSON / f"{LESSON}.ipynb", 4)
    (cell,) = [cell for cell in executed.cells if cell.source.startswith("shown")]
    assert "Not run during grading" in cell.outputs[0].text
    assert "With the author's solutions" in cell.outputs[0].text
    assert cell.outputs[1].data["text/plain"] == "[0, 1, 4, 9]"
    assert cell.execution_count is None


def test_a_score_that_differs_is_named(
    repository: Path,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    edit(repository, "\n\n# %% nbgrader", HIDDEN + "\n\n# %% nbgrader")
    edit(repository, "if double(2) != 4:", CHECKED + "if double(2) != 4:")
    monkeypatch.chdir(repository)
    for _ in range(2):  # also when it was found before
        code, output = run(monkeypatch, capfd, "release", LESSON, "-w", workspace.root)
        assert code == 1
        assert (
            "double_check, the solution: 0 points as graded, 2 in a whole run "
            "(not the second number)"
        ) in output
        assert "grade with --run-all" in output


def test_the_command_proves_by_default_and_only_once(
    repository: Path,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(repository)
    command = ("release", LESSON, "-w", workspace.root)
    code, output = run(monkeypatch, capfd, *command)
    assert code == 0
    assert "Proving that grading gives the scores of a whole run: 1 lesson(s)" in output
    assert "Skip it with --no-prove." in output
    assert re.search(rf"^{LESSON}: \d\d scores compared, proven by running$", output, re.MULTILINE)
    code, output = run(monkeypatch, capfd, *command)
    assert code == 0
    assert "Proving" not in output
    assert "scores compared, nothing has changed since they were proven" in output


def test_nothing_is_proven_with_no_prove_or_by_a_check(
    repository: Path,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(repository)
    command = ("release", LESSON, "-w", workspace.root)
    code, output = run(monkeypatch, capfd, *command, "--no-prove")
    assert (code, "Not proven (--no-prove)" in output) == (0, True)
    code, output = run(monkeypatch, capfd, *command, "--check")
    assert (code, "is up to date" in output) == (0, True)
    assert not (workspace.root / ".autograder" / "proofs").exists()


def test_the_command_says_where_nothing_can_be_proven(
    repository: Path,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise SandboxUnavailable("this system does not let the grader map the user")

    monkeypatch.chdir(repository)
    monkeypatch.setattr("autograder.grading.one_submission.execute", refuse)
    code, output = run(monkeypatch, capfd, "release", LESSON, "-w", workspace.root)
    assert code == 2
    assert "released but not proven: this system does not let the grader map the user" in output
    assert "skip the proof with --no-prove" in output


def test_a_changed_lesson_shows_nothing_of_the_old_one(
    repository: Path, workspace: Workspace
) -> None:
    edit(repository, '\n# %% tags=["quiz"]', SHOWN + '\n# %% tags=["quiz"]')
    proven(repository, workspace)
    edit(repository, "range(4)", "range(5)")
    released(repository, workspace)
    shutil.copytree(workspace.release / LESSON, workspace.submitted / "ada" / LESSON)
    grade(workspace)
    executed = nbformat.read(workspace.autograded / "ada" / LESSON / f"{LESSON}.ipynb", 4)
    (cell,) = [cell for cell in executed.cells if cell.source.startswith("shown")]
    assert [output.output_type for output in cell.outputs] == ["stream"]


def test_answers_are_tried_where_they_belong_and_undone(toy_repository: Path) -> None:
    notebook = solved_notebook(toy_repository / "solutions" / f"{LESSON}.py")
    wrong = answer_bank.Answer(
        "double", "wrong", "a square", "", "def double(n):\n    return n * n\n"
    )
    tried = with_trials(notebook, [wrong])
    nbformat.validate(tried)
    sources = [cell.source for cell in tried.cells if "trial" in cell.metadata]
    solution = next(cell.source for cell in notebook.cells if grade_id(cell) == "double")
    assert sources[0] == wrong.source
    assert sources[2] == solution
