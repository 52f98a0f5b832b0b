"""Turn plain values into JSON and blobs and back: numbers, texts, containers, arrays, paths, dates.

All other values are passed to a `Beyond`, which knows how to carry them. Reading gives exact
built-in types and nothing that the sender has defined, or a `CarryError`.

None, truth values, numbers and texts are sent as themselves; everything else is a list that begins
with a tag. A container has a number, so that a container that occurs twice, or holds itself, does
so again when it is read. This holds only within one message: before the next one, either side may
have changed its own copy.
"""

import collections
import datetime
import itertools
import pathlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np

from autograder.carry import arrays, trusted_classes
from autograder.carry.errors import CarryError, Uncarriable
from autograder.carry.frames import Limits

Node = Any  # what JSON can hold
_MOST_BITS = 4096
_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()), collections.deque)
_ITERATORS: tuple[type, ...] = (
    map,
    zip,
    filter,
    enumerate,
    reversed,
    type(_ for _ in ()),
    type(iter([])),
)


class Beyond(Protocol):
    """A carrier of values that are not plain."""

    def encode(self, value: object, encoder: "Encoder") -> Node:
        """Return a node for a value. Raises `Uncarriable`."""

    def stand_in(self, value: object) -> Node:
        """Return a node for a value that can't be carried."""

    def decode(self, node: list[Any], decoder: "Decoder") -> object:
        """Return the value of a node. Raises `CarryError`."""


class Encoder:
    """A maker of nodes from the values of one message, which also collects its blobs."""

    def __init__(self, limits: Limits, trusted: Collection[str], beyond: Beyond) -> None:
        self.blobs: list[bytes] = []
        self._limits, self._trusted, self._beyond = limits, trusted, beyond
        self._numbers: dict[int, int] = {}
        self._next = itertools.count()
        self._open: set[int] = set()
        self._kept: list[object] = []  # otherwise another object could get a freed object's id
        self._parts = self._depth = self._bytes = 0

    def encode(self, value: object) -> Node:
        """Return the node of a value, or of its stand-in."""
        self._depth += 1
        parts = self._parts
        try:
            if self._depth >= self._limits.depth:  # its stand-in must still fit
                raise Uncarriable
            return self._encode(value)
        except Uncarriable:
            self._parts = parts
            return self._beyond.stand_in(value)
        finally:
            self._depth -= 1

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Encode a value that is read before those around it: it can't refer to its containers."""
        kept = self._numbers, self._open, self._depth
        self._numbers, self._open, self._depth = {}, set(), 0
        try:
            yield
        finally:
            self._numbers, self._open, self._depth = kept

    def blob(self, data: bytes) -> int:
        """Add a blob and return its number. Raises `Uncarriable` if there are too many bytes."""
        self._bytes += len(data)
        if self._bytes > self._limits.frame // 2:
            raise Uncarriable
        self.blobs.append(data)
        return len(self.blobs) - 1

    def array(self, array: np.ndarray) -> list[Any]:
        """Return the dtype, shape and blob of an array of plain elements. Raises `Uncarriable`."""
        dtype = arrays.dtype_text(array.dtype)
        if array.size > self._limits.elements or not array.dtype.itemsize:
            raise Uncarriable
        return [dtype, list(array.shape), self.blob(arrays.to_bytes(array))]

    def _encode(self, value: object) -> Node:
        self._count(1)
        if value is None or value is True or value is False:
            return value
        if isinstance(value, np.generic):
            return ["scalar", *arrays.scalar(value)]
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, int):
            if int.bit_length(value) > _MOST_BITS:
                raise Uncarriable
            return int(value)
        if isinstance(value, float):
            return float(value)
        if trusted_classes.is_record(type(value)) and trusted_classes.is_trusted(
            type(value), self._trusted
        ):
            return self._container(value, "record")
        kind = _kind_of(value)
        return self._simple(value) if kind is None else self._container(value, kind)

    def _simple(self, value: Any) -> Node:
        match value:
            case complex():
                return ["complex", float(value.real), float(value.imag)]
            case bytes() | bytearray():
                return ["bytes", self.blob(bytes(value))]
            case slice():
                return ["slice", *map(self.encode, (value.start, value.stop, value.step))]
            case range():
                return ["range", *map(self.encode, (value.start, value.stop, value.step))]
            case pathlib.PurePath():
                return ["path", self._text(str(value))]
            case datetime.datetime():
                return ["datetime", value.isoformat()]
            case datetime.date():
                return ["date", value.isoformat()]
        if value is Ellipsis:
            return ["ellipsis"]
        if isinstance(value, _ITERATORS):  # up to as many values as a message may hold
            return ["iterator", self.encode(list(itertools.islice(value, self._limits.parts)))]  # type: ignore[call-overload]
        if arrays.is_shape(value):
            return self.encode(tuple(value.as_list()))
        return self._beyond.encode(value, self)

    def _text(self, value: str) -> str:
        if len(value) > self._limits.text:
            raise Uncarriable
        return str.__str__(value)

    def _container(self, value: Any, kind: str) -> Node:
        known = self._numbers.get(id(value))
        if known is not None:
            if id(value) in self._open and kind not in ("list", "dict"):
                raise Uncarriable  # it holds itself, and its contents must be made before it
            return ["again", known]
        number = self._numbers[id(value)] = next(self._next)
        self._kept.append(value)
        self._open.add(id(value))
        try:
            return [kind, number, *getattr(self, f"_{kind}")(value)]
        except Uncarriable:
            del self._numbers[id(value)]
            raise
        finally:
            self._open.discard(id(value))

    def _list(self, value: Collection[Any]) -> Node:
        self._count(len(value))
        return [[self.encode(item) for item in value]]

    _tuple = _set = _frozenset = _list

    def _dict(self, value: dict[Any, Any]) -> Node:
        self._count(2 * len(value))
        return [[self.encode(part) for item in list(dict.items(value)) for part in item]]

    def _array(self, value: np.ndarray) -> Node:
        return self.array(value)

    def _objects(self, value: np.ndarray) -> Node:
        return [list(value.shape), [self.encode(item) for item in value.ravel().tolist()]]

    def _tensor(self, value: Any) -> Node:
        return self.array(np.asarray(value.numpy()))

    def _sparse(self, value: Any) -> Node:
        about, parts = arrays.sparse_parts(value)
        return [about, *(self.array(part) for part in parts)]

    def _record(self, value: object) -> Node:
        kind = type(value)
        fields = ([name, self.encode(part)] for name, part in trusted_classes.fields(value))
        return [kind.__module__, kind.__name__, list(fields)]

    def _count(self, parts: int) -> None:
        self._parts += parts
        if self._parts > self._limits.parts // 2:
            raise Uncarriable


