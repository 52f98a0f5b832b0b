"""Find, by reading a lesson, which values its checks use that can't be carried to the judge.

It names values that are sure to stay behind and misses those that only running the lesson shows:
the proof in `autograder release` tries those. It must not know students.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.cells import check_prelude, is_check, names_by_check, parsing

_OTHERS = {
    "open": "an open file",
    "re.compile": "a compiled pattern",
    "threading.Lock": "a lock",
    "pd": "a pandas object",
    "pandas": "a pandas object",
}


@dataclass(frozen=True)
class Stays:
    """A name that a check uses and whose value stays in the student's process.

    Attributes:
        check: the grade_id of the check cell.
        name: the name that it uses.
        why: what the value is, or what it returns.
    """

    check: str
    name: str
    why: str


def uncarriable_names(source: NotebookNode) -> list[Stays]:
    """Find what the checks of a lesson use that can't be carried.

    Args:
        source: the author's notebook, with its solutions.
    """
    cells = [c for c in source.cells if c.cell_type == "code" and not is_check(c)]
    statements = [each for cell in cells for each in _statements(cell.source)]
    classes = {each.name for each in statements if isinstance(each, ast.ClassDef)}
    reasons: dict[str, str] = {}
    for statement in statements:
        reasons |= dict(_reasons(statement, classes))
    return [
        Stays(check, name, reasons[name])
        for check, names in names_by_check(source, check_prelude(source)).items()
        for name in names
        if name in reasons
    ]


def _statements(code: str) -> list[ast.stmt]:
    try:
        return parsing.tree(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _reasons(statement: ast.stmt, classes: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the names that a statement binds to values that can't be carried, and what they are."""
    if isinstance(statement, ast.ClassDef):
        yield (
            statement.name,
            "a class that the lesson defines, whose objects stay in the student's process",
        )
    elif isinstance(statement, ast.FunctionDef):
        returned = (each.value for each in ast.walk(statement) if isinstance(each, ast.Return))
        for what in filter(None, (_what(value, classes) for value in returned)):
            yield statement.name, f"a function that returns {what}"
    elif isinstance(statement, ast.Assign) and (made := _what(statement.value, classes)):
        names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        yield from ((name, made) for name in names)


def _what(value: ast.expr | None, classes: set[str]) -> str | None:
    """Return what a call makes, if that can't be carried."""
    if not isinstance(value, ast.Call):
        return None
    called = ast.unparse(value.func)
    if called in classes:
        return f"an object of the lesson's own class `{called}`"
    return _OTHERS.get(called) or _OTHERS.get(called.partition(".")[0])
