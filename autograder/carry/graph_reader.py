"""Make the layers and models that `graph_writer` has described, and check the description first.

It must not know how an object changes later; that is in `states`.
"""

from typing import Any

import numpy as np

from autograder.carry import arrays, configs
from autograder.carry.errors import CarryError
from autograder.carry.layers import (
    LONGEST_NAME,
    assign,
    checked_flag,
    is_input,
    layer_name,
    set_flags,
    variables_of,
)
from autograder.carry.objects import Objects, foreign, is_name
from autograder.carry.values import Decoder


class GraphReader:
    """A maker of objects from their definitions, which checks all that these say.

    An object that can't be made becomes a stand-in, and so does any object that refers to it.

    Args:
        objects: the names of all objects that were carried.
        decoder: the decoder of the message.
        believing: whether the outputs of a call are taken as described, without making the call.
    """

    def __init__(self, objects: Objects, decoder: Decoder, *, believing: bool) -> None:
        self._objects, self._decoder, self._believing = objects, decoder, believing

    def read(self, definition: object) -> None:
        """Make what a definition describes.

        Raises:
            CarryError: the definition has no valid name, or the name of another object.
        """
        if type(definition) is not dict or type(definition.get("define")) is not str:
            raise CarryError("a definition is malformed")
        kind, name = definition["define"], definition.get("id")
        makers = ("variable", "layer", "weights", "call", "functional", "sequential", "configured")
        try:
            if kind not in makers:
                raise CarryError("a definition is of an unknown kind")
            made, parts = getattr(self, f"_{kind}")(definition)
        except Exception:
            # Keras may raise anything for a graph that no real code could have built.
            self._objects.take(name, foreign(definition.get("type")))
            for part in ("variables", "outputs"):
                for each in _dictionaries(definition.get(part, [])):
                    self._objects.take(each.get("id"), foreign(None))
            return
        self._objects.take(name, made)
        for part_name, part in parts:
            self._objects.take(part_name, part)

    def decoded(self, node: object) -> Any:
        """Return the value of a node within a definition. Raises `CarryError`."""
        with self._decoder.apart():
            return self._decoder.decode(node)

    def array(self, node: object) -> np.ndarray:
        """Return the numbers of a variable. Raises `CarryError`."""
        array = self._decoder.array(node)
        if array.dtype.kind not in "biuf":
            raise CarryError("a variable doesn't hold numbers")
        return array

    def _variable(self, about: dict[str, Any]) -> tuple[Any, list[Any]]:
        import keras

        value = self.array(about["value"])
        if type(about["name"]) is not str or len(about["name"]) > LONGEST_NAME:
            raise CarryError("a variable has no name")
        variable = keras.Variable(
            value, name=about["name"], trainable=checked_flag(about["trainable"])
        )
        variable._path = _path(about["path"])
        return variable, []

    def _layer(self, about: dict[str, Any]) -> tuple[Any, list[Any]]:
        kind = configs.layer_class(*_two(about["made_of"]))
        layer: Any = kind.from_config(configs.checked(self.decoded(about["config"])))
        if type(layer) is not kind:
            raise CarryError("a layer is of another class")
        parts = self._filled(layer, about)
        if is_input(layer):
            parts += self._named_outputs(layer._inbound_nodes[0], about["outputs"])
        return layer, parts

    def _weights(self, about: dict[str, Any]) -> tuple[Any, list[Any]]:
        import keras

        layer = self._objects.find(about["of"], keras.Layer)
        if any(self._objects.name_of(variable) for variable in variables_of(layer)):
            raise CarryError("a layer already has its weights")
        return object(), self._filled(layer, about)

    def _filled(self, layer: Any, about: dict[str, Any]) -> list[Any]:
        """Build a layer with the weights that were sent; return its variables with their names."""
        variables = _dictionaries(about["variables"])
        values = [self.array(each["value"]) for each in variables]
        filled: set[int] = set()
        if about["shapes"] is not None and not is_input(layer):
            filled = self._build(layer, self.decoded(about["shapes"]), values)
        mine = variables_of(layer)
        if checked_flag(about["built"]) and not getattr(layer, "built", True):
            layer.built = True
        for variable, value, each in zip(mine, values, variables, strict=True):
            if id(variable) not in filled:
                assign(variable, value)
            variable.trainable = checked_flag(each["trainable"])
            variable._path = _path(each["path"])
        set_flags(layer, about["trainable"])
        layer._path = None if about["path"] is None else _path(about["path"])
        return [(each["id"], variable) for each, variable in zip(variables, mine, strict=True)]

    def _build(self, layer: Any, shapes: object, values: list[np.ndarray]) -> set[int]:
        """Build a layer with the values that were sent, after checking that their shapes match.

        Return the identities of the variables that have received their values.
        """
        import keras
        from keras.src.backend.common import global_state

        if type(shapes) is not dict or not all(is_name(key) for key in shapes):
            raise CarryError("a layer was built without shapes")
        with keras.StatelessScope():
            # Inside this scope a variable has a shape and takes no memory; it is filled outside.
            filled: list[Any] = []
            try:
                layer.build(**{key: _shape(shape) for key, shape in shapes.items()})
                made = variables_of(layer)
                for variable, value in zip(made, values, strict=True):
                    if tuple(variable.shape) != value.shape:
                        raise CarryError("the weights of a layer don't have its shapes")
                    if variable._value is None:
                        variable._initializer = _Given(value)
                        filled.append(variable)
            except BaseException:
                filled = []
                raise
            finally:
                global_state.set_global_attribute("uninitialized_variables", filled)
        return set(map(id, filled))

    def _call(self, about: dict[str, Any]) -> tuple[Any, list[Any]]:
        import keras

        operation: Any = self._objects.find(about["op"], keras.Operation)
        if is_input(operation) or not getattr(operation, "built", True):
            raise CarryError("a layer was called before it was built")
        arguments = self.decoded(about["arguments"])
        args, kwargs = arguments
        outputs = _dictionaries(about["outputs"])
        if self._believing:
            node = self._believed(operation, args, kwargs, outputs)
        else:
            before = len(operation._inbound_nodes)
            operation(*args, **kwargs)
            (node,) = operation._inbound_nodes[before:]
        return node, self._named_outputs(node, outputs)

    def _believed(self, operation: Any, args: Any, kwargs: Any, outputs: list[Any]) -> Any:
        """Record a call without making it: its outputs are taken to be as described."""
        import keras
        from keras.src.ops.node import Node

        tensors = []
        for each in outputs:
            shape = tuple(each["shape"])
            tensors.append(keras.KerasTensor(shape, dtype=each["dtype"], name=each["name"]))
            if each["mask"] is not None:
                tensors[-1]._keras_mask = self._objects.find(each["mask"], keras.KerasTensor)
        return Node(operation, call_args=args, call_kwargs=kwargs, outputs=tensors)

    def _named_outputs(self, node: Any, outputs: object) -> list[Any]:
        named = _dictionaries(outputs)
        for tensor in node.outputs:
            if arrays.count([n or 1 for n in tensor.shape]) > self._decoder.limits.elements:
                raise CarryError("a symbolic tensor is too large")
        for each, tensor in zip(named, node.outputs, strict=True):
            tensor.name = layer_name(each["name"])
        return [(each["id"], out) for each, out in zip(named, node.outputs, strict=True)]

    def _functional(self, about: dict[str, Any]) -> tuple[Any, list[Any]]:
        model = self._graph(about["ends"], about["name"])
        set_flags(model, about["trainable"])
        model._path = None if about["path"] is None else _path(about["path"])
        return model, []

    def _sequential(self, about: dict[str, Any]) -> tuple[Any, list[Any]]:
        import keras

        model = keras.Sequential(name=layer_name(about["name"]))
        self.set_chain(model, about["chain"])
        set_flags(model, about["trainable"])
        model._path = None if about["path"] is None else _path(about["path"])
        return model, []

    def set_chain(self, model: Any, chain: object) -> None:
        """Give a Sequential these layers, and the graph that goes through them.

        Raises:
            CarryError: `chain` is not a list of layers, or the Sequential is inside itself.
        """
        import keras

        if type(chain) is not dict or type(chain.get("layers")) is not list:
            raise CarryError("a Sequential has no layers")
        layers: list[Any] = [self._objects.find(name, keras.Layer) for name in chain["layers"]]
        if any(each is model for layer in layers for each in layer._flatten_layers()):
            raise CarryError("a Sequential is inside itself")
        ends = chain.get("ends")
        graph = None if ends is None else self._graph(ends, chain.get("name"))
        same = 0
        while same < min(len(layers), len(model._layers)) and model._layers[same] is layers[same]:
            same += 1
        while len(model._layers) > same:
            model.pop(rebuild=False)
        for layer in layers[same:]:
            model.add(layer, rebuild=False)
        model._functional = graph
        if graph is not None:
            model.built = True
            model._build_shapes_dict = {"input_shape": layers[0].batch_shape}

    def _graph(self, ends: object, name: object) -> Any:
        from keras.src.models.functional import Functional

        inputs, outputs = _two(self.decoded(ends))
        return Functional(inputs, outputs, name=layer_name(name))

    def _configured(self, about: dict[str, Any]) -> tuple[Any, list[Any]]:
        kind = configs.configured_class(*_two(about["made_of"]))
        return kind.from_config(configs.checked(self.decoded(about["config"]))), []


