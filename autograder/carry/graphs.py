"""Layers, models and symbolic tensors of Keras as a graph, and its configured objects.

A graph is sent as definitions, each after those that it speaks of: a layer (class, config,
weights), a call of a layer or an operation, a model over such calls. An object that the other side
has is named and never defined again, so that a model that is cut from another is made of the
other's own layers and tensors. It must not know how an object changes later; that is in `states`.
"""

from contextlib import suppress
from typing import Any

import numpy as np

from autograder.carry import arrays, configs
from autograder.carry.errors import CarryError, Uncarriable
from autograder.carry.objects import Objects, foreign, is_name
from autograder.carry.values import Decoder, Encoder

_LONGEST_NAME = 300


def is_keras(value: object) -> bool:
    """Tell whether this is an object of Keras that `GraphWriter` may know; Keras is imported."""
    import keras
    from keras.src.optimizers.base_optimizer import BaseOptimizer

    kinds = (keras.Operation, keras.KerasTensor, keras.Variable, BaseOptimizer)
    return isinstance(value, kinds) or _is_configured(value)


def inner_layers(layer: Any) -> list[Any]:
    """Return the layers inside of a layer, which have no names of their own."""
    import keras

    if isinstance(layer, keras.Model) or not isinstance(layer, keras.Layer):
        return []
    return layer._flatten_layers(include_self=False)


def variables_of(layer: Any) -> list[Any]:
    """Return the variables that a layer itself holds, seeds and those of inner layers included."""
    import keras

    if isinstance(layer, keras.Model) or not isinstance(layer, keras.Layer):
        return []
    return layer.variables


