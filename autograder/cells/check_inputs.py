"""Find what a judge must fetch from the student for each check, and what it defines itself.

A check uses names that other cells bind. The judge itself runs the statements of the author's
locked cells that import or define such names. It fetches all other names from the student's
process. This module reads cells and runs none; it must not know processes or scores.
"""

import ast
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.cells import parsing
from autograder.cells.metadata import grade_id, is_check, is_solution
from autograder.cells.names import bindings_in

_OWN = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def names_by_check(source: NotebookNode, prelude: str) -> dict[str, tuple[str, ...]]:
    """Return the names that must be fetched for each check, by the check's grade_id.

    Only names that the author binds: if an answer defines its own `range` or `all`, no check gets
    it.

    Args:
        source: the author's notebook, with its solutions.
        prelude: the code that the judge runs before all checks.
    """
    code = [cell for cell in source.cells if _is_code(cell)]
    others = (bindings_in(cell.source).binds for cell in code if not is_check(cell))
    wanted = frozenset[str]().union(*others) - bindings_in(prelude).binds
    return {
        grade_id(cell): tuple(sorted(bindings_in(cell.source).uses & wanted))
        for cell in filter(is_check, code)
    }


def check_prelude(source: NotebookNode) -> str:
    """Return the imports and definitions in the author's locked cells that checks use.

    Args:
        source: the author's notebook. A cell that is not plain Python (a magic) adds nothing.

    Returns:
        Code to be run as a cell; empty if there is none.
    """
    code = [cell for cell in source.cells if _is_code(cell)]
    wanted = {name for cell in code if is_check(cell) for name in bindings_in(cell.source).uses}
    locked = [cell.source for cell in code if not is_solution(cell) and not is_check(cell)]
    kept: list[str] = []
    # From the last one upwards: a definition may use names that are bound before it.
    for statement in reversed([each for text in locked for each in _own_statements(text)]):
        names = bindings_in(statement)
        if names.binds & wanted:
            kept.append(statement)
            wanted |= names.uses
    return "\n".join(reversed(kept))


def _is_code(cell: NotebookNode) -> bool:
    return cell.cell_type == "code"


def _own_statements(code: str) -> Iterator[str]:
    try:
        tree = parsing.tree(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from (ast.unparse(each) for each in tree.body if isinstance(each, _OWN))
