"""Checks on models within models: what is nested, what learns, what is shared, what comes out.

A check uses only the public Keras API: layers, weights and their identity, outputs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import keras
import numpy as np

from transferlab.check import CheckFailed
from transferlab.check.answers import listed, returned_model

CLOSE = 1e-4


@dataclass(frozen=True, eq=False)
class Backbone:
    """What has to be known about a backbone before a student's function gets it.

    Attributes:
        x: float32 images to try models on.
        features: what the layers before the head make of `x`, float32 `(len(x), features)`.
        base, head: the weights before the head, and those in it.
    """

    x: np.ndarray
    features: np.ndarray
    base: tuple[keras.Variable, ...]
    head: tuple[keras.Variable, ...]


def backbone(model: keras.Model) -> Backbone:
    """Record what `model` is; its last three layers are its head."""
    x = _images(model.input_shape)
    head = tuple(weight for layer in model.layers[-3:] for weight in layer.weights)
    base = tuple(weight for weight in model.weights if not _in(weight, head))
    cut = keras.Model(model.inputs[0], model.layers[-4].output)
    return Backbone(x, cut(x).numpy(), base, head)


def nested(answer: object, given: Backbone, classes: int) -> None:
    """Check a classifier: the backbone's base, frozen, as one layer, and a new softmax head.

    Args:
        answer: what the student's function returned.
        given: the backbone as it was handed to that function.
        classes: how many outputs the new head must have.

    Raises:
        CheckFailed: naming what is nested wrongly, copied, or not frozen.
    """
    model = returned_model(answer)
    if any(_in(weight, given.head) for weight in model.weights):
        raise CheckFailed(
            "The old head is still inside: its weights are among those of your model, so the new "
            "head reads the old answers (or part of the old head) and not the features. Cut the "
            "backbone at `layers[-4].output` first, then nest what is left."
        )
    models = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    if not models:
        raise CheckFailed(
            f"The base was flattened: your model lists {len(model.layers)} layers, and no model "
            "is among them. Make the base a separate model, and call that model like a layer "
            "(or put it into the list of a `Sequential` whole)."
        )
    missing = [weight for weight in given.base if not _in(weight, model.weights)]
    if missing:
        raise CheckFailed(
            "The base in your model is a copy: it does not hold the weights of the backbone that "
            "was passed in. `clone_model` and new layers start from random values; nest the "
            "model itself, which shares its layers."
        )
    if model.output_shape[-1] != classes:
        raise CheckFailed(
            f"Your model has {model.output_shape[-1]} outputs and should have {classes}: the new "
            "head has one unit for each class."
        )
    _is_softmax_of(model, given, classes)
    _only_head_learns(model, given)


def learns_only(answer: object, expected: Sequence[str]) -> None:
    """Check that of all weights in a model, at any depth, only those at `expected` can learn.

    Args:
        answer: the model that the student's function returned.
        expected: the paths of all weights in the last layer that an optimizer may change.

    Raises:
        CheckFailed: naming a flag that was not set, and at which depth.
    """
    model = returned_model(answer)
    if not model.trainable:
        raise CheckFailed(
            "The model as a whole is frozen (its own `trainable` is False), so the head cannot "
            "learn either, whatever its flag says. Set the model's own flag to True."
        )
    learning = {weight.path for weight in model.trainable_weights}
    for parents, layer in _leaves(model):
        inside = [weight for weight in layer.trainable_weights if weight.path not in expected]
        if inside:
            raise CheckFailed(_still_learns(layer, parents))
    closed = set(expected) - learning
    if closed:
        raise CheckFailed(
            f"In the head {listed(closed)} should learn and cannot. The last layer must learn "
            "whole, whatever its flags were before; it may be a model too, so set the flags of "
            "all that is inside it to True."
        )


def inside(answer: object, model: keras.Model, base_name: str, layer_name: str) -> None:
    """Check an extractor from a model's own input to a layer within a nested model.

    Args:
        answer: what the student's function returned.
        model: a chain of layers, each fed by the one before; one of them is a model.
        base_name, layer_name: the nested model's name, and the name of the layer in it.

    Raises:
        CheckFailed: naming what the extractor gives instead.
    """
    extractor = returned_model(answer)
    x = _images(model.input_shape)
    base = model.get_layer(base_name)
    inner = keras.Model(base.inputs[0], base.get_layer(layer_name).output)
    before = [
        layer
        for layer in model.layers[: model.layers.index(base)]
        if not isinstance(layer, keras.layers.InputLayer)
    ]
    arrived = x
    for layer in before:
        arrived = layer(arrived)
    right = inner(arrived)
    given = _output(extractor, x)
    if _same(given, right):
        if all(_in(weight, model.weights) for weight in extractor.weights):
            return
        raise CheckFailed(
            "The numbers are right, but the weights are copies: when the model learns, your "
            "extractor will not. Build it from the model's own layers."
        )
    if _same(given, inner(x)):
        raise CheckFailed(
            "Your extractor begins at the nested model, so the layers before it are left out: here "
            "the images arrive unscaled. Send the input through "
            f"{listed(layer.name for layer in before)} first."
        )
    if _same(given, base(arrived)):
        raise CheckFailed(
            f"That is the output of {base_name!r} whole. Cut it at the layer {layer_name!r}: "
            f"`keras.Model(base.inputs[0], base.get_layer({layer_name!r}).output)`."
        )
    if _same(given, model(x)):
        raise CheckFailed(
            "That is the output of the whole model. End at the layer inside the nested model."
        )
    if given.shape != right.shape:
        raise CheckFailed(
            f"For {len(x)} images your extractor gives the shape {given.shape}, and the layer "
            f"{layer_name!r} gives {tuple(right.shape)}. Look up the layer by its name, in the "
            f"nested model {base_name!r}."
        )
    raise CheckFailed(
        f"The shape is that of {layer_name!r}, but the numbers differ from what it computes in "
        "the model. Are these the model's own layers, in their order, and none of them copied?"
    )


def twin(answer: object, base: keras.Model) -> None:
    """Check a model of two inputs that gives the cosine similarity of what `base` makes of them.

    Args:
        answer: what the student's function returned.
        base: the model handed to that function: one input, features `(n, k)`.

    Raises:
        CheckFailed: naming whether inputs, sharing or the similarity are wrong.
    """
    model = returned_model(answer)
    if len(model.inputs) != 2:
        raise CheckFailed(
            f"Your model has {len(model.inputs)} input and should have two: make two "
            "`keras.Input`s, and give both, in a list, to `keras.Model`."
        )
    first, second = _images(base.input_shape), _images(base.input_shape, seed=1)
    strangers = [weight for weight in model.weights if not _in(weight, base.weights)]
    if strangers:
        raise CheckFailed(
            f"Your model holds {len(strangers)} weights that are not those of `base`. The two "
            "images must go through one and the same model: a clone for the second image learns "
            "by itself, and then the two sides see differently. Call `base` twice."
        )
    given = _output(model, [first, second])
    if given.size != len(first):
        raise CheckFailed(
            f"For {len(first)} pairs your model gives the shape {given.shape}. One number for each "
            "pair is wanted: how similar the two rows of features are."
        )
    a, b = base(first).numpy(), base(second).numpy()
    cosine = _cosine(a, b)
    given = given.ravel()
    if _same(given, cosine):
        return
    if _same(given, (a * b).sum(axis=1)):
        raise CheckFailed(
            "That is the dot product, which grows with the length of the features. For the "
            "cosine each row is divided by its length first: `normalize=True`."
        )
    if _same(given, 1 - cosine) or _same(given, -cosine):
        raise CheckFailed(
            "That is small for similar images: a distance. A similarity is largest, 1, for an "
            "image and itself."
        )
    pixels = [x.reshape(len(x), -1) for x in (first, second)]
    if _same(given, _cosine(*pixels)):
        raise CheckFailed(
            "You compared the images themselves. Send each of them through `base` and compare "
            "the features."
        )
    itself = _output(model, [first, first]).ravel()
    if not np.allclose(itself, 1, atol=CLOSE):
        raise CheckFailed(
            f"An image and itself get {itself[0]:.2f}, and the cosine of a row with itself is 1. "
            "Does each image go through `base`, and is the sum over the features, axis 1?"
        )
    raise CheckFailed(
        "The numbers are not the cosine similarity of `base(first)` and `base(second)`. Is each "
        "of the two inputs used once?"
    )


def _is_softmax_of(model: keras.Model, given: Backbone, classes: int) -> None:
    new = [weight for weight in model.weights if not _in(weight, given.base)]
    kernels = [weight.numpy() for weight in new if len(weight.shape) == 2]
    if len(kernels) != 1 or kernels[0].shape != (given.features.shape[1], classes):
        raise CheckFailed(
            f"Behind the base there should be one new Dense layer with {classes} units, fed with "
            f"the {given.features.shape[1]} features of the base."
        )
    bias = sum(weight.numpy() for weight in new if len(weight.shape) == 1)
    scores = given.features @ kernels[0] + bias
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    output = _output(model, given.x)
    if _same(output, powers / powers.sum(axis=1, keepdims=True)):
        return
    if _same(output, scores):
        raise CheckFailed(
            "The outputs are scores and not probabilities. Give the new Dense layer the "
            "activation 'softmax'."
        )
    raise CheckFailed(
        "Your model does not compute the softmax of one Dense layer on the backbone's features. "
        "Is the backbone cut at `layers[-4].output`, and is 'softmax' the activation?"
    )


def _only_head_learns(model: keras.Model, given: Backbone) -> None:
    learning = model.trainable_weights
    if not learning:
        raise CheckFailed(
            "Nothing in your model can learn, the new head neither: its flag, or that of the outer "
            "model, was set to False. Freeze the base, the inner model, and nothing else."
        )
    free = [weight for weight in given.base if _in(weight, learning)]
    if free:
        raise CheckFailed(
            f"The base still learns: {len(free)} of its weights are trainable. Set `trainable` to "
            "False on the nested model."
        )


def _still_learns(layer: keras.Layer, parents: tuple[keras.Layer, ...]) -> str:
    frozen = [parent.name for parent in parents if not parent.trainable]
    if frozen:
        return (
            f"{layer.name!r} is a trainable child under a frozen parent: {frozen[-1]!r} says "
            f"False, {layer.name!r} says True, and the outer model trains it. Setting a flag to "
            "the value that it has already passes nothing on: set the flag on each layer, at "
            "every depth, with a function that calls itself."
        )
    if parents:
        path = " in ".join(repr(parent.name) for parent in reversed(parents))
        return (
            f"{layer.name!r} in {path} can still learn. A layer in `model.layers` may be a model "
            "with layers of its own, and these may be models again: go down to the last."
        )
    return (
        f"{layer.name!r} can still learn, and it is not the last layer. Freeze all of "
        "`model.layers[:-1]`."
    )


def _leaves(
    model: keras.Model, parents: tuple[keras.Layer, ...] = ()
) -> Iterator[tuple[tuple[keras.Layer, ...], keras.Layer]]:
    """Yield all layers that hold no others, each with the nested models around it."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _leaves(layer, (*parents, layer))
        else:
            yield parents, layer


def _images(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(6, *shape[1:])).astype("float32")


def _output(model: keras.Model, x: object) -> np.ndarray:
    result = model(x)
    if isinstance(result, list | tuple | dict):
        raise CheckFailed(
            f"Your model has {len(result)} outputs. Return a model with one: the tensor that the "
            "exercise asks for."
        )
    return np.asarray(result)


def _cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def _same(given: np.ndarray, wanted: object) -> bool:
    wanted = np.asarray(wanted)
    return given.shape == wanted.shape and np.allclose(given, wanted, rtol=1e-3, atol=CLOSE)


def _in(weight: keras.Variable, weights: Sequence[keras.Variable]) -> bool:
    return any(weight is other for other in weights)
