"""Parses text that isn't ours without Python's warnings about it; any thread may ask.

`warnings.catch_warnings` would swap a list of filters that all threads share. Here a filter is
put in that concerns nothing but texts of this file name, and stays. It must not know what a text
is for.
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
    `SystemError` when they meet (python/cpython#106905).
    """
    _hush()
    with _ONE_TREE:
        return ast.parse(code, _NAME)


def table(code: str) -> symtable.SymbolTable:
    """Make a text's table of names; errors are those of `symtable.symtable`."""
    _hush()
    return symtable.symtable(code, _NAME, "exec")


def _hush() -> None:
    if warnings.filters[:1] != [_FILTER]:
        warnings.filterwarnings("ignore", module=_MODULE)