class GraphWriter:
    """Defines objects of Keras that the other side does not have yet.

    Args:
        objects: the names of those that were carried.
        encoder: of the message.
        all_calls: whether a layer is sent with the calls that came before the one that is needed.
            `layer.output` is the first of them. A Sequential that was loaded has many, which take
            time to make where they are not believed.
    """

    def __init__(self, objects: Objects, encoder: Encoder, *, all_calls: bool) -> None:
        self.definitions: list[dict[str, Any]] = []
        self._objects, self._encoder, self._all_calls = objects, encoder, all_calls

    def write(self, value: Any) -> str:
        """Return the name of an object, defined now if it has to be.

        Raises:
            Uncarriable: it, or what it is made of, can't be carried.
        """
        import keras

        known = self._objects.name_of(value)
        if known is not None:
            self.complete(known)
            return known
        try:
            match value:
                case keras.Variable():
                    return self._free_variable(value)
                case keras.KerasTensor():
                    return self._tensor(value)
                case keras.Sequential():
                    return self._sequential(value)
                case keras.Model():
                    return self._functional(value)
                case keras.Operation():
                    return self._layer(value)
            return self._configured(value)
        except Uncarriable:
            raise
        except Exception:  # an object of a student's may raise anything when it is looked at
            raise Uncarriable from None

    def complete(self, name: str) -> None:
        """Send the weights of a layer that was not built yet when it was defined."""
        layer = self._objects.find(name, object)
        with suppress(Exception):  # or the layer stays what it was
            variables = variables_of(layer)
            if variables and not any(map(self._objects.name_of, variables)):
                self._define("weights", object(), of=name, **self._weights(layer))

    def variable(self, variable: Any) -> dict[str, Any]:
        """Return what a variable is and holds."""
        value = np.asarray(variable.numpy())
        return {
            "path": variable.path,
            "trainable": bool(variable.trainable),
            "value": self._encoder.array(value),
        }

    def encoded(self, value: object) -> Any:
        """Return the node of a value within a definition."""
        with self._encoder.apart():
            return self._encoder.encode(value)

    def _define(self, kind: str, value: object, **fields: Any) -> str:
        name = self._objects.add(value)
        about = {"define": kind, "id": name, "type": type(value).__name__}
        self.definitions.append(about | fields)
        return name

    def _free_variable(self, variable: Any) -> str:
        return self._define("variable", variable, name=variable.name, **self.variable(variable))

    def _layer(self, layer: Any) -> str:
        made_of = configs.layer_class_name(type(layer))
        config, weights = self.encoded(config_of(layer)), self._weights(layer)
        return self._define(
            "layer",
            layer,
            made_of=list(made_of),
            config=config,
            **weights,
            outputs=self._outputs(layer._inbound_nodes[0]) if _is_input(layer) else [],
        )

    def _weights(self, layer: Any) -> dict[str, Any]:
        """Return what building has made of a layer."""
        variables = variables_of(layer)
        if any(self._objects.name_of(variable) for variable in variables):
            raise Uncarriable  # it shares a weight with another layer
        shapes = getattr(layer, "_build_shapes_dict", None)
        values = [self.variable(variable) for variable in variables]
        return {
            "built": bool(getattr(layer, "built", True)),
            "shapes": self.encoded(dict(shapes)) if shapes else None,
            "path": getattr(layer, "path", None),
            "trainable": flags(layer),
            "variables": [
                {"id": self._objects.add(variable), **value}
                for variable, value in zip(variables, values, strict=True)
            ],
        }

    def _tensor(self, tensor: Any) -> str:
        operation, index, _ = tensor._keras_history
        self.write(operation)
        for earlier in operation._inbound_nodes[:index] if self._all_calls else []:
            with suppress(Uncarriable):
                self._call(earlier)
        self._call(operation._inbound_nodes[index])
        name = self._objects.name_of(tensor)
        if name is None:
            raise Uncarriable
        return name

    def _call(self, node: Any) -> None:
        if self._objects.name_of(node) or _is_input(node.operation):
            return
        operation = self.write(node.operation)
        for tensor in node.arguments.keras_tensors:
            self.write(tensor)
        for tensor in node.outputs:
            mask = getattr(tensor, "_keras_mask", None)
            if mask is not None:
                self.write(mask)
        if self._objects.name_of(node):
            return
        arguments = self.encoded([list(node.arguments.args), dict(node.arguments.kwargs)])
        self._define("call", node, op=operation, arguments=arguments, outputs=self._outputs(node))

    def _outputs(self, node: Any) -> list[dict[str, Any]]:
        return [
            {
                "id": self._objects.add(tensor),
                "shape": list(tensor.shape),
                "dtype": tensor.dtype,
                "name": tensor.name,
                "mask": self._objects.name_of(getattr(tensor, "_keras_mask", None)),
            }
            for tensor in node.outputs
        ]

    def _functional(self, model: Any) -> str:
        from keras.src.models.functional import Functional

        if type(model) is not Functional:
            raise Uncarriable
        self._write_graph(model)
        return self._define(
            "functional",
            model,
            name=model.name,
            path=model.path,
            trainable=flags(model),
            ends=self.encoded([model._inputs_struct, model._outputs_struct]),
        )

    def _sequential(self, model: Any) -> str:
        import keras

        if type(model) is not keras.Sequential:
            raise Uncarriable
        chain = self.chain(model)
        about = {"name": model.name, "path": model.path, "trainable": flags(model)}
        return self._define("sequential", model, chain=chain, **about)

    def chain(self, model: Any) -> dict[str, Any]:
        """Return the layers of a Sequential, and the ends of their graph once it has one."""
        layers = [self.write(layer) for layer in model._layers]
        graph = model._functional
        if graph is None:
            return {"layers": layers, "ends": None, "name": None}
        self._write_graph(graph)
        ends = self.encoded([graph._inputs_struct, graph._outputs_struct])
        return {"layers": layers, "ends": ends, "name": graph.name}

    def _write_graph(self, model: Any) -> None:
        """Write the calls of a model from its inputs on: from its end, a deep one is too deep."""
        for _, nodes in sorted(model._nodes_by_depth.items(), reverse=True):
            for node in nodes:
                for tensor in node.outputs:
                    self.write(tensor)

    def _configured(self, value: Any) -> str:
        module, name = configs.public_name(type(value))
        configs.configured_class(module, name)
        config = self.encoded(plain(value.get_config()))
        return self._define("configured", value, made_of=[module, name], config=config)


