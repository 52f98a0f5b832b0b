"""Pack and unpack whole messages: a kind, a value, and the definitions and changes it needs.

It must not know what the kinds mean, nor how messages travel. Keras is imported when a message
from the other side needs it; if this process has already imported it, it is used anyway.
"""

import inspect
import sys
from collections.abc import Callable, Collection
from typing import Any

from autograder.carry import frames
from autograder.carry.errors import CarryError, Uncarriable
from autograder.carry.frames import Limits
from autograder.carry.objects import JUDGE, STUDENT, Objects, foreign, is_name
from autograder.carry.values import Decoder, Encoder

_MOST_COUNT = 1_000_000
_MOST_NAMES = 2000
_LONGEST_SIGNATURE = 300
_LAMBDA = "<lambda>"
Call = Callable[[str, tuple[Any, ...], dict[str, Any]], object]


class Parcels:
    """A packer and unpacker of the messages of one conversation, on one of its sides.

    Args:
        is_judge: whether this is the side that must believe nothing.
        call: calls a function of the other side by its name.
        trusted: packages whose dataclasses and namedtuples are carried as such.
        limits: how much a message may hold.
    """

    def __init__(
        self, *, is_judge: bool, call: Call, trusted: Collection[str], limits: Limits
    ) -> None:
        mine, theirs = (JUDGE, STUDENT) if is_judge else (STUDENT, JUDGE)
        self.objects = Objects(mine, theirs)
        self._is_judge, self._call = is_judge, call
        self._trusted, self._limits = trusted, limits
        self._states: Any = None

    def pack(self, kind: str, value: object) -> bytes:
        """Make a frame of a message."""
        beyond = _Beyond(self.objects, self._call)
        encoder = Encoder(self._limits, self._trusted, beyond)
        header: dict[str, Any] = {"kind": kind}
        if _keras_is_there():
            from autograder.carry.graph_writer import GraphWriter

            beyond.writer = writer = GraphWriter(self.objects, encoder, all_calls=self._is_judge)
            header["value"] = encoder.encode(value)
            header["changes"] = self._all_states().changes(writer)
            header["definitions"] = writer.definitions
            header["counts"] = dict(_counts())
        else:
            header["value"] = encoder.encode(value)
        return frames.pack(header, encoder.blobs)

    def unpack(self, frame: bytes) -> tuple[str, Any]:
        """Return the kind and value of a message, after applying its definitions and changes.

        Raises:
            CarryError: the frame is not a valid message.
        """
        header, blobs = frames.unpack(frame, self._limits)
        beyond = _Beyond(self.objects, self._call)
        decoder = Decoder(blobs, self._limits, self._trusted, beyond)
        definitions, changes = header.get("definitions", []), header.get("changes", [])
        if type(definitions) is not list or type(header.get("kind")) is not str:
            raise CarryError("a message has no kind")
        if len(definitions) > self._limits.definitions:
            raise CarryError("a message defines too much")
        reader: Any = None
        if definitions or changes:
            from autograder.carry.graph_reader import GraphReader

            reader = GraphReader(self.objects, decoder, believing=not self._is_judge)
        for definition in definitions:
            reader.read(definition)
        value = decoder.decode(header.get("value"))
        if reader:  # a change may refer to objects in the value
            self._all_states().apply(changes, reader)
        if _keras_is_there():
            _raise_counts(header.get("counts"))
        return header["kind"], value

    def _all_states(self) -> Any:
        if self._states is None:
            from autograder.carry.states import States

            self._states = States(self.objects)
        return self._states


class _Beyond:
    """A carrier of everything but plain values: objects by name, Keras's objects, functions."""

    def __init__(self, objects: Objects, call: Call) -> None:
        self.writer: Any = None
        self._objects, self._call = objects, call

    def encode(self, value: object, encoder: Encoder) -> list[Any]:
        known = self._objects.name_of(value)
        if known is not None:
            return ["ref", known]
        if self.writer is not None:
            from autograder.carry import configs
            from autograder.carry.graph_writer import is_keras

            if is_keras(value):
                return ["ref", self.writer.write(value)]
            if callable(value):
                try:
                    return ["keras", *configs.public_name(value)]
                except Uncarriable:
                    pass
        if not callable(value):
            raise Uncarriable
        name = getattr(value, "__name__", type(value).__name__)
        return ["function", self._objects.add(value), str(name), _signature(value)]

    def stand_in(self, value: object) -> list[Any]:
        known = self._objects.name_of(value)
        if known is not None:
            return ["ref", known]
        return ["foreign", self._objects.add(value), type(value).__name__]

    def decode(self, node: list[Any], decoder: Decoder) -> object:
        match node:
            case ["ref", name]:
                return self._objects.find(name, object)
            case ["foreign", name, type_name]:
                made = foreign(type_name)
                self._objects.take(name, made)
                return made
            case ["keras", module, name]:
                from autograder.carry import configs

                return configs.public_value(module, name)
            case ["function", name, own_name, signature]:
                return self._function(name, own_name, signature)
        raise CarryError("a value has an unknown tag")

    def _function(self, name: str, own_name: object, signature: object) -> object:
        def remote(*args: Any, **kwargs: Any) -> object:
            return self._call(name, args, kwargs)

        remote.__name__ = str(own_name) if is_name(own_name) else _LAMBDA
        remote.__qualname__ = remote.__name__
        if type(signature) is str and len(signature) <= _LONGEST_SIGNATURE:
            remote.__dict__["signature"] = signature
        self._objects.take(name, remote)
        return remote


def _keras_is_there() -> bool:
    keras = sys.modules.get("keras")
    return keras is not None and hasattr(keras, "Model")


def _counts() -> dict[str, int]:
    """Return how many objects of each kind Keras has named; it derives the next name from this."""
    from keras.src.backend.common import global_state

    return global_state.get_global_attribute("object_name_uids", default={})


def _raise_counts(counts: object) -> None:
    """Keep Keras from giving a name here that the other side has given; ignore invalid counts."""
    from keras.src.utils import naming

    if type(counts) is not dict or len(counts) > _MOST_NAMES:
        return
    for name, count in counts.items():
        if not is_name(name) or type(count) is not int or count > _MOST_COUNT:
            continue
        if _counts().get(name, 0) < count:
            naming.get_uid(name)  # makes the table if there isn't one
            _counts()[name] = count


def _signature(value: Any) -> str | None:
    try:
        text = str(inspect.signature(value))
    except (TypeError, ValueError):
        return None
    return text if len(text) <= _LONGEST_SIGNATURE else None