class _Given:
    """An initializer that returns given values."""

    def __init__(self, value: np.ndarray) -> None:
        self._value = value

    def __call__(self, shape: object, dtype: str | None = None) -> Any:
        import keras

        return keras.ops.convert_to_tensor(self._value, dtype=dtype)


def _path(value: object) -> str:
    if type(value) is not str or len(value) > LONGEST_NAME:
        raise CarryError("a path is not a short text")
    return value


def _two(value: object) -> Any:
    if type(value) is not list or len(value) != 2:
        raise CarryError("a pair does not have two parts")
    return value


def _dictionaries(value: object) -> list[dict[str, Any]]:
    if type(value) is not list or any(type(each) is not dict for each in value):
        raise CarryError("a definition has no list of parts")
    return value


def _shape(shape: Any, depth: int = 0) -> Any:
    """Return a shape of integers and None, or nested shapes, after a check."""
    if shape is None or (type(shape) is int and shape >= 0):
        return shape
    if depth > 3:
        raise CarryError("a shape is too deep")
    if type(shape) in (list, tuple):
        return type(shape)(_shape(part, depth + 1) for part in shape)
    if type(shape) is dict:
        return {key: _shape(part, depth + 1) for key, part in shape.items()}
    raise CarryError("a value is not a shape")
