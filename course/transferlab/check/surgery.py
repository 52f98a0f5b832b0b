"""Checks on models made from other models: where they were cut, and what they share.

A check looks at what a model computes on fresh inputs and at which variables are the same objects.
It must not know how the model was put together.
"""

import warnings
from collections.abc import Sequence

import keras
import numpy as np

from transferlab.check import CheckFailed
from transferlab.check.answers import kind, listed, returned_model, weight_paths

LOST_CONNECTION = (
    "Your model has the weights of the original, and yet it gives other numbers: a connection was "
    "lost. Layers in a row are not the whole graph, and a `+` between two tensors is in no list of "
    "layers. Take the tensor that goes *into* the first layer you leave out, and let "
    "`keras.Model(inputs, that_tensor)` find the path."
)


def gives(answer: object, model: keras.Model, wanted: keras.KerasTensor) -> None:
    """Check that `answer` computes the tensor `wanted` of `model`, with the variables of `model`.

    Args:
        answer: what the student's function returned.
        model: the model it was cut from; it has one input.
        wanted: a symbolic tensor in the graph of `model`.

    Raises:
        CheckFailed: naming where it was cut, or that it has other variables.
    """
    cut = _cut_model(answer, model)
    reference = keras.Model(model.inputs[0], wanted)
    x = fresh_inputs(model)
    outputs = values_of(cut, x)
    if len(outputs) != 1:
        raise CheckFailed(f"Your model has {len(outputs)} outputs. Here one is wanted.")
    if not _close(outputs[0], reference(x)):
        _say_where(outputs[0], model, x, reference)
        _say_what_differs(cut, reference)
        raise CheckFailed(LOST_CONNECTION)
    _say_what_differs(cut, reference)


def features_and_answer(answer: object, model: keras.Model, name: str) -> None:
    """Check a model with two outputs: those of the layer `name`, and those of `model`.

    Raises:
        CheckFailed: when there are not two, in this order, from shared layers.
    """
    both = _cut_model(answer, model)
    x = fresh_inputs(model)
    outputs = values_of(both, x)
    if len(outputs) != 2:
        raise CheckFailed(
            f"Your model has {len(outputs)} output{'s' * (len(outputs) != 1)}. Give `keras.Model` "
            "a list of two tensors as its outputs: the features, then the answer."
        )
    reference = keras.Model(model.inputs[0], [model.get_layer(name).output, model.outputs[0]])
    features, last = outputs
    right_features, right_last = reference(x)
    if _close(features, right_last) and _close(last, right_features):
        raise CheckFailed(
            "The two outputs are swapped: the features come first, the answer second."
        )
    _say_what_differs(both, reference)
    if not _close(last, right_last):
        raise CheckFailed(
            "The second output is not the answer of the model. Its final tensor is "
            "`model.outputs[0]`."
        )
    if not _close(features, right_features):
        _say_where(features, model, x, reference)
        raise CheckFailed(
            f"The first output is not what layer '{name}' gives. Ask for the layer by its name: "
            "`model.get_layer(name).output`."
        )