def _kind_of(value: Any) -> str | None:
    """Return the kind of a container or an array, or of a value that is sent as one."""
    if arrays.is_sparse(value):  # one of the formats is also a dict
        return "sparse"
    match value:
        case list():
            return "list"
        case tuple():
            return "tuple"
        case dict():
            return "dict"
        case set():
            return "set"
        case frozenset():
            return "frozenset"
        case np.ndarray():
            return "objects" if value.dtype.kind == "O" else "array"
    if isinstance(value, _VIEWS):
        return "list"
    return "tensor" if arrays.is_tensor(value) else None


class Decoder:
    """A maker of values from the nodes of one message."""

    def __init__(
        self, blobs: list[bytes], limits: Limits, trusted: Collection[str], beyond: Beyond
    ):
        self._blobs: list[bytes | None] = list(blobs)
        self.limits = limits
        self._trusted, self._beyond = trusted, beyond
        self._made: dict[int, object] = {}
        self._parts = self._depth = 0
        self._readers: dict[str, Callable[[list[Any]], object]] = {
            tag: getattr(self, f"_{tag}")
            for tag in (
                *("list", "tuple", "set", "frozenset", "dict", "array", "objects", "tensor"),
                *("sparse", "record", "again", "scalar", "complex", "bytes", "slice", "range"),
                *("ellipsis", "path", "datetime", "date", "iterator"),
            )
        }

    def decode(self, node: object) -> object:
        """Return the value of a node.

        Raises:
            CarryError: the node is malformed, or exceeds a limit.
        """
        if node is None or type(node) in (bool, int, float):
            return self._checked_number(node)
        if type(node) is str:
            if len(node) > self.limits.text:
                raise CarryError("a text is too long")
            return node
        if type(node) is not list or not node or type(node[0]) is not str:
            raise CarryError("a value has no tag")
        self._parts += 1
        self._depth += 1
        if self._depth > self.limits.depth or self._parts > self.limits.parts:
            raise CarryError("a value is too deep or has too many parts")
        try:
            reader = self._readers.get(node[0])
            return reader(node[1:]) if reader else self._beyond.decode(node, self)
        except (TypeError, ValueError, OverflowError, RecursionError):
            raise CarryError("a value is not what its tag says") from None
        finally:
            self._depth -= 1

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Decode a value that was encoded apart."""
        kept = self._made, self._depth
        self._made, self._depth = {}, 0
        try:
            yield
        finally:
            self._made, self._depth = kept

    def blob(self, number: object) -> bytes:
        """Return a blob, once only: a message's values can't take more bytes than it holds.

        Raises:
            CarryError: there is no blob of that number, or it has already been returned.
        """
        if type(number) is not int or not 0 <= number < len(self._blobs):
            raise CarryError("a value has no bytes")
        data = self._blobs[number]
        if data is None:
            raise CarryError("two values have the same bytes")
        self._blobs[number] = None
        return data

    def array(self, node: object) -> np.ndarray:
        """Return the array that a dtype, a shape and a blob describe. Raises `CarryError`."""
        if type(node) is not list or len(node) != 3:
            raise CarryError("an array is not made of three parts")
        dtype, shape, blob = node
        return arrays.from_bytes(dtype, shape, self.blob(blob), self.limits)

    def _checked_number(self, node: Any) -> object:
        if type(node) is int and node.bit_length() > _MOST_BITS:
            raise CarryError("a number has too many digits")
        return node

    def _numbered(self, number: object, value: object) -> Any:
        if type(number) is not int or number in self._made:
            raise CarryError("a container has no number of its own")
        self._made[number] = value
        return value

    def _items(self, nodes: object) -> list[Any]:
        if type(nodes) is not list:
            raise CarryError("a container holds no list")
        return [self.decode(node) for node in nodes]

    def _list(self, node: list[Any]) -> object:
        number, nodes = node
        made = self._numbered(number, [])
        made.extend(self._items(nodes))
        return made

    def _tuple(self, node: list[Any]) -> object:
        number, nodes = node
        return self._numbered(number, tuple(self._items(nodes)))

    def _set(self, node: list[Any]) -> object:
        number, nodes = node
        return self._numbered(number, set(self._items(nodes)))

    def _frozenset(self, node: list[Any]) -> object:
        number, nodes = node
        return self._numbered(number, frozenset(self._items(nodes)))

    def _dict(self, node: list[Any]) -> object:
        number, nodes = node
        made = self._numbered(number, {})
        items = self._items(nodes)
        made.update(zip(items[::2], items[1::2], strict=True))
        return made

    def _again(self, node: list[Any]) -> object:
        (number,) = node
        if type(number) is not int or number not in self._made:
            raise CarryError("a message refers to a container that is not in it")
        return self._made[number]

    def _array(self, node: list[Any]) -> object:
        return self._numbered(node[0] if node else None, self.array(node[1:]))

    def _objects(self, node: list[Any]) -> object:
        number, shape, nodes = node
        sizes = arrays.shape_of(shape, self.limits)
        items = self._items(nodes)
        if len(items) != arrays.count(sizes):
            raise CarryError("an array is not as large as it says")
        made = np.empty(len(items), object)
        for index, item in enumerate(items):
            made[index] = item
        return self._numbered(number, made.reshape(sizes))

    def _tensor(self, node: list[Any]) -> object:
        array = self.array(node[1:])
        return self._numbered(node[0], arrays.to_tensor(array))

    def _sparse(self, node: list[Any]) -> object:
        number, about, data, rows, columns = node
        parts = self.array(data), self.array(rows), self.array(columns)
        return self._numbered(number, arrays.from_sparse_parts(about, parts, self.limits))

    def _record(self, node: list[Any]) -> object:
        number, module, name, pairs = node
        kind = trusted_classes.class_in(module, name, self._trusted)
        arguments = {name: self.decode(part) for name, part in pairs}
        return self._numbered(number, trusted_classes.make(kind, arguments))

    def _scalar(self, node: list[Any]) -> object:
        dtype, value = node
        return arrays.from_scalar(dtype, value)

    def _complex(self, node: list[Any]) -> object:
        if len(node) != 2 or any(type(part) is not float for part in node):
            raise CarryError("a complex number is not made of two floats")
        return complex(*node)

    def _bytes(self, node: list[Any]) -> object:
        (number,) = node
        return self.blob(number)

    def _slice(self, node: list[Any]) -> object:
        start, stop, step = (self.decode(part) for part in node)
        return slice(start, stop, step)

    def _range(self, node: list[Any]) -> object:
        if len(node) != 3 or any(type(part) is not int for part in node):
            raise CarryError("a range is not made of integers")
        return range(*node)

    def _ellipsis(self, node: list[Any]) -> object:
        return Ellipsis

    def _path(self, node: list[Any]) -> object:
        (text,) = node
        return pathlib.Path(self._is_text(text))

    def _datetime(self, node: list[Any]) -> object:
        (text,) = node
        return datetime.datetime.fromisoformat(self._is_text(text))

    def _date(self, node: list[Any]) -> object:
        (text,) = node
        return datetime.date.fromisoformat(self._is_text(text))

    def _iterator(self, node: list[Any]) -> object:
        (items,) = node
        made = self.decode(items)
        if type(made) is not list:
            raise CarryError("an iterator does not go through a list")
        return iter(made)

    def _is_text(self, node: object) -> str:
        if type(node) is not str or len(node) > self.limits.text:
            raise CarryError("a value is not a text, or too long a text")
        return node
