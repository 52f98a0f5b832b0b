"""Every solved notebook runs in a fresh kernel, and its fact cells print what is kept."""

from pathlib import Path

from tests.lessons.facts import require_all_kept
from tests.lessons.solved import SolvedLesson, run_by_nbval


def test_solved_notebook_runs(lesson_source: Path, solved: dict[str, SolvedLesson]) -> None:
    require_all_kept(lesson_source)
    run = solved[lesson_source.stem].run
    assert run.exit_code == 0, run.report[-3000:]


def test_a_wrong_fact_is_noticed(tmp_path: Path) -> None:
    """The comparison itself can fail: a notebook whose kept output is not what it prints."""
    import nbformat

    cell = nbformat.v4.new_code_cell("print(1 + 1)", metadata={"tags": ["nbval-check-output"]})
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="3\n")]
    cell.execution_count = 1
    path = tmp_path / "wrong.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    run = run_by_nbval(path)
    assert run.exit_code == 1
    assert "Cell outputs differ" in run.report