def shared(answer: object, model: keras.Model, other: keras.Model) -> None:
    """Check a set of paths that is said to name the variables `model` and `other` share.

    Raises:
        CheckFailed: naming what was compared instead of the objects.
    """
    paths = weight_paths(answer)
    others = {id(weight) for weight in other.weights}
    right = {weight.path for weight in model.weights if id(weight) in others}
    if paths == right:
        return
    if paths == {weight.path for weight in model.weights} & {w.path for w in other.weights}:
        raise CheckFailed(
            "You compared names. Two models may use the same names for different variables: a "
            "clone has the very paths of its original and shares nothing with it. Compare the "
            "variables themselves, with `is`."
        )
    if paths == {w.path for w in model.weights for v in other.weights if _equal(w, v)}:
        raise CheckFailed(
            "You compared values. Two variables may hold the same numbers today and part "
            "tomorrow, as a copy does. Shared means *one* variable in two models: compare with "
            "`is`, which asks whether two names stand for the same object."
        )
    if paths == {weight.path for weight in model.trainable_weights if id(weight) in others}:
        raise CheckFailed(
            "You looked at trainable weights only. A frozen weight and BatchNorm's statistics can "
            "be shared as well: go through all of `model.weights`."
        )
    if not paths:
        raise CheckFailed(
            "You found nothing shared, but something is. Models share single variables: compare "
            "each variable in `model.weights` with each in `other.weights`, with `is`."
        )
    if paths == {weight.path for weight in model.weights} - right:
        raise CheckFailed("It is the wrong way round: these are the ones that are *not* shared.")
    raise CheckFailed(
        f"Not the variables that the two share: you named {listed(paths) or 'none'}; it is "
        f"{listed(right) or 'none'}. Go through all of `model.weights`, and keep those that are "
        "(`is`) one of `other.weights`."
    )


def independent(answer: object, model: keras.Model) -> None:
    """Check that `answer` knows what `model` knows and shares no variable with it.

    Raises:
        CheckFailed: naming what is shared, or what was not copied.
    """
    copy = returned_model(answer)
    if copy is model:
        raise CheckFailed(
            "You returned the model itself under another name. Whatever is trained there, is "
            "trained here. Make new variables first: `keras.models.clone_model(model)`."
        )
    mine = {id(weight) for weight in copy.weights}
    common = [weight.path for weight in model.weights if id(weight) in mine]
    if common:
        raise CheckFailed(
            f"Your model still shares {listed(common)} with the original. A new `keras.Model` or "
            "`Sequential` around old layers is a second view on the same variables. "
            "`keras.models.clone_model(model)` makes new layers."
        )
    old, new = model.get_weights(), copy.get_weights()
    if [value.shape for value in old] != [value.shape for value in new]:
        raise CheckFailed("Your copy does not have the layers of the original.")
    lost = {
        weight.path
        for weight, before, after in zip(model.weights, old, new, strict=True)
        if not np.array_equal(before, after)
    }
    if lost and lost <= {weight.path for weight in model.non_trainable_weights}:
        raise CheckFailed(
            f"These were not copied: {listed(lost)}. Frozen weights and BatchNorm's statistics are "
            "not in `trainable_weights`, but the model computes with them. Copy all weights."
        )
    if lost:
        raise CheckFailed(
            "The copy has forgotten what the original knew: "
            f"{listed(lost)} hold other numbers. A clone, or a model made from a config, has the "
            "same layers with fresh weights. Carry the weights over as well: `get_weights` and "
            "`set_weights`."
        )
    x = fresh_inputs(model)
    if not _close(values_of(copy, x)[0], values_of(model, x)[0]):
        raise CheckFailed(
            "The copy has the weights of the original, but it computes something else: a "
            "connection was lost. Copy the whole graph, not layer after layer."
        )
    frozen = [[not w.trainable for w in each.weights] for each in (model, copy)]
    if frozen[0] != frozen[1]:
        raise CheckFailed(
            "The copy does not freeze what the original freezes. `clone_model` keeps the flags of "
            "the layers: do not set them again."
        )


def intact(model: keras.Model, layer_names: Sequence[str]) -> None:
    """Check that `model` still has the layers named `layer_names`.

    Raises:
        CheckFailed: when layers were taken out of it, as `pop` does.
    """
    if [layer.name for layer in model.layers] != list(layer_names):
        raise CheckFailed(
            "The model that was passed in has lost layers: `pop` and `add` change it for all who "
            "use it. Leave it whole, and make a new model from its tensors."
        )


