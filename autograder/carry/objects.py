"""Name each object that was carried, so that both processes know which of theirs correspond.

A name begins with the letter of the side that made the object. Objects are kept as long as the
table is, so that a name never comes to mean another object. It must not know what the objects are.
"""

import re
from collections.abc import Iterator
from typing import TypeVar

from autograder.carry.errors import CarryError

JUDGE, STUDENT = "j", "s"
_Kind = TypeVar("_Kind")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class Foreign:
    """A stand-in for a value that could not be carried.

    Its class has the name of the value's class, and nothing else.
    """

    __slots__ = ()


def foreign(type_name: object) -> Foreign:
    """Return a new stand-in for a value of that type."""
    name = type_name if is_name(type_name) else "object"
    return type(str(name), (Foreign,), {"__slots__": ()})()


def is_name(text: object) -> bool:
    """Return whether this is a name that a class or function may have."""
    return type(text) is str and len(text) <= 100 and text.isidentifier()


class Objects:
    """One side's table of the names of all objects that were carried in one conversation."""

    def __init__(self, mine: str, theirs: str, most: int = 100_000) -> None:
        self._mine, self._theirs, self._most = mine, theirs, most
        self._objects: dict[str, object] = {}
        self._names: dict[int, str] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._objects))

    def name_of(self, value: object) -> str | None:
        """Return the name of an object, or None if it was never carried."""
        return self._names.get(id(value))

    def add(self, value: object) -> str:
        """Add an object of this side and return its new name."""
        name = f"{self._mine}{len(self._objects) + 1}"
        self._keep(name, value)
        return name

    def take(self, name: object, value: object) -> None:
        """Keep an object that the other side has sent, under the name that it gave.

        Raises:
            CarryError: the other side can't give that name, the name is not new, or the table is
                full.
        """
        if type(name) is not str or name[:1] != self._theirs or not _NUMBER.fullmatch(name[1:]):
            raise CarryError("an object has a name that its sender can't give")
        if name in self._objects:
            raise CarryError("an object has the name of another object")
        if len(self._objects) >= self._most:
            raise CarryError("too many objects were sent")
        self._keep(name, value)

    def find(self, name: object, kind: type[_Kind] | tuple[type[_Kind], ...]) -> _Kind:
        """Return the object of that name.

        Raises:
            CarryError: there is none, or it is of another kind.
        """
        value = self._objects.get(name) if type(name) is str else None
        if value is None or not isinstance(value, kind):
            raise CarryError("a message refers to an object that was not sent")
        return value

    def _keep(self, name: str, value: object) -> None:
        self._objects[name] = value
        self._names[id(value)] = name
