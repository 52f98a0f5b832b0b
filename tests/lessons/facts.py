"""What the fact cells of the lessons print: kept in `facts/`, written anew by running this file.

A fact cell is one with the tag `nbval-check-output`. nbval compares what it prints now with what
is kept here; a newer Keras that behaves otherwise shows as a difference.
"""

import json
import sys
from pathlib import Path

import nbclient
import nbformat
from rich.progress import track

from autograder.lesson import solved_notebook, write_solved
from autograder.lesson.source import find_lessons
from autograder.workspace.folders import find_repository

KEPT = Path(__file__).parent / "facts"


def is_fact(cell: nbformat.NotebookNode) -> bool:
    """Tell whether what `cell` prints is to be compared."""
    return "nbval-check-output" in cell.metadata.get("tags", [])


def kept_of(lesson: Path) -> dict[str, list[str]]:
    """Return the kept lines of a lesson's fact cells, by cell id."""
    path = KEPT / f"{lesson.stem}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def require_all_kept(lesson: Path) -> None:
    """Fail unless something is kept of each fact cell of a lesson, and of no other."""
    facts = {cell.id for cell in solved_notebook(lesson).cells if is_fact(cell)}
    assert set(kept_of(lesson)) == facts, (
        "A fact cell has changed: run `python -m tests.lessons.facts`."
    )


def write_with_facts(lesson: Path, folder: Path) -> Path:
    """Write the solved notebook to `folder`, with the kept outputs in its fact cells."""
    path = write_solved(lesson, folder)
    notebook = nbformat.read(path, as_version=4)
    kept = kept_of(lesson)
    for cell in notebook.cells:
        if cell.id in kept:
            text = "\n".join(kept[cell.id]) + "\n"
            cell.execution_count = 1  # nbval compares only what claims to have run
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
    nbformat.write(notebook, path)
    return path


def printed(lesson: Path, folder: Path) -> dict[str, list[str]]:
    """Run a solved lesson in `folder` and return the lines its fact cells print, by cell id."""
    path = write_solved(lesson, folder)
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute()
    return {
        cell.id: "".join(
            out.text for out in cell.outputs if out.get("name") == "stdout"
        ).splitlines()
        for cell in notebook.cells
        if is_fact(cell)
    }


def main() -> None:
    """Run the named lessons (all, if none is named) and keep what their fact cells print."""
    import tempfile

    KEPT.mkdir(exist_ok=True)
    lessons = find_lessons(sys.argv[1:], find_repository() / "solutions")
    for lesson in track(lessons, "running the lessons"):
        with tempfile.TemporaryDirectory() as folder:
            facts = json.dumps(printed(lesson, Path(folder)), indent=1, ensure_ascii=False)
        (KEPT / f"{lesson.stem}.json").write_text(facts + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
