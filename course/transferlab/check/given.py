"""Checks that a function does not change the models that it is given to read.

The expected answer is often computed from such a model, after the function has run: changing the
model changes the question. It must not know what the function is for.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from transferlab.check import CheckFailed
from transferlab.check.answers import listed
from transferlab.check.surgery import intact

_STATISTICS = ("/moving_mean", "/moving_variance")


def unchanged(function: Callable[..., Any], *args: Any) -> Any:
    """Return ``function(*args)``; models among the arguments must stay unchanged.

    Raises:
        CheckFailed: naming the layers, weights or flags that have changed.
    """
    before = [(model, _flags(model)) for model in _models(args)]
    answer = same_weights(function, *args)
    for model, flags in before:
        now = _flags(model)
        if switched := [path for path in flags if flags[path] != now[path]]:
            raise CheckFailed(
                "Your function changed what can learn in the model that it was given: "
                f"{listed(switched)}. Anyone who uses that model next meets the change. Only read "
                "the flags."
            )
    return answer


def same_weights(function: Callable[..., Any], *args: Any) -> Any:
    """Return ``function(*args)``; models among the arguments must keep their layers and weights.

    Their flags may change, for example when the layers are shared with a model that freezes them.

    Raises:
        CheckFailed: naming the layers or the weights that have changed.
    """
    before = [
        (model, [layer.name for layer in model.layers], model.get_weights())
        for model in _models(args)
    ]
    answer = function(*args)
    for model, layers, values in before:
        intact(model, layers)
        pairs = zip(model.weights, values, strict=False)
        moved = [weight.path for weight, old in pairs if not _holds(weight, old)]
        if moved and all(path.endswith(_STATISTICS) for path in moved):
            raise CheckFailed(
                "The model that your function was given has other moving statistics now: called in "
                "training mode, BatchNorm notes down each batch. Call it with `training=False`."
            )
        if moved:
            raise CheckFailed(
                "The model that your function was given has lost what it knew: "
                f"{listed(moved)} hold other values now. Write into the new model only, and mind "
                "the direction: `new.set_weights(old.get_weights())` writes into `new`."
            )
    return answer


def _models(args: tuple[object, ...]) -> list[keras.Model]:
    return [argument for argument in args if isinstance(argument, keras.Model)]


def _flags(model: keras.Model) -> dict[str, bool]:
    """Return whether each weight can learn, by its path."""
    learning = {id(weight) for weight in model.trainable_weights}
    return {weight.path: id(weight) in learning for weight in model.weights}


def _holds(weight: keras.Variable, value: np.ndarray) -> bool:
    return np.array_equal(weight.numpy(), value)
