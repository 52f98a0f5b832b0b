"""Make a lesson's page: the student notebook with the outputs of the solved run; no Sphinx here.

A page never holds a solution or a hidden test, because its sources are the student's own: only
what the solved cells *put out* is copied over, cell by cell.
"""

import ast
import copy
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

SECONDS_PER_CELL = 300

# What a reader sees in place of a panel that only a running kernel can fill.
NEEDS_A_KERNEL = {
    "progress.panel": "In JupyterLab your progress stands here: the questions you have answered "
    "and the checks your code has passed.",
    "quiz.score": "In JupyterLab this cell counts your right answers.",
    "reflect.form": "In JupyterLab a short form stands here. What you write stays on your "
    "machine, in the file reflection.md beside the lesson.",
}
# What a student's own work leaves in the lesson folder: it must not reach a page.
STUDENTS_OWN = shutil.ignore_patterns("progress.json*", "reflection.md", ".ipynb_checkpoints")


class PageError(Exception):
    """A lesson cannot become a page; the message says what to do next."""


def fingerprint(solved: NotebookNode, files: Iterable[Path]) -> str:
    """Name everything that decides the outputs: the notebook and the files that it runs on."""
    digest = hashlib.sha256(json.dumps(solved, sort_keys=True).encode())
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def run(
    name: str, solved: NotebookNode, folder: Path, on_cell: Callable[[], None] = lambda: None
) -> NotebookNode:
    """Execute the solved notebook in a copy of its lesson folder and return it with its outputs.

    `on_cell` is called after each executed cell. Raises PageError with the cell that stopped it.
    """
    executed = copy.deepcopy(solved)
    with tempfile.TemporaryDirectory() as scratch:
        workplace = Path(scratch, folder.name)
        shutil.copytree(folder, workplace, ignore=STUDENTS_OWN)
        client = NotebookClient(
            executed,
            timeout=SECONDS_PER_CELL,
            kernel_name="python3",
            resources={"metadata": {"path": str(workplace)}},
            store_widget_state=True,
            on_cell_executed=lambda **_: on_cell(),
        )
        try:
            client.execute()
        except CellExecutionError as error:
            message = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
            raise PageError(
                f"The solved lesson stops with {message} Mend solutions/{name}.py."
            ) from error
        except (CellTimeoutError, DeadKernelError) as error:
            raise PageError(
                f"The solved lesson did not end ({type(error).__name__}). "
                f"Mend solutions/{name}.py, or give the machine more memory."
            ) from error
    return executed


def executed_notebook(
    name: str,
    solved: NotebookNode,
    folder: Path,
    ran_on: Iterable[Path],
    cache: Path,
    on_cell: Callable[[], None] = lambda: None,
) -> NotebookNode:
    """The solved notebook with outputs: from `cache` when nothing that it depends on changed."""
    kept = cache / f"{name}-{fingerprint(solved, ran_on)}.ipynb"
    if not kept.exists():
        executed = run(name, solved, folder, on_cell)
        cache.mkdir(parents=True, exist_ok=True)
        half_written = kept.with_suffix(".part")
        nbformat.write(executed, half_written)
        for stale in cache.glob(f"{name}-*.ipynb"):
            stale.unlink()
        half_written.replace(kept)
    return nbformat.read(kept, as_version=4)


def page(name: str, student: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """The student notebook holding the outputs of the solved run, its cells tagged for reading."""
    outputs = {_key(cell): cell for cell in executed.cells if cell.cell_type == "code"}
    reading = copy.deepcopy(student)
    for cell in reading.cells:
        if cell.cell_type != "code":
            continue
        solved = outputs.get(_key(cell))
        if solved is None:
            raise PageError(
                f"course/{name} has a cell {_key(cell)!r} that solutions/{name}.py has not. "
                "Run `autograder release` to derive the lesson again."
            )
        cell.outputs = copy.deepcopy(solved.outputs)
        cell.execution_count = solved.execution_count
        _dress(cell)
    for part in ("language_info", "widgets"):
        if part in executed.metadata:
            reading.metadata[part] = copy.deepcopy(executed.metadata[part])
    return reading


def _key(cell: NotebookNode) -> str:
    """Nbgrader's name of a cell, else the cell id: both survive the way from source to student."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id)


def _dress(cell: NotebookNode) -> None:
    """Tag a code cell so that a page reads well: quiz calls hidden, checks folded away."""
    tags = set(cell.metadata.get("tags", []))
    needs = NEEDS_A_KERNEL.get(_last_call(cell.source))
    graded = cell.metadata.get("nbgrader", {})
    if needs:
        tags.add("remove-input")
        html = f'<p class="needs-a-kernel">{needs}</p>'
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": html})]
    elif "quiz" in tags:
        tags.add("remove-input")
    elif graded.get("grade"):
        tags |= {"hide-input", "check"}
    elif graded.get("solution"):
        tags.add("exercise")
    cell.metadata["tags"] = sorted(tags)


def _last_call(source: str) -> str:
    """The dotted name that a cell's last expression calls, such as `quiz.score`, or nothing."""
    try:
        body = ast.parse(source).body
    except SyntaxError:  # a line magic: not one of ours
        return ""
    last = body[-1] if body else None
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        return ast.unparse(last.value.func)
    return ""
