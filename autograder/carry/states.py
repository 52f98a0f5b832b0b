"""Send how Keras objects have changed since they were sent: flags, weights, layers, compiling.

Each side remembers what an object was like when both last agreed, and sends what is different now.
The other side applies it to its own object, in place. It must not make objects; a change that
refers to new ones is read after `graph_reader` has made them.
"""

import types
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import numpy as np

from autograder.carry import configs, layers
from autograder.carry.errors import CarryError, Uncarriable
from autograder.carry.graph_reader import GraphReader
from autograder.carry.graph_writer import GraphWriter, config_of
from autograder.carry.objects import Foreign, Objects

State = dict[str, Any]
_COMPILED = ("loss", "loss_weights", "metrics", "weighted_metrics")
_MODES = ("run_eagerly", "jit_compile", "steps_per_execution")
_SETTINGS = (bool, int, float, str, type(None), tuple, types.FunctionType)
_NOT_SETTINGS = ("name", "build", "quantize")  # the last two are Keras's own, new for each layer


class States:
    """The states that the objects of one conversation had when both sides last agreed."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._seen: dict[str, State] = {}

    def changes(self, writer: GraphWriter) -> list[Any]:
        """Return what is different now, object by object; from then on the other side knows it."""
        found, looked_at = [], set()
        while new := [name for name in self._objects if name not in looked_at]:
            for name in new:  # a change may define objects
                looked_at.add(name)
                writer.complete(name)
                if change := self._change(name, writer):
                    found.append([name, change])
        return found

    def apply(self, changes: object, reader: GraphReader) -> None:
        """Change objects as the other side says. A change that can't be made is left out.

        Raises:
            CarryError: `changes` is not a list of changes, or names an object that was not sent.
        """
        if type(changes) is not list:
            raise CarryError("a message has no list of changes")
        for each in changes:
            if type(each) is not list or len(each) != 2 or type(each[1]) is not dict:
                raise CarryError("a change is malformed")
            value = self._objects.find(each[0], object)
            if not isinstance(value, Foreign):
                _Change(value, reader, self._objects).apply(each[1])
        self._agree(name for name, _ in changes)

    def _agree(self, changed: Iterable[str]) -> None:
        new = [name for name in self._objects if name not in self._seen]
        for name in {*new, *changed}:
            self._seen[name] = state(self._objects.find(name, object), self._objects)

    def _change(self, name: str, writer: GraphWriter) -> State:
        value = self._objects.find(name, object)
        try:
            now = state(value, self._objects)
        except Exception:  # a student may have removed anything from it
            return {}
        before = self._seen.get(name)
        if before is None:  # just defined: its definition holds everything except these
            before = {k: v for k, v in now.items() if k not in ("compile", "slots", "built")}
        different = [key for key in now if key not in before or before[key] != now[key]]
        self._seen[name] = now
        return _described(value, different, before, now, writer) if different else {}


def state(value: Any, objects: Objects) -> State:
    """Return everything about an object that can change, in a form that can be compared."""
    import keras
    from keras.src.optimizers.base_optimizer import BaseOptimizer

    if isinstance(value, keras.Variable):
        return {"value": _Numbers([value]), "learns": bool(value.trainable)}
    if isinstance(value, BaseOptimizer):
        built = [objects.name_of(v) for v in value._trainable_variables] if value.built else None
        return {"slots": _Numbers(value.variables), "built": built}
    if isinstance(value, keras.Model):
        found = {"trainable": layers.flags(value), "name": value.name}
        if isinstance(value, keras.Sequential):
            found["chain"] = [id(layer) for layer in value._layers], id(value._functional)
        if value.compiled:
            found["compile"] = value._compile_config
        return found
    if isinstance(value, keras.Layer) and not isinstance(value, keras.layers.InputLayer):
        found = {"trainable": layers.flags(value), "name": value.name}
        found["settings"] = _settings(value)
        return found
    return {}


def _described(
    value: Any, different: list[str], before: State, now: State, writer: GraphWriter
) -> State:
    """Return the differences in the form that is sent; what can't be carried is left out."""
    change = {key: now[key] for key in different if key in ("trainable", "name", "learns")}
    for key in different:
        with suppress(Uncarriable):
            if key == "value":
                change["value"] = writer.variable(value)["value"]
            elif key == "settings":
                change["config"] = _new_settings(value, before, now, writer)
            elif key == "chain":
                change["chain"] = writer.chain(value)
            elif key == "compile":
                change["compile"] = _compiling(value, writer)
            elif key in ("slots", "built"):
                slots = [writer.variable(variable)["value"] for variable in value.variables]
                change |= {"slots": slots, "built": now["built"]}
    return change


