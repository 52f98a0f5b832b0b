"""Run the solved notebooks of lessons and return their outputs; it must not know a page."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from builder.cache import Cache
from builder.lesson_pages import PageError, require_same_cells

SECONDS_PER_CELL = 300


def executed_notebook(
    source: Path, student: NotebookNode, cache: Cache, on_cell: Callable[[], None]
) -> NotebookNode:
    """Return the solved notebook of a lesson with its outputs; run it unless they are kept.

    Args:
        source: the author's source.
        student: the notebook that students get of it.
        cache: where the outputs are kept.
        on_cell: called after each cell that was run.

    Raises:
        PageError: the student's notebook comes from another source, or the run did not succeed.
        LessonError: the source can't be read.
    """

    def run() -> bytes:
        return nbformat.writes(execute(source, student, on_cell)).encode()

    executed = nbformat.v4.reads(cache.content(source.stem, run, [source]).decode())
    require_same_cells(source.stem, student, executed)
    return executed


def execute(source: Path, student: NotebookNode, on_cell: Callable[[], None]) -> NotebookNode:
    """Run the solved notebook of a lesson in its own folder. Raise as `executed_notebook` does."""
    # Importing nbgrader and Jupyter's client takes seconds: wait only if a notebook is run.
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    from autograder.lesson import write_solved

    with tempfile.TemporaryDirectory() as folder:
        path = write_solved(source, Path(folder) / source.stem)
        executed = nbformat.read(path, as_version=4)
        require_same_cells(source.stem, student, executed)
        client = NotebookClient(
            executed,
            timeout=SECONDS_PER_CELL,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            store_widget_state=True,
            on_cell_executed=lambda **_: on_cell(),
        )
        try:
            client.execute()
        except CellExecutionError as error:
            said = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
            raise PageError(
                f"The solved lesson stops with {said!r}: fix solutions/{source.name}."
            ) from error
        except (CellTimeoutError, DeadKernelError) as error:
            raise PageError(
                f"The solved lesson does not end ({type(error).__name__}): "
                f"fix solutions/{source.name}, or give the machine more memory."
            ) from error
    return executed
