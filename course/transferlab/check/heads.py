"""Checks on heads: their size, a final layer replaced or cut down, and whether it fits the labels.

A check looks at what a model computes on fresh inputs, at shared variables and at flags. It must
not know how a head was made.
"""

import math
from collections.abc import Callable, Sequence

import keras
import numpy as np

from transferlab.check import CheckFailed
from transferlab.check.answers import kind, listed, returned_model, whole_number
from transferlab.check.surgery import LOST_CONNECTION, fresh_inputs, values_of


def head_size(answer: object, shape: Sequence[int], classes: int, *, pooled: bool) -> None:
    """Check the number of parameters of a Dense layer on features of that shape.

    Raises:
        CheckFailed: naming what was counted instead.
    """
    count = whole_number(answer)
    flat, channels = math.prod(shape), shape[-1]
    read, other = (channels, flat) if pooled else (flat, channels)
    right = (read + 1) * classes
    if count == right:
        return
    mistakes = {
        read * classes: "the biases are missing: each class has one.",
        (read + 1) * classes - classes + 1: "there is one bias for each class, not one in all.",
        (other + 1) * classes: (
            "these maps are averaged first, so that one number per channel is left to read."
            if pooled
            else "these maps are laid out flat, so that every place of every channel is read."
        ),
        (sum(shape) + 1) * classes: "the sides of the maps have to be multiplied, not added up.",
        read + 1: "this is what one class costs. How many classes are there?",
    }
    if count in mistakes:
        raise CheckFailed(f"You answered {count:,}, but {mistakes[count]}")
    raise CheckFailed(
        f"You answered {count:,}; it is {right:,}. The layer reads {read:,} numbers. It has one "
        "weight for each of them and for each class, and one bias for each class."
    )


def replaced(answer: object, model: keras.Model, classes: int) -> None:
    """Check that `answer` is `model` with a new final layer: softmax, learning, the rest frozen.

    Args:
        answer: what the student's function returned.
        model: the classifier it was made from; its last layer is a Dense layer with softmax.
        classes: how many outputs the new layer has.

    Raises:
        CheckFailed: naming what was left inside, what is fresh, or what the outputs are.
    """
    new = _another_model(answer, model)
    x = fresh_inputs(model)
    values = _one_output(new, x)
    final = model.layers[-1]
    old, mine = _ids(final.weights), _ids(new.weights)
    if old & mine:
        raise CheckFailed(_say_old_head(new, model, old))
    base = keras.Model(model.inputs[0], final.input)
    features = np.asarray(base(x))
    _say_wrong_shape(values, classes, features)
    _say_not_shared(base, new)
    head = [weight for weight in new.weights if id(weight) not in _ids(base.weights)]
    kernel, bias = new_dense(head, features.shape[-1], classes)
    softmax_of(features @ kernel + bias, values)
    only_head_learns(new, head)


def kept(keep: Callable, model: keras.Model, wanted: Sequence[int]) -> None:
    """Check that `keep(model, wanted)` gives `model` with those of its classes only.

    Args:
        keep: the student's function.
        model: a classifier; its last layer is a Dense layer with softmax.
        wanted: positions of classes, in the order of the new outputs.

    Raises:
        CheckFailed: naming what the outputs are instead.
    """
    x = fresh_inputs(model)
    before = np.asarray(model(x))
    final = model.layers[-1]
    features = np.asarray(keras.Model(model.inputs[0], final.input)(x))
    columns, biases = final.kernel.numpy()[:, wanted], final.bias.numpy()[wanted]
    new = _another_model(keep(model, wanted), model)
    values = _one_output(new, x)
    if not _close(model(x), before):
        raise CheckFailed(
            "The model that was passed in answers differently now. Leave its final layer as it "
            "is, and put the chosen columns into a new one."
        )
    chosen = before[:, wanted]
    right = chosen / chosen.sum(axis=1, keepdims=True)
    if values.shape != right.shape:
        raise CheckFailed(
            f"Your model gives an output of shape {values.shape[1:]} for each image. Wanted is "
            f"one probability for each of the {len(wanted)} classes: ({len(wanted)},)."
        )
    if _close(values, right):
        if _ids(final.weights) & _ids(new.weights):
            raise CheckFailed(
                "The numbers are right, but the old final layer is still inside: all of its "
                f"{final.units} classes are computed first. Copy the columns that you need into "
                "a new Dense layer."
            )
        return
    scores = features @ columns + biases
    ordered = np.sort(wanted)
    mistakes = (
        (
            chosen,
            "Your outputs do not sum to 1: they are the old probabilities, some of them left "
            "out. Choose the *scores*, and let softmax come after.",
        ),
        (scores, "Your outputs are scores, not probabilities: the new layer needs softmax."),
        (
            _softmax(chosen),
            "You applied softmax to probabilities, which have been through softmax already: the "
            "answers become nearly equal. Choose columns of the old layer's kernel instead.",
        ),
        (
            _softmax(features @ columns),
            "The biases did not come along. A class has a column of the kernel *and* a bias.",
        ),
        (
            before[:, ordered] / before[:, ordered].sum(axis=1, keepdims=True),
            "The classes are in the wrong order: the new outputs follow the order of `wanted`.",
        ),
    )
    for mistake, message in mistakes:
        if _close(values, mistake):
            raise CheckFailed(message)
    raise CheckFailed(
        "These are not the answers that the old layer gives for these classes. A new Dense layer "
        "starts from random values: give it the columns `kernel[:, wanted]` and the biases "
        "`bias[wanted]` of the old one with `set_weights`, after it was called once."
    )