def _cut_model(answer: object, model: keras.Model) -> keras.Model:
    """Return `answer` as a model made from `model`, or say what it is instead."""
    if isinstance(answer, keras.KerasTensor):
        raise CheckFailed(
            "Your function returned a symbolic tensor: a place in the graph. It computes nothing "
            "until a model leads there. Return `keras.Model(inputs, tensor)`."
        )
    if isinstance(answer, tuple | list):
        raise CheckFailed(
            f"Your function returned {kind(answer)}. Return *one* model; a model may have several "
            "outputs: `keras.Model(inputs, [first, second])`."
        )
    cut = returned_model(answer)
    if cut is model:
        raise CheckFailed(
            "You returned the model that was passed in. Leave it as it is, and return a new one: "
            "`keras.Model(inputs, outputs)`."
        )
    return cut


def _say_what_differs(answer: keras.Model, reference: keras.Model) -> None:
    """Fail when the two do not have the same variables."""
    mine, theirs = ({id(w): w for w in each.weights} for each in (answer, reference))
    if mine and theirs and not mine.keys() & theirs.keys():
        old, new = reference.get_weights(), answer.get_weights()
        if len(old) == len(new) and all(map(np.array_equal, old, new)):
            raise CheckFailed(
                "The numbers are right, but they are copies: your model shares no variable with "
                "the original, and will not follow when that is trained. Use its own tensors, "
                "without `clone_model`, without saving and loading."
            )
        raise CheckFailed(
            "Your model has fresh weights: it shares no variable with the original, and its "
            "numbers are those of a model that was never trained. `clone_model`, `from_config` and "
            "new layers start from random values. Use the tensors of the model that was passed in."
        )
    missing = [weight.path for key, weight in theirs.items() if key not in mine]
    extra = [weight.path for key, weight in mine.items() if key not in theirs]
    if missing:
        raise CheckFailed(f"Your model does without {listed(missing)}: it was cut too early.")
    if extra:
        raise CheckFailed(
            f"Your model also holds {listed(extra)}: it has layers that it should not have."
        )


def _say_where(
    values: np.ndarray, model: keras.Model, x: np.ndarray, reference: keras.Model
) -> None:
    """Fail with the name of the layer whose output `values` is, if it is one."""
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    everywhere = keras.Model(model.inputs[0], [layer.output for layer in layers])
    for layer, output in zip(layers, everywhere(x), strict=True):
        if _close(values, output) and layer is reference.layers[-1]:
            raise CheckFailed(f"{LOST_CONNECTION} (Yours ends with what '{layer.name}' gives.)")
        if _close(values, output):
            raise CheckFailed(
                f"The wrong cut: your model ends with what layer '{layer.name}' gives. Count "
                "again, from the back, and mind that a layer's `output` is after it and its "
                "`input` before it."
            )


def fresh_inputs(model: keras.Model) -> np.ndarray:
    """Return three inputs that `model` has never seen, the same for each call."""
    shape = (3, *model.inputs[0].shape[1:])
    return np.random.default_rng(0).uniform(size=shape).astype("float32")


def values_of(model: keras.Model, x: np.ndarray) -> list[np.ndarray]:
    """Return what each output of `model` gives for `x`, or say that it cannot be called.

    Raises:
        CheckFailed: when the call fails, as that of a chain with a lost connection does.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a model made from a list of inputs warns about x
            values = model(x)
    except Exception as error:
        raise CheckFailed(
            f"Your model cannot be called on its input ({type(error).__name__}). A `Sequential` "
            "gives each layer what the one before made; a layer that joins two paths gets only one "
            "of them. Cut the graph with `keras.Model(inputs, tensor)` instead."
        ) from error
    values = list(values.values()) if isinstance(values, dict) else values
    return [np.asarray(v) for v in (values if isinstance(values, list | tuple) else [values])]


def _equal(one: keras.Variable, two: keras.Variable) -> bool:
    return np.array_equal(one.numpy(), two.numpy())


def _close(one: object, two: object) -> bool:
    first, second = np.asarray(one), np.asarray(two)
    return first.shape == second.shape and np.allclose(first, second, atol=1e-5)
