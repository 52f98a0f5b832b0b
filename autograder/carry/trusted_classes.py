"""Carry objects of trusted packages field by field: those of dataclasses and namedtuples.

It must not import anything outside of those packages.
"""

import dataclasses
import importlib
import re
import sys
from collections.abc import Collection
from typing import Any

from autograder.carry.errors import CarryError
from autograder.carry.objects import is_name

_MODULE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,9}")


def class_in(module: object, name: object, trusted: Collection[str]) -> type:
    """Return a class that is defined in a trusted package.

    Raises:
        CarryError: the package is not trusted or has no class of that name.
    """
    if type(module) is not str or not _MODULE.fullmatch(module) or not is_name(name):
        raise CarryError("a class has no name")
    if module.partition(".")[0] not in trusted:
        raise CarryError("a class is not from a trusted package")
    if module not in sys.modules:
        try:
            importlib.import_module(module)
        except Exception:
            raise CarryError("a class is from a module that can't be imported") from None
    found = vars(sys.modules[module]).get(str(name))
    if not isinstance(found, type) or found.__module__ != module:
        raise CarryError("a module does not define the class")
    return found


def is_trusted(kind: type, trusted: Collection[str]) -> bool:
    """Return whether the class is defined in a trusted package."""
    try:
        return class_in(kind.__module__, kind.__name__, trusted) is kind
    except CarryError:
        return False


def fields(value: object) -> list[tuple[str, Any]]:
    """Return the constructor arguments that make an equal record."""
    return [(name, getattr(value, name)) for name in _names(type(value))]


def make(kind: type, arguments: dict[str, Any]) -> object:
    """Make a record with its constructor.

    Raises:
        CarryError: the class is not a record, or its constructor refuses the arguments.
    """
    if not is_record(kind) or set(arguments) - set(_names(kind)):
        raise CarryError("a record has fields that its class lacks")
    try:
        return kind(**arguments)
    except Exception:
        raise CarryError("a record can't be made from its fields") from None


def is_record(kind: type) -> bool:
    """Return whether the class is a record: a dataclass or a namedtuple."""
    return dataclasses.is_dataclass(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def _names(kind: Any) -> list[str]:
    if dataclasses.is_dataclass(kind):
        return [field.name for field in dataclasses.fields(kind) if field.init]
    return list(kind._fields)