def fits_labels(answer: object, y: np.ndarray, class_names: Sequence[str]) -> None:
    """Check a head `(units, activation, loss)`: is the loss the cross-entropy of these labels?

    Args:
        answer: what the student's function returned.
        y: labels as whole numbers (n,), or a row of zeros and ones per image (n, classes).
        class_names: the classes, one output each.

    Raises:
        CheckFailed: naming which of the three does not fit.
    """
    units, activation, loss = _three(answer)
    if whole_number(units) != len(class_names):
        raise CheckFailed(
            f"{units} units, but there are {len(class_names)} classes. Labels do not say how "
            "many: in a small sample some classes do not occur, and there may be fewer columns "
            "than you think. Ask `class_names`."
        )
    several = y.ndim == 2 and bool(np.any(y.sum(axis=1) != 1))
    try:
        activate, judge = keras.activations.get(activation), keras.losses.get(loss)
    except (ValueError, TypeError) as error:
        raise CheckFailed(
            f"Keras does not know the name {activation!r} or {loss!r}. Look at the table above "
            "this exercise for the spelling."
        ) from error
    scores = np.random.default_rng(0).normal(size=(len(y), len(class_names))).astype("float32")
    outputs = np.asarray(activate(keras.ops.convert_to_tensor(scores)))
    value = _loss(judge, y, outputs)
    if np.isclose(value, _cross_entropy(y, scores, several), atol=1e-4):
        return
    if several and _close(outputs, _softmax(scores)):
        raise CheckFailed(
            "With softmax the classes compete: the outputs sum to 1, and an image that shows two "
            "things cannot have both near 1. In these labels some rows hold several ones, or "
            "none. Give each class its own yes or no: sigmoid."
        )
    if not several and _close(outputs, _sigmoid(scores)):
        raise CheckFailed(
            "With sigmoid each class says yes or no by itself, and the outputs sum to anything. "
            "In these labels each image has exactly one class: let the classes compete, softmax."
        )
    right, probabilities = (
        ("sigmoid", _sigmoid(scores)) if several else ("softmax", _softmax(scores))
    )
    if not _close(outputs, probabilities):
        raise CheckFailed(
            f"The outputs of {activation!r} are not probabilities, and cross-entropy takes the "
            f"logarithm of what it is given. These labels ask for {right}."
        )
    raise CheckFailed(
        f"The loss {loss!r} runs, but it is not the one for these labels and {right}. For one "
        "class per image it is the categorical cross-entropy (sparse for whole numbers), for "
        "several the binary one: minus the logarithm of the probability of what is true."
    )