def _new_settings(layer: Any, before: State, now: State, writer: GraphWriter) -> Any:
    old, new, config = before.get("settings", {}), now["settings"], config_of(layer)
    changed = [key for key in new if key in config and (key not in old or old[key] != new[key])]
    return writer.encoded([changed, config])


def _compiling(model: Any, writer: GraphWriter) -> Any:
    compiled = model._compile_config.config
    kept = {key: compiled.get(key) for key in (*_COMPILED, *_MODES)}
    return writer.encoded({"optimizer": model.optimizer, **kept})


class _Change:
    """The changes to one object; each is applied independently, if it can be."""

    def __init__(self, value: Any, reader: GraphReader, objects: Objects) -> None:
        self._value, self._reader, self._objects = value, reader, objects
        self._steps = {
            **{"value": self._assign, "learns": self._learns, "trainable": self._trainable},
            **{"name": self._name, "config": self._config, "chain": self._chain},
            **{"compile": self._compile, "built": self._built, "slots": self._slots},
        }

    def apply(self, change: State) -> None:
        import keras
        from keras.src.optimizers.base_optimizer import BaseOptimizer

        steps: tuple[str, ...] = ()
        if isinstance(self._value, keras.Variable):
            steps = ("value", "learns")
        elif isinstance(self._value, BaseOptimizer):
            steps = ("built", "slots")
        elif isinstance(self._value, keras.Model):
            steps = ("chain", "trainable", "name", "compile")
        elif isinstance(self._value, keras.Layer):
            steps = ("config", "trainable", "name")
        for step in steps:
            if step in change:
                # Keras may raise anything for a change that no real use could have made.
                with suppress(Exception):
                    self._steps[step](change[step])

    def _trainable(self, node: object) -> None:
        layers.set_flags(self._value, node)

    def _name(self, node: object) -> None:
        self._value.name = layers.layer_name(node)

    def _learns(self, node: object) -> None:
        self._value.trainable = node is True

    def _assign(self, node: object) -> None:
        layers.assign(self._value, self._reader.array(node))

    def _config(self, node: object) -> None:
        """Copy attributes from a layer that is made from the new config and never built."""
        changed, config = self._reader.decoded(node)
        fresh = type(self._value).from_config(configs.checked(config))
        for key in changed:
            if type(key) is str and not key.startswith("_") and key in vars(fresh):
                setattr(self._value, key, getattr(fresh, key))

    def _chain(self, node: object) -> None:
        import keras

        if not isinstance(self._value, keras.Sequential):
            raise CarryError("a model that is not a Sequential has no chain")
        self._reader.set_chain(self._value, node)

    def _compile(self, node: object) -> None:
        from keras.src.optimizers.base_optimizer import BaseOptimizer

        arguments = self._reader.decoded(node)
        if not isinstance(arguments["optimizer"], BaseOptimizer | None):
            # Given a config instead, Keras would build an optimizer from it.
            raise CarryError("a model is compiled without an optimizer")
        modes = {key: arguments[key] for key in _MODES}
        if type(modes["steps_per_execution"]) is not int:
            raise CarryError("a model is compiled without a number of steps")
        kept = {key: arguments[key] for key in _COMPILED}
        self._value.compile(arguments["optimizer"], **kept, **modes)

    def _built(self, node: Any) -> None:
        import keras

        if node is not None and not self._value.built:
            self._value.build([self._objects.find(name, keras.Variable) for name in node])

    def _slots(self, node: Any) -> None:
        for variable, each in zip(self._value.variables, node, strict=True):
            layers.assign(variable, self._reader.array(each))


def _settings(layer: Any) -> State:
    """Return the attributes that may be in a layer's config; making the config itself is slow."""
    return {
        key: setting
        for key, setting in vars(layer).items()
        if type(setting) in _SETTINGS and key[0] != "_" and key not in _NOT_SETTINGS
    }


class _Numbers:
    """The numbers that variables hold now, to be compared with what they hold later.

    TensorFlow's numbers are not copied: a variable that changes takes new memory as long as the old
    memory is in use (`tf.Variable.value`). This is done for every message, and a copy or a digest
    of all numbers would take most of a message's time.
    """

    def __init__(self, variables: Iterable[Any]) -> None:
        self._held = [_bytes_of(variable.value) for variable in variables]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Numbers):
            return NotImplemented
        same = len(self._held) == len(other._held)
        return same and all(map(np.array_equal, self._held, other._held))


def _bytes_of(value: Any) -> np.ndarray:
    """Return the numbers of a variable's value as bytes, whatever their dtype, including NaN."""
    read = getattr(value, "value", None)
    return np.frombuffer(read() if callable(read) else np.ascontiguousarray(value), np.uint8)
