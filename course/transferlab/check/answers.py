"""Check what kind of thing an answer is, such as a model or a number, or raise `CheckFailed`."""

import operator
from collections.abc import Iterable

import keras
import numpy as np

from transferlab.check import CheckFailed


def returned_model(value: object) -> keras.Model:
    """Return `value` as a model, or say that the function did not return one.

    Raises:
        CheckFailed: when `value` is None or anything other than a ``keras.Model``.
    """
    if value is None:
        raise CheckFailed(
            "Your function returned None. End it with `return model`, so that its caller "
            "gets the model back."
        )
    if not isinstance(value, keras.Model):
        raise CheckFailed(
            f"Your function returned {kind(value)}, not a model. Return the model itself, not "
            "its layers and not its weights."
        )
    return value


def pair(value: object) -> tuple[object, object]:
    """Return the two things that a function should return, or say that there are not two.

    Raises:
        CheckFailed: when `value` is not a tuple or list of length 2.
    """
    if value is None:
        raise CheckFailed(
            "Your function returned None. End it with `return` and both things, with a comma "
            "between them."
        )
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise CheckFailed(
            f"Your function returned {kind(value)}. Return two things with a comma between them, "
            "in the order that the exercise names."
        )
    return value[0], value[1]


def number(answer: object, what: str) -> float:
    """Return `answer` as a float, or say that it is not one finite number.

    Raises:
        CheckFailed: when `answer` is None, text, a boolean, an array of several, NaN or infinite.
    """
    if answer is None:
        raise CheckFailed(f"Your function returned None. End it with `return` and {what}.")
    if isinstance(answer, bool | str) or np.size(np.asarray(answer, dtype=object)) != 1:
        raise CheckFailed(f"Your function returned {kind(answer)}. Return one number: {what}.")
    try:
        value = float(answer)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise CheckFailed(
            f"Your function returned {kind(answer)}. Return one number: {what}."
        ) from None
    if not np.isfinite(value):
        raise CheckFailed(f"Your function returned {value} for {what}, which is no finite number.")
    return value


def whole_number(answer: object) -> int:
    """Return `answer` as an int, or say that it is not one whole number.

    Raises:
        CheckFailed: when `answer` is None, text, a boolean, or has a fraction.
    """
    if answer is None:
        raise CheckFailed("Your function returned None. End it with `return` and the number.")
    if isinstance(answer, bool | str):
        raise CheckFailed(f"Your function returned {kind(answer)}. Return a whole number.")
    try:
        return operator.index(answer)  # type: ignore[arg-type]
    except TypeError:
        pass
    try:
        number = float(answer)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise CheckFailed(
            f"Your function returned {kind(answer)}. Return one whole number: add the sizes up."
        ) from None
    if not number.is_integer():
        raise CheckFailed(f"You answered {number}: parameters are counted in whole numbers.")
    return int(number)


def weight_paths(answer: object) -> set[str]:
    """Return `answer` as the set of paths of weights, or say that it is not one.

    Raises:
        CheckFailed: when `answer` is None, not a collection, or holds weights or names.
    """
    if answer is None:
        raise CheckFailed("Your function returned None. End it with `return` and the set of paths.")
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise CheckFailed(f"Your function returned {kind(answer)}. Return a set of paths.")
    items = list(answer)
    if any(not isinstance(item, str) for item in items):
        raise CheckFailed(
            "Return the *paths* of the weights, text such as 'dense/kernel', not the weights "
            "themselves: use `weight.path`."
        )
    if items and all("/" not in item for item in items):
        raise CheckFailed(
            "These are names, not paths: every Dense layer has a weight named 'kernel', so a name "
            "does not say which one you mean. Use `weight.path`, such as 'dense/kernel'."
        )
    return set(items)


def listed(names: Iterable[str], most: int = 4) -> str:
    """Return names sorted, in quotes, with commas; beyond `most`, only how many more there are."""
    ordered = sorted(names)
    shown = ", ".join(f"'{name}'" for name in ordered[:most])
    return shown + (f" and {len(ordered) - most} more" if len(ordered) > most else "")


def kind(value: object) -> str:
    """Return the type of a value in words, for a message."""
    return f"a value of type `{type(value).__name__}`"