class GraphReader:
    """Makes objects of their definitions, after a check of all that these say.

    What can't be made becomes a stand-in, and so does what speaks of it.
    """

    def __init__(self, objects: Objects, decoder: Decoder, *, believing: bool) -> None:
        self._objects, self._decoder, self._believing = objects, decoder, believing

    def read(self, definition: object) -> None:
        """Make what is defined.

        Raises:
            CarryError: the definition has no name, or that of another.
        """
        if type(definition) is not dict or type(definition.get("define")) is not str:
            raise CarryError("a definition is none")
        kind, name = definition["define"], definition.get("id")
        makers = ("variable", "layer", "weights", "call", "functional", "sequential", "configured")
        try:
            if kind not in makers:
                raise CarryError("a definition is of no known kind")
            made, parts = getattr(self, f"_{kind}")(definition)
        except Exception:
            # Keras may raise anything at a graph that nobody could have built.
            self._objects.take(name, foreign(definition.get("type")))
            for part in ("variables", "outputs"):
                for each in _dictionaries(definition.get(part, [])):
                    self._objects.take(each.get("id"), foreign(part))
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
            raise CarryError("a variable holds no numbers")
        return array

    def _variable(self, about: dict[str, Any]) -> tuple[Any, list[Any]]:
        import keras

        value = self.array(about["value"])
        if type(about["name"]) is not str or len(about["name"]) > _LONGEST_NAME:
            raise CarryError("a variable has no name")
        variable = keras.Variable(value, name=about["name"], trainable=_is_flag(about["trainable"]))
        variable._path = _path(about["path"])
        return variable, []

    def _layer(self, about: dict[str, Any]) -> tuple[Any, list[Any]]:
        kind = configs.layer_class(*_two(about["made_of"]))
        layer: Any = kind.from_config(configs.checked(self.decoded(about["config"])))
        if type(layer) is not kind:
            raise CarryError("a layer is of another class")
        parts = self._filled(layer, about)
        if _is_input(layer):
            parts += self._named_outputs(layer._inbound_nodes[0], about["outputs"])
        return layer, parts

    def _weights(self, about: dict[str, Any]) -> tuple[Any, list[Any]]:
        import keras

        layer = self._objects.find(about["of"], keras.Layer)
        if any(self._objects.name_of(variable) for variable in variables_of(layer)):
            raise CarryError("a layer has its weights already")
        return object(), self._filled(layer, about)

    def _filled(self, layer: Any, about: dict[str, Any]) -> list[Any]:
        """Build a layer with the weights that came; return these with their names."""
        variables = _dictionaries(about["variables"])
        values = [self.array(each["value"]) for each in variables]
        filled: set[int] = set()
        if about["shapes"] is not None and not _is_input(layer):
            filled = self._build(layer, self.decoded(about["shapes"]), values)
        mine = variables_of(layer)
        if _is_flag(about["built"]) and not getattr(layer, "built", True):
            layer.built = True
        for variable, value, each in zip(mine, values, variables, strict=True):
            if id(variable) not in filled:
                assign(variable, value)
            variable.trainable = _is_flag(each["trainable"])
            variable._path = _path(each["path"])
        set_flags(layer, about["trainable"])
        layer._path = None if about["path"] is None else _path(about["path"])
        return [(each["id"], variable) for each, variable in zip(variables, mine, strict=True)]

    def _build(self, layer: Any, shapes: object, values: list[np.ndarray]) -> set[int]:
        """Build a layer with values that came, once it is known that they have its sizes.

        Return the identities of the variables that have their values.
        """
        import keras
        from keras.src.backend.common import global_state

        if type(shapes) is not dict or not all(is_name(key) for key in shapes):
            raise CarryError("a layer was built of no shapes")
        with keras.StatelessScope():
            # In here a variable has a shape and takes no room; outside it is filled.
            filled: list[Any] = []
            try:
                layer.build(**{key: _shape(shape) for key, shape in shapes.items()})
                made = variables_of(layer)
                for variable, value in zip(made, values, strict=True):
                    if tuple(variable.shape) != value.shape:
                        raise CarryError("the weights of a layer have not its sizes")
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
        if _is_input(operation) or not getattr(operation, "built", True):
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
        """Note down a call without making it: its outputs are what they are said to be."""
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
            CarryError: they are no layers.
        """
        import keras

        if type(chain) is not dict or type(chain.get("layers")) is not list:
            raise CarryError("a Sequential has no layers")
        layers: list[Any] = [self._objects.find(name, keras.Layer) for name in chain["layers"]]
        if any(each is model for layer in layers for each in layer._flatten_layers()):
            raise CarryError("a Sequential is inside of itself")
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
    """An initializer that gives the values that are there."""

    def __init__(self, value: np.ndarray) -> None:
        self._value = value

    def __call__(self, shape: object, dtype: str | None = None) -> Any:
        import keras

        return keras.ops.convert_to_tensor(self._value, dtype=dtype)


def config_of(layer: Any) -> Any:
    """Return the config of a layer.

    Once it is built, an initializer of somebody's own making has done its work and is left out.
    """
    if not getattr(layer, "built", False):
        return _plain_config(layer)
    own = {
        name: value
        for name, value in vars(layer).items()
        if name.endswith("_initializer") and value is not None and not _is_configured(value)
    }
    vars(layer).update(dict.fromkeys(own))
    try:
        return _plain_config(layer)
    finally:
        vars(layer).update(own)


def _plain_config(layer: Any) -> Any:
    try:
        return plain(layer.get_config())
    except Exception:  # a student's functions in it may have no name and no source
        raise Uncarriable from None


def plain(config: Any) -> Any:
    """Return a config in which NumPy's numbers are Python's."""
    match config:
        case dict():
            return {str(key): plain(value) for key, value in config.items()}
        case list():
            return [plain(value) for value in config]
        case tuple():
            return tuple(plain(value) for value in config)
        case np.generic():
            return config.item()
        case np.ndarray():
            return config.tolist()
    return config


def flags(layer: Any) -> list[bool]:
    """Return the `trainable` flags of a layer and of those inside, each as it was set itself."""
    layers = [layer, *inner_layers(layer)]
    return [bool(each._trainable) for each in layers if hasattr(each, "_trainable")]


def set_flags(layer: Any, flags: object) -> None:
    """Set what `flags` has returned.

    Raises:
        CarryError: they are no flags, or not those of such a layer.
    """
    layers = [each for each in (layer, *inner_layers(layer)) if hasattr(each, "_trainable")]
    if type(flags) is not list or len(flags) != len(layers):
        raise CarryError("a layer has not as many flags as it should")
    for each, flag in zip(layers, flags, strict=True):
        each._trainable = _is_flag(flag)


def assign(variable: Any, value: np.ndarray) -> None:
    """Give a variable a value.

    Raises:
        CarryError: it is of another shape.
    """
    if tuple(variable.shape) != value.shape:
        raise CarryError("a variable is of another shape")
    variable.assign(value)


def _is_configured(value: object) -> bool:
    try:
        module, name = configs.public_name(type(value))
        configs.configured_class(module, name)
    except (Uncarriable, CarryError):
        return False
    return hasattr(value, "get_config")


def _is_input(operation: object) -> bool:
    import keras

    return isinstance(operation, keras.layers.InputLayer)


def _is_flag(value: object) -> bool:
    if type(value) is not bool:
        raise CarryError("a flag is neither true nor false")
    return value


def _path(value: object) -> str:
    if type(value) is not str or len(value) > _LONGEST_NAME:
        raise CarryError("a path is no text")
    return value


def layer_name(value: object) -> str:
    """Return the name of a layer. Raises `CarryError` when it is none."""
    if type(value) is not str or not 0 < len(value) <= _LONGEST_NAME:
        raise CarryError("a layer has no name")
    return value


def _two(value: object) -> Any:
    if type(value) is not list or len(value) != 2:
        raise CarryError("two things are not two")
    return value


def _dictionaries(value: object) -> list[dict[str, Any]]:
    if type(value) is not list or any(type(each) is not dict for each in value):
        raise CarryError("a definition has no list of parts")
    return value


def _shape(shape: Any, depth: int = 0) -> Any:
    """Return a shape, or shapes within shapes, of whole numbers and None."""
    if shape is None or (type(shape) is int and shape >= 0):
        return shape
    if depth > 3:
        raise CarryError("a shape is too deep")
    if type(shape) in (list, tuple):
        return type(shape)(_shape(part, depth + 1) for part in shape)
    if type(shape) is dict:
        return {key: _shape(part, depth + 1) for key, part in shape.items()}
    raise CarryError("a shape is none")
