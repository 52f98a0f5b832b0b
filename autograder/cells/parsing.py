"""Parse text that isn't ours without Python's warnings about it, from any thread.

`warnings.catch_warnings` would replace a list of filters that all threads share. Instead, a filter
that affects only texts with this file name is added and stays. It must not know what a text is for.
"""

import ast
import re
import symtable
import threading
import warnings

_NAME = "<cell>"
_MODULE = re.escape(_NAME)
_ONE_TREE = threading.Lock()
_FILTER = ("ignore", None, Warning, re.compile(_MODULE), 0)


def tree(code: str) -> ast.Module:
    """Parse a text; errors are those of `ast.parse`.

    One thread at a time: Python counts the depth of a tree for all threads together, and raises a
    `SystemError` when two of them do this at once (python/cpython#106905).
    """
    _hush()
    with _ONE_TREE:
        return ast.parse(code, _NAME)


def table(code: str) -> symtable.SymbolTable:
    """Return a text's symbol table; errors are those of `symtable.symtable`."""
    _hush()
    return symtable.symtable(code, _NAME, "exec")


def _hush() -> None:
    if warnings.filters[:1] != [_FILTER]:
        warnings.filterwarnings("ignore", module=_MODULE)
