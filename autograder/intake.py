"""Looks at what a student handed in, before anything of it runs, and says what is unusable.

It must not know the gradebook, nor change a file.
"""

import itertools
from collections import Counter
from pathlib import Path

import nbformat
from nbformat import NotebookNode

LARGEST_BYTES = 20_000_000


def problem_with(folder: Path, lesson: str, source: NotebookNode) -> str | None:
    """Why the submission in `folder` can't be graded, in words its author can act on.

    Args:
        folder: the submitted folder.
        lesson: the lesson's name, which is also the notebook's.
        source: the notebook with the lesson's graded cells.

    Returns:
        One sentence, or None if it can be graded.
    """
    path = folder / f"{lesson}.ipynb"
    if path.is_symlink() or not path.is_file():
        return _missing(folder, path.name)
    if path.stat().st_size > LARGEST_BYTES:
        return (
            f"{path.name} is larger than {LARGEST_BYTES // 1_000_000} MB: clear its outputs "
            "(Edit > Clear Outputs of All Cells), save it and submit again."
        )
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return f"{path.name} is not text: save it from JupyterLab and submit that file."
    if not text.strip():
        return f"{path.name} is empty: save your notebook in JupyterLab and submit again."
    try:
        notebook = nbformat.reads(text, as_version=4)
    except nbformat.reader.NotJSONError:
        return (
            f"{path.name} is not a notebook (it isn't JSON): open it in JupyterLab, and if it "
            "doesn't open, fetch the lesson again and copy your answers into it."
        )
    except RecursionError:
        return f"{path.name} is nested too deeply to be a notebook: fetch the lesson again."
    except Exception as error:
        return (
            f"{path.name} is not a valid notebook ({type(error).__name__}): fetch the lesson again "
            "and copy your answers into it."
        )
    return _problem_with_cells(notebook, source, path.name)


def grade_ids(notebook: NotebookNode) -> list[str]:
    """The grade_ids in a notebook, in order; an odd one out is passed over."""
    ids = []
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader")
        if isinstance(meta, dict) and isinstance(meta.get("grade_id"), str):
            ids.append(meta["grade_id"])
    return ids


def _missing(folder: Path, name: str) -> str:
    others = sorted(path.name for path in folder.glob("*.ipynb"))
    if others:
        return f"{name} is missing, but {others[0]} is there: rename it to {name}, submit again."
    return f"{name} is missing: put it into the lesson's folder and submit again."


def _problem_with_cells(notebook: NotebookNode, source: NotebookNode, name: str) -> str | None:
    try:
        submitted = grade_ids(notebook)
    except (AttributeError, TypeError):
        return f"{name} has no list of cells: fetch the lesson again and copy your answers into it."
    wanted = grade_ids(source)
    if not set(submitted) & set(wanted):
        return (
            f"{name} is not this lesson's notebook (none of its exercises is in it): submit the "
            "notebook you fetched."
        )
    for grade_id, count in Counter(submitted).items():
        if count > 1:
            return (
                f"The cell {grade_id} is in the notebook {count} times: delete the copies, keep "
                "the one with your answer, and submit again."
            )
    for grade_id in submitted:
        if grade_id not in wanted:
            return (
                f"The cell {grade_id} is not part of this lesson: fetch the lesson again and copy "
                "your answers into it."
            )
    # nbgrader puts a deleted check back after the cell before it, so one of the two must be there.
    for before, after in itertools.pairwise(wanted):
        if before not in submitted and after not in submitted:
            return (
                f"The cells {before} and {after} were deleted: fetch the lesson again and copy "
                "your answers into it."
            )
    return None
