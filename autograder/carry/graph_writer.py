"""Describe Keras layers, models and symbolic tensors as a graph, and Keras's configured objects.

A graph is sent as definitions, each after those that it refers to: a layer (class, config,
weights), a call of a layer or an operation, a model over such calls. An object that the other side
already has is named and never defined again, so that a model cut from another model is made of that
model's own layers and tensors. It must not know how an object changes later; that is in `states`.
"""

from contextlib import suppress
from typing import Any

import numpy as np

from autograder.carry import configs
from autograder.carry.errors import Uncarriable
from autograder.carry.layers import flags, is_configured, is_input, variables_of
from autograder.carry.objects import Objects
from autograder.carry.values import Encoder


def is_keras(value: object) -> bool:
    """Return whether this is a Keras object that `GraphWriter` may know; Keras is imported."""
    import keras
    from keras.src.optimizers.base_optimizer import BaseOptimizer

    kinds = (keras.Operation, keras.KerasTensor, keras.Variable, BaseOptimizer)
    return isinstance(value, kinds) or is_configured(value)


class GraphWriter:
    """A writer of definitions for Keras objects that the other side does not have yet.

    Args:
        objects: the names of the objects that were carried.
        encoder: the encoder of the message.
        all_calls: whether a layer is sent with the calls that came before the one that is needed.
            `layer.output` is the first of them. A loaded Sequential has many, which take time to
            make on a side that does not believe them.
    """

    def __init__(self, objects: Objects, encoder: Encoder, *, all_calls: bool) -> None:
        self.definitions: list[dict[str, Any]] = []
        self._objects, self._encoder, self._all_calls = objects, encoder, all_calls

    def write(self, value: Any) -> str:
        """Return the name of an object, and define the object first if necessary.

        Raises:
            Uncarriable: the object, or something that it is made of, can't be carried.
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
        except Exception:  # a student's object may raise anything when it is examined
            raise Uncarriable from None

    def complete(self, name: str) -> None:
        """Send the weights of a layer that was not built yet when it was defined."""
        layer = self._objects.find(name, object)
        with suppress(Exception):  # if anything fails, the layer stays as it was sent
            variables = variables_of(layer)
            if variables and not any(map(self._objects.name_of, variables)):
                self._define("weights", object(), of=name, **self._weights(layer))

    def variable(self, variable: Any) -> dict[str, Any]:
        """Return the path of a variable, whether it is trainable, and its value."""
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
            outputs=self._outputs(layer._inbound_nodes[0]) if is_input(layer) else [],
        )

    def _weights(self, layer: Any) -> dict[str, Any]:
        """Return the state of a layer that building it has made, with its weights."""
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
        if self._objects.name_of(node) or is_input(node.operation):
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
        """Return the layers of a Sequential, and the ends of their graph if it has one."""
        layers = [self.write(layer) for layer in model._layers]
        graph = model._functional
        if graph is None:
            return {"layers": layers, "ends": None, "name": None}
        self._write_graph(graph)
        ends = self.encoded([graph._inputs_struct, graph._outputs_struct])
        return {"layers": layers, "ends": ends, "name": graph.name}

    def _write_graph(self, model: Any) -> None:
        """Write a model's calls from its inputs on: from its end, a deep model recurses too far."""
        for _, nodes in sorted(model._nodes_by_depth.items(), reverse=True):
            for node in nodes:
                for tensor in node.outputs:
                    self.write(tensor)

    def _configured(self, value: Any) -> str:
        module, name = configs.public_name(type(value))
        configs.configured_class(module, name)
        config = self.encoded(plain(value.get_config()))
        return self._define("configured", value, made_of=[module, name], config=config)


def config_of(layer: Any) -> Any:
    """Return the config of a layer.

    If the layer is built, a custom initializer has already done its work and is left out.
    """
    if not getattr(layer, "built", False):
        return _plain_config(layer)
    own = {
        name: value
        for name, value in vars(layer).items()
        if name.endswith("_initializer") and value is not None and not is_configured(value)
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
    """Return a config with NumPy's numbers replaced by Python's."""
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