def new_dense(
    head: Sequence[keras.Variable], read: int, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return kernel and bias of the one new Dense layer.

    Raises:
        CheckFailed: when the new weights are not those of one such layer.
    """
    shapes = [tuple(weight.shape) for weight in head]
    if shapes == [(read, classes), (classes,)]:
        return head[0].numpy(), head[1].numpy()
    if shapes == [(read, classes)]:
        return head[0].numpy(), np.zeros(classes)
    raise CheckFailed(
        f"The new weights of your model have the shapes {shapes}. Wanted is one new Dense layer "
        f"that reads all {read} features: ({read}, {classes}) and ({classes},)."
    )


def softmax_of(scores: np.ndarray, values: np.ndarray) -> None:
    """Check that the outputs `values` are softmax of the new layer's scores.

    Raises:
        CheckFailed: naming what was made of the scores instead.
    """
    right = _softmax(scores)
    if _close(values, right):
        return
    if _close(values, scores):
        raise CheckFailed(
            "Your outputs are bare scores: some are negative, and they do not sum to 1. A Dense "
            "layer has no activation unless you name one. One class out of many: softmax."
        )
    if _close(values, _sigmoid(scores)):
        raise CheckFailed(
            "With sigmoid each class says yes or no by itself, and the outputs sum to anything. "
            "One class out of many: softmax."
        )
    if _close(values, np.maximum(scores, 0)):
        raise CheckFailed(
            "ReLU turns scores below zero into 0 and leaves the others: no probabilities, and "
            "classes that cannot learn any more. One class out of many: softmax."
        )
    if _close(values, _softmax(right)):
        raise CheckFailed(
            "Softmax was applied twice: the answers become nearly equal, and no class can come "
            "near 1. The activation of the Dense layer is enough."
        )
    if not np.allclose(values.sum(axis=1), 1, atol=1e-4):
        raise CheckFailed(
            "The outputs for one image do not sum to 1, so they are no probabilities. One class "
            "out of many: softmax."
        )
    raise CheckFailed(LOST_CONNECTION)


def only_head_learns(new: keras.Model, head: Sequence[keras.Variable]) -> None:
    """Check that the weights of the head learn, and no others.

    Raises:
        CheckFailed: naming what is frozen, or free, and should not be.
    """
    learning = _ids(new.trainable_weights)
    if not _ids(head) <= learning:
        raise CheckFailed(
            "The new head is frozen, and it is the one thing that has to learn: it starts from "
            "random values. Freeze the base only, before the new layer is there, or layer by "
            "layer."
        )
    free = [weight.path for weight in new.trainable_weights if id(weight) not in _ids(head)]
    if free:
        raise CheckFailed(
            f"The base can still learn: {listed(free)}. A head that starts at random sends large "
            "gradients down, and they spoil what the base knows. Freeze everything but the head."
        )


def _ids(weights: Sequence[keras.Variable]) -> set[int]:
    """Return the identities of variables, which show what is shared."""
    return {id(weight) for weight in weights}


def _another_model(answer: object, model: keras.Model) -> keras.Model:
    new = returned_model(answer)
    if new is model:
        raise CheckFailed(
            "You returned the model that was passed in. A model's outputs cannot be changed from "
            "outside: make a new one with `keras.Model(inputs, outputs)`."
        )
    return new


def _one_output(model: keras.Model, x: np.ndarray) -> np.ndarray:
    outputs = values_of(model, x)
    if len(outputs) != 1:
        raise CheckFailed(f"Your model has {len(outputs)} outputs. Here one is wanted.")
    return outputs[0]


def _say_old_head(new: keras.Model, model: keras.Model, old: set[int]) -> str:
    units = model.layers[-1].units
    if not _ids(new.weights) - _ids(model.weights):
        return (
            f"The old head is still the last layer: your model answers with {units} classes as "
            "before. Changing the list `layers`, or an attribute such as `units`, changes nothing "
            "of what is computed."
        )
    return (
        f"Your new layer is on top of the old head: it reads {units} probabilities of the old "
        "classes instead of the features. The shapes fit, so nothing warns you. The tensor that "
        "you need goes *into* the old final layer: `model.layers[-1].input`."
    )


def _say_wrong_shape(values: np.ndarray, classes: int, features: np.ndarray) -> None:
    if values.ndim != 2:
        raise CheckFailed(
            f"Your model gives {values.shape[1:]} numbers for each image: it was cut too early, "
            "before the maps became a row of features."
        )
    if values.shape[1] == features.shape[1] != classes:
        raise CheckFailed("Your model ends with the features: the new final layer is missing.")
    if values.shape[1] != classes:
        raise CheckFailed(
            f"Your model has {values.shape[1]} outputs, and there are {classes} classes: one "
            "output each, no more and no fewer. Use the argument `classes`."
        )


def _say_not_shared(base: keras.Model, new: keras.Model) -> None:
    """Fail when `new` lacks weights of the base."""
    missing = [weight.path for weight in base.weights if id(weight) not in _ids(new.weights)]
    if not missing:
        return
    values, count = base.get_weights(), len(base.weights)
    if len(missing) < count:
        raise CheckFailed(
            f"Your model does without {listed(missing)}: it was cut too early. Only the last "
            "layer is to be replaced."
        )
    if all(map(np.array_equal, values, new.get_weights()[:count])):
        raise CheckFailed(
            "The base is a copy. Here it should be shared, at no cost in memory: use the tensors "
            "of the model that was passed in, without `clone_model`."
        )
    raise CheckFailed(
        "The base has forgotten everything: its weights are fresh. `clone_model` and new layers "
        "start from random values. Use the tensors of the model that was passed in."
    )


def _three(answer: object) -> tuple:
    if answer is None:
        raise CheckFailed(
            "Your function returned None. End it with `return units, activation, loss`."
        )
    if not isinstance(answer, tuple | list) or len(answer) != 3:
        raise CheckFailed(
            f"Your function returned {kind(answer)}. Return three things with commas between "
            "them: units, activation, loss."
        )
    return tuple(answer)


def _loss(judge: Callable, y: np.ndarray, outputs: np.ndarray) -> float:
    try:
        return float(np.mean(judge(y, keras.ops.convert_to_tensor(outputs))))
    except Exception as error:
        form = "whole numbers, one per image" if y.ndim == 1 else "a row of zeros and ones each"
        raise CheckFailed(
            f"This loss cannot read these labels: they are {form}. 'sparse' stands for whole "
            "numbers; without it, the loss wants rows as long as the output."
        ) from error


def _cross_entropy(y: np.ndarray, scores: np.ndarray, several: bool) -> float:
    if several:
        return float(np.mean(np.logaddexp(0, scores) - y * scores))
    rows = y if y.ndim == 2 else np.eye(scores.shape[1])[y]
    return float(-np.mean(np.sum(rows * np.log(_softmax(scores)), axis=1)))


def _sigmoid(scores: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-scores))


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _close(one: object, two: object) -> bool:
    first, second = np.asarray(one), np.asarray(two)
    return first.shape == second.shape and np.allclose(first, second, atol=1e-5)
