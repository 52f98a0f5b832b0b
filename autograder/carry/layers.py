"""What both sides look at in a layer of Keras: what it holds, whether it learns, how it is named.

It must not know how a layer is sent.
"""

from typing import Any

import numpy as np

from autograder.carry import configs
from autograder.carry.errors import CarryError, Uncarriable

LONGEST_NAME = 300


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
        each._trainable = checked_flag(flag)


def assign(variable: Any, value: np.ndarray) -> None:
    """Give a variable a value.

    Raises:
        CarryError: it is of another shape.
    """
    if tuple(variable.shape) != value.shape:
        raise CarryError("a variable is of another shape")
    variable.assign(value)


def layer_name(value: object) -> str:
    """Return the name of a layer. Raises `CarryError` when it is none."""
    if type(value) is not str or not 0 < len(value) <= LONGEST_NAME:
        raise CarryError("a layer has no name")
    return value


def checked_flag(value: object) -> bool:
    """Return a flag. Raises `CarryError` when it is neither true nor false."""
    if type(value) is not bool:
        raise CarryError("a flag is neither true nor false")
    return value


def is_input(operation: object) -> bool:
    """Tell whether this is where a model's input comes in: a layer that is never called."""
    import keras

    return isinstance(operation, keras.layers.InputLayer)


def is_configured(value: object) -> bool:
    """Tell whether this is an object of Keras that its config makes whole, such as a loss."""
    try:
        module, name = configs.public_name(type(value))
        configs.configured_class(module, name)
    except (Uncarriable, CarryError):
        return False
    return hasattr(value, "get_config")
