"""Detect what the code in a process has replaced that the checks in it rely on.

It is for checks that can't be judged in another process, and it proves nothing: code that also
replaces this module goes unnoticed. It must not know what is checked.
"""

import sys
from collections.abc import Iterator
from typing import Any

# Checks call these; a module is examined only if it was imported when the process began.
_MODULES = ("builtins", "numpy", "numpy.testing", "math", "keras.ops")
_CLASSES = (
    ("unittest.case", "TestCase"),
    ("IPython.core.interactiveshell", "InteractiveShell"),
    ("keras", "Model"),
    ("keras", "Layer"),
)
_HOOKS = ("ast_transformers", "input_transformers_cleanup", "input_transformers_post")
_BY_THE_KERNEL = {"builtins.input"}  # the kernel replaces it for each cell
_MOST = 10


class Tampering:
    """A record of what functions and hooks were like when it was made.

    Args:
        shell: IPython's shell, whose hooks see each cell before it runs.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._before = dict(self._facts())

    def replaced(self) -> list[str]:
        """Return the names of what has been replaced since, at most ten."""
        now = dict(self._facts())
        names = self._before.keys() - _BY_THE_KERNEL
        return sorted(name for name in names if now.get(name) != self._before[name])[:_MOST]

    def _facts(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for name in _MODULES:
            if module := sys.modules.get(name):
                yield from _functions(name, module)
        for name, kind in _CLASSES:
            if module := sys.modules.get(name):
                yield from _functions(f"{name}.{kind}", vars(module).get(kind))
        for hook in _HOOKS:
            yield hook, tuple(map(id, getattr(self._shell, hook)))
        yield "custom_exceptions", tuple(map(id, self._shell.custom_exceptions))
        yield "sys.settrace", (sys.gettrace(),)
        yield "sys.setprofile", (sys.getprofile(),)


def _functions(name: str, owner: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield each callable of a module or class with its code, which can be replaced separately."""
    for key, value in list(vars(owner).items()) if owner is not None else []:
        if callable(value):
            yield f"{name}.{key}", (id(value), id(getattr(value, "__code__", None)))
