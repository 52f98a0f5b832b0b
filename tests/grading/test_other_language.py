"""A lesson in another language is graded by its own kernel, shut in as Python is."""

import json
import shutil
import sys

import nbformat
import pytest
from bash_kernel.install import kernel_json

from autograder.errors import GradingFailed
from autograder.runner.other_language import command_of
from autograder.workspace.folders import Workspace, create_workspace
from tests.grading.conftest import grade

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("bash") is None, reason="Bash is run in the sandbox"
)
LESSON = "shell"
KERNEL = {"display_name": "Bash", "language": "bash", "name": "bash"}
CHECK = '[ "$(twice 21)" = 42 ] && echo passed'


@pytest.fixture(scope="module")
def bash(tmp_path_factory):
    """Bash's kernel, where Jupyter looks for kernels."""
    from jupyter_client.kernelspec import KernelSpecManager

    folder = tmp_path_factory.mktemp("kernels")
    spec = {**kernel_json, "argv": [sys.executable, *kernel_json["argv"][1:]]}
    (folder / "bash").mkdir()
    (folder / "bash" / "kernel.json").write_text(json.dumps(spec))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder.parent / "jupyter"))
        shutil.copytree(folder, folder.parent / "jupyter" / "kernels")
        assert "bash" in KernelSpecManager().find_kernel_specs()
        yield


def notebook(answer: str) -> nbformat.NotebookNode:
    """The lesson with an answer in it."""
    book = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL})
    for name, text, settings in (
        ("twice", answer, {"solution": True}),
        ("twice_check", CHECK, {"grade": True, "points": 3, "locked": True}),
    ):
        flags = {"grade": False, "solution": False, "locked": False, "task": False, **settings}
        meta = {"nbgrader": {"grade_id": name, "schema_version": 3, **flags}}
        book.cells.append(nbformat.v4.new_code_cell(text, id=name, metadata=meta))
    return book


@pytest.fixture
def workspace(bash, tmp_path) -> Workspace:
    workspace = create_workspace(tmp_path / "grading")
    with (workspace.root / "nbgrader_config.py").open("a") as config:
        config.write('c.ClearSolutions.code_stub = {"bash": "# YOUR CODE HERE"}\n')
    source = workspace.source / LESSON
    source.mkdir(parents=True)
    solution = "### BEGIN SOLUTION\ntwice() { echo $((2 * $1)); }\n### END SOLUTION"
    nbformat.write(notebook(solution), source / f"{LESSON}.ipynb")
    result = workspace.api().generate_assignment(LESSON, force=True)
    assert result["success"], result
    return workspace


def submit(workspace: Workspace, student: str, answer: str) -> None:
    folder = workspace.submitted / student / LESSON
    folder.mkdir(parents=True)
    nbformat.write(notebook(answer), folder / f"{LESSON}.ipynb")


def test_it_is_run_by_its_own_kernel(workspace):
    submit(workspace, "ada", "twice() { echo $(($1 + $1)); }")
    submit(workspace, "bela", "twice() { echo $(($1 * $1)); }")
    submit(workspace, "chen", "twice() { while true; do :; done; }")
    submit(workspace, "dora", "twice() { kill -9 $PPID; }")
    submit(workspace, "emil", f"ls {workspace.root} || true\ntwice() {{ echo 42; }}")
    outcomes = grade(workspace, cell_seconds=3)
    scores = {name: outcome.score for name, outcome in outcomes.items()}
    assert scores == {"ada": 3, "bela": 0, "chen": 0, "dora": 0, "emil": 3}
    assert "died" in outcomes["dora"].reason
    executed = nbformat.read(workspace.autograded / "ada" / LESSON / f"{LESSON}.ipynb", 4)
    assert executed.cells[-1].outputs[0].text == "passed\n"
    spied = nbformat.read(workspace.autograded / "emil" / LESSON / f"{LESSON}.ipynb", 4)
    assert str(spied.cells[0].outputs).count("No such file") == 1


def test_a_kernel_that_is_missing_is_named():
    lesson = nbformat.v4.new_notebook(metadata={"kernelspec": {**KERNEL, "name": "zsh"}})
    with pytest.raises(GradingFailed, match=r"kernel 'zsh', which is not installed"):
        command_of(lesson)
