"""Every solved notebook runs in a fresh kernel, and its fact cells print what is kept."""

import subprocess
import sys
from pathlib import Path

from tests.lessons.facts import write_with_facts


def test_solved_notebook_runs(lesson_source: Path, tmp_path: Path) -> None:
    notebook = write_with_facts(lesson_source, tmp_path)
    run = _nbval(notebook)
    assert run.returncode == 0, run.stdout[-3000:]


def test_a_wrong_fact_is_noticed(tmp_path: Path) -> None:
    """The comparison itself can fail: a notebook whose kept output is not what it prints."""
    import nbformat

    cell = nbformat.v4.new_code_cell("print(1 + 1)", metadata={"tags": ["nbval-check-output"]})
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="3\n")]
    cell.execution_count = 1
    path = tmp_path / "wrong.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    run = _nbval(path)
    assert run.returncode == 1
    assert "Cell outputs differ" in run.stdout


def _nbval(notebook: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider"]
    command += ["--nbval-current-env", "--rootdir", str(notebook.parent), str(notebook)]
    return subprocess.run(
        command, cwd=notebook.parent, capture_output=True, text=True, timeout=300, check=False
    )
