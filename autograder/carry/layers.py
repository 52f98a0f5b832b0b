"""Read and set what both sides need of a Keras layer: its variables, its flags and its name.

It must not know how a layer is sent.
"""

from typing import Any

import numpy as np

from autograder.carry import configs
from autograder.carry.errors import CarryError, Uncarriable

LONGEST_NAME = 300


def inner_layers(layer: Any) -> list[Any]:
    """Return the layers inside a layer, which have no names of their own."""
    import keras

    if isinstance(layer, keras.Model) or not isinstance(layer, keras.Layer):
        return []
    return layer._flatten_layers(include_self=False)


def variables_of(layer: Any) -> list[Any]:
    """Return the variables that a layer itself holds, including seeds and those of inner layers."""
    import keras

    if isinstance(layer, keras.Model) or not isinstance(layer, keras.Layer):
        return []
    return layer.variables


def flags(layer: Any) -> list[bool]:
    """Return the `trainable` flags of a layer and its inner layers, each as set on that layer."""
    layers = [layer, *inner_layers(layer)]
    return [bool(each._trainable) for each in layers if hasattr(each, "_trainable")]


def set_flags(layer: Any, flags: object) -> None:
    """Set the flags that `flags` has returned.

    Raises:
        CarryError: `flags` is not a list of flags, or its length doesn't fit the layer.
    """
    layers = [each for each in (layer, *inner_layers(layer)) if hasattr(each, "_trainable")]
    if type(flags) is not list or len(flags) != len(layers):
        raise CarryError("a layer has the wrong number of flags")
    for each, flag in zip(layers, flags, strict=True):
        each._trainable = checked_flag(flag)


def assign(variable: Any, value: np.ndarray) -> None:
    """Give a variable a value.

    Raises:
        CarryError: the value has another shape than the variable.
    """
    if tuple(variable.shape) != value.shape:
        raise CarryError("a variable has another shape")
    variable.assign(value)


def layer_name(value: object) -> str:
    """Return the name of a layer. Raises `CarryError` if it is not a valid name."""
    if type(value) is not str or not 0 < len(value) <= LONGEST_NAME:
        raise CarryError("a layer has no name")
    return value


def checked_flag(value: object) -> bool:
    """Return a flag. Raises `CarryError` if it is neither true nor false."""
    if type(value) is not bool:
        raise CarryError("a flag is neither true nor false")
    return value


def is_input(operation: object) -> bool:
    """Return whether this is a model's input layer, which is never called."""
    import keras

    return isinstance(operation, keras.layers.InputLayer)


def is_configured(value: object) -> bool:
    """Return whether this is a Keras object that its config fully describes, such as a loss."""
    try:
        module, name = configs.public_name(type(value))
        configs.configured_class(module, name)
    except (Uncarriable, CarryError):
        return False
    return hasattr(value, "get_config")
