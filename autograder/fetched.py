"""Tells what a judge must fetch from the student for each check, and what it has of its own.

A check uses names that other cells bind. Those that the author's locked cells import or define are
the judge's own: it runs those statements itself. All others are fetched from the student's process.
It reads cells and runs none; it must not know processes or scores.
"""

import ast
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder import quiet
from autograder.bindings import Bindings, bindings_in
from autograder.cells import is_check, is_solution

_OWN = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def names_by_check(notebook: NotebookNode, prelude: str) -> dict[int, tuple[str, ...]]:
    """The names that each check must be given, by the index of its cell.

    Args:
        notebook: rebuilt from ours, with a student's answers in it.
        prelude: what the judge runs before all checks.
    """
    own = bindings_in(prelude).binds
    found: dict[int, Bindings] = {
        index: bindings_in(cell.source)
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    }
    checks = {index for index in found if is_check(notebook.cells[index])}
    theirs = frozenset[str]().union(*(found[index].binds for index in found.keys() - checks))
    return {index: tuple(sorted(found[index].uses & theirs - own)) for index in sorted(checks)}


def prelude_of(source: NotebookNode) -> str:
    """Those of the imports and definitions in the author's locked cells that a check uses.

    Args:
        source: the author's notebook. A cell that is no plain Python (a magic) adds nothing.

    Returns:
        Code to be run as a cell; empty if there is nothing.
    """
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    wanted = {name for cell in code if is_check(cell) for name in bindings_in(cell.source).uses}
    locked = [cell.source for cell in code if not is_solution(cell) and not is_check(cell)]
    kept: list[str] = []
    # From the last one upwards: a definition may use what stands before it.
    for statement in reversed([each for text in locked for each in _own_statements(text)]):
        names = bindings_in(statement)
        if names.binds & wanted:
            kept.append(statement)
            wanted |= names.uses
    return "\n".join(reversed(kept))


def _own_statements(code: str) -> Iterator[str]:
    try:
        tree = quiet.tree(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from (ast.unparse(each) for each in tree.body if isinstance(each, _OWN))
