"""Tells which global names a student's cell uses, binds and defines, without running it.

It must not know what the cell is for, nor trust it: a text that can't be parsed has no names, and
every text takes about as long as it is.
"""

import builtins
import re
import symtable
from dataclasses import dataclass

from autograder.cells import parsing

# What is there before the first cell: Python's own names, and IPython's.
GIVEN = frozenset(dir(builtins)) | {
    *("__name__", "__doc__", "__file__", "get_ipython", "display", "exit", "quit"),
    *("In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh"),
}
# Bound by a cell that imports everything from somewhere.
ANYTHING = "*"
# No honest cell is as long; looking through 50 kB may take half a second.
_LONGEST = 50_000
# No two repeats in a row may match the same: that would take quadratic time.
_STAR = re.compile(r"^[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t]*\*", re.MULTILINE)
# Cell magics under which the rest of the cell is still Python, run in the notebook.
_PYTHON_MAGIC = re.compile(r"\A\s*%%(?:time|timeit|capture|prun)\b.*")
_OTHER_MAGIC = re.compile(r"\A\s*%%")
_LINE_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.*]+\?{1,2}[ \t]*)$", re.MULTILINE)
_ASSIGNED_MAGIC = re.compile(r"^([\w, \t]+=[ \t]*)[%!].*$", re.MULTILINE)


@dataclass(frozen=True)
class Bindings:
    """The global names of a piece of code.

    `uses` are read from elsewhere, at once or when a function of it is called; `binds` are set by
    running it; `defines` are those that are functions or classes.
    """

    uses: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    defines: frozenset[str] = frozenset()


def bindings_in(code: str) -> Bindings:
    """Find the global names in a code cell, IPython's magics allowed.

    Args:
        code: the cell's text.

    Returns:
        Its names; none if the text is no Python or too long.
    """
    table = None
    if len(code) <= _LONGEST:
        table = _table(code) or _table(_without_magics(code))
    if table is None:
        return Bindings()
    own = table.get_symbols()
    binds = {s.get_name() for s in own if s.is_assigned() or s.is_imported()}
    uses = {s.get_name() for s in own if s.is_referenced()}
    scopes = list(table.get_children())
    defines = binds & {scope.get_name() for scope in scopes}
    while scopes:
        scope = scopes.pop()
        scopes.extend(scope.get_children())
        shared = [s for s in scope.get_symbols() if s.is_global()]
        uses |= {s.get_name() for s in shared if s.is_referenced()}
        binds |= {s.get_name() for s in shared if s.is_assigned() or s.is_imported()}
    if _STAR.search(code):
        binds.add(ANYTHING)
    return Bindings(frozenset(uses - binds), frozenset(binds), frozenset(defines))


def _without_magics(code: str) -> str:
    """Put Python in place of IPython's own syntax, line for line; nothing if it isn't Python.

    IPython's own translation may take minutes for a text written to that end, and hides from view
    what `%%time` runs.
    """
    code = _PYTHON_MAGIC.sub("", code, count=1)
    if _OTHER_MAGIC.match(code):
        return ""
    code = _ASSIGNED_MAGIC.sub(r"\1None", code)
    return _LINE_MAGIC.sub(r"\1pass", code)


def _table(code: str) -> symtable.SymbolTable | None:
    try:
        return parsing.table(code)
    except Exception:  # a text made for it gets RecursionError, MemoryError and more
        return None
