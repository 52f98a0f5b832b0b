"""Checks on freezing: which layers are frozen, how much can learn, which weights moved.

A check uses only the public Keras API: flags, counts, values before and after.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set

import keras
import numpy as np

from transferlab.check import CheckFailed
from transferlab.check.answers import listed, returned_model, weight_paths, whole_number

Snapshot = Mapping[str, np.ndarray]


def frozen_exactly(answer: object, cut: slice) -> None:
    """Check that the layers in ``layers[cut]`` of the model `answer` are frozen, and no others.

    Layers without weights are ignored: their flag has no effect.

    Raises:
        CheckFailed: naming which way the answer missed.
    """
    model = returned_model(answer)
    expected = {layer.name for layer in model.layers[cut] if layer.weights}
    everything = {layer.name for layer in model.layers if layer.weights}
    frozen = {layer.name for layer in model.layers if layer.weights and not _learns(layer)}
    stepless = {layer.name for layer in model.layers[cut.start : cut.stop] if layer.weights}
    if cut.step is not None and frozen == stepless != expected:
        raise CheckFailed(
            f"The step of the slice was lost: `[{_written(cut)}]` takes only some of the layers "
            "from its start to its end. Give the slice to the list whole: `model.layers[cut]`."
        )
    if frozen == everything != expected:
        raise CheckFailed(
            "Every layer is frozen, so nothing is left to learn. `model.trainable = False` "
            f"reaches all layers, the head too. Freeze only `model.layers[{_written(cut)}]`."
        )
    if not model.trainable and expected != everything:
        raise CheckFailed(
            "The model as a whole is frozen (`model.trainable` is False), and a frozen "
            "parent hides its trainable layers: `model.trainable_weights` is empty. Set "
            "`model.trainable = True` first, then freeze layer by layer."
        )
    if frozen == expected:
        return
    if not frozen:
        raise CheckFailed(
            "No layer is frozen. `trainable` has to be set to False on each layer itself: not on "
            "the list, not on a copy, and not as the text 'False', which Python takes for true. "
            f"Loop over `model.layers[{_written(cut)}]` of the model that was passed in, and look "
            "at the spelling of `trainable`: Keras accepts a misspelt one in silence."
        )
    if frozen == everything - expected:
        raise CheckFailed(
            f"It is the wrong way round: you froze {listed(frozen)} and left "
            f"{listed(expected)} free. `[-3:]` means *the last three*, `[:-3]` means *all but the "
            f"last three*; here the layers to freeze are `model.layers[{_written(cut)}]`."
        )
    missing, extra = expected - frozen, frozen - expected
    parts = []
    if missing:
        parts.append(f"{listed(missing)} should be frozen and can still learn")
    if extra:
        parts.append(f"{listed(extra)} should learn and is frozen")
    state = " A layer outside of the cut must learn, whatever its flag was before." if extra else ""
    raise CheckFailed(
        f"Not the right cut: {'; '.join(parts)}. Print `[layer.name for layer in "
        f"model.layers[{_written(cut)}]]` and compare.{state}"
    )


def same_weights(answer: object, expected: Sequence[np.ndarray]) -> None:
    """Check that the model `answer` holds these values, in the order of `get_weights`.

    Raises:
        CheckFailed: when a weight differs, as it does in a clone.
    """
    weights = returned_model(answer).get_weights()
    if len(weights) != len(expected) or not all(map(np.array_equal, weights, expected)):
        raise CheckFailed(
            "The model that came back has lost what it had learned: its weights are not the "
            "pretrained ones. `clone_model` and new layers start from random values. Change the "
            "flags of the model that was passed in, and return that model."
        )


def trainable_count(answer: object, model: keras.Model) -> None:
    """Check a count of trainable parameters (single numbers, not tensors, not layers).

    Raises:
        CheckFailed: naming what was counted instead.
    """
    right = _parameters(model.trainable_weights)
    count = whole_number(answer)
    if count == right:
        return
    mistakes = {
        _parameters(model.weights): (
            "all parameters, the frozen ones too. Count those in `model.trainable_weights` only."
        ),
        _parameters(model.non_trainable_weights): (
            "the parameters that *cannot* learn. Use `model.trainable_weights`."
        ),
        len(model.trainable_weights): (
            "tensors. One kernel is one tensor and holds thousands of parameters: add up the "
            "product of each weight's shape."
        ),
        sum(layer.count_params() for layer in model.layers if layer.trainable): (
            "whole layers. A trainable BatchNorm holds moving statistics, which no optimizer "
            "touches: `model.trainable_weights` leaves them out, `layer.count_params()` does not."
        ),
        sum(layer.trainable for layer in model.layers): (
            "layers. Layers differ from no parameter to millions: add up the sizes of their "
            "weights."
        ),
    }
    if count in mistakes:
        raise CheckFailed(f"You answered {count:,}, but that counts {mistakes[count]}")
    raise CheckFailed(
        f"You answered {count:,}; this model has {right:,} trainable parameters. Multiply out the "
        "shape of each tensor in `model.trainable_weights` and add them all up, biases included."
    )


def moved(answer: object, expected: Set[str], model: keras.Model) -> None:
    """Check a set of weight paths that is said to have changed in training.

    Args:
        answer: what the student's function returned, an iterable of ``weight.path``.
        expected: the paths that did change.
        model: the model it was about, to tell the usual mistakes apart.

    Raises:
        CheckFailed: naming what went wrong in the experiment.
    """
    paths = weight_paths(answer)
    if paths == expected:
        return
    if not paths:
        raise CheckFailed(
            "You found that nothing moved, but something did. A Keras weight changes in place: "
            "keeping `model.weights` keeps the *same* objects, so before equals after. Copy the "
            "values before you train (`weight.numpy()`), and call `fit` between the two copies."
        )
    if expected <= paths == {weight.path for weight in model.weights}:
        raise CheckFailed(
            "You found that every weight moved, the frozen ones too. Compare each weight with its "
            "own value from before, and keep only those where the values differ. (And train the "
            "model as it was compiled: compiling it again gives it another optimizer.)"
        )
    if paths == {weight.path for weight in model.trainable_weights}:
        raise CheckFailed(
            "You listed the weights that *may* move, not those that *did*. Here they differ, "
            "because the flags are a promise and not a measurement. Compare every weight in "
            "`model.weights` before and after, whatever its flag says."
        )
    missing, extra = expected - paths, paths - expected
    raise CheckFailed(
        "Your set is not what happened: "
        + "; ".join(
            part
            for part in (
                f"missing {listed(missing)}" if missing else "",
                f"{listed(extra)} did not change" if extra else "",
            )
            if part
        )
        + ". Compare all of `model.weights` (BatchNorm's statistics are weights as well), value by "
        "value, before and after `fit`."
    )


def two_phases(original: Snapshot, between: object, answer: object, cut: slice) -> None:
    """Check a training in two phases: everything learns, then only what is outside `cut`.

    Args:
        original: values by path, before the first phase.
        between: values by path, as the student's function took them between the phases.
        answer: the model after the second phase.
        cut: the layers to be frozen in the second phase.

    Raises:
        CheckFailed: when the base moved in phase 2, or a part that should have moved did not.
    """
    model = returned_model(answer)
    if not isinstance(between, Mapping) or set(between) != set(original):
        raise CheckFailed(
            "Return `between, model`, where `between` is the dictionary of weight values by path "
            "that the function takes between the two calls of `fit`."
        )
    after = {weight.path: weight.numpy() for weight in model.weights}
    base = {weight.path for layer in model.layers[cut] for weight in layer.weights}
    head = set(after) - base
    if not _changed(original, between):
        raise CheckFailed(
            "`between` holds the values from before phase 1. Take the snapshot after the first "
            "`fit`, and copy the values: `weight.numpy()`."
        )
    if not _changed(original, between) & base:
        raise CheckFailed(
            "The base did not move in phase 1, where everything should learn. You froze too early: "
            "freeze after the first `fit`."
        )
    if not _changed(between, after):
        raise CheckFailed(
            "Nothing moved in phase 2, so the head learned nothing. Freeze only the base "
            f"(`model.layers[{_written(cut)}]`), take the snapshot after the first `fit`, and call "
            "`fit` a second time after it."
        )
    if _changed(between, after) & base:
        raise CheckFailed(
            "The base still moved in phase 2, although its layers say `trainable=False`. `fit` "
            "goes on using the training step that the first `fit` has built. Freeze, and call "
            "`model.compile(...)` again, *before* the second `fit`."
        )
    if not _changed(between, after) & head:
        raise CheckFailed("The head did not move in phase 2. Leave its layers trainable.")
    frozen_exactly(model, cut)


def _changed(before: Snapshot, after: Snapshot) -> set[str]:
    return {path for path in after if not np.array_equal(before[path], after[path])}


def _learns(layer: keras.Layer) -> bool:
    return bool(layer.trainable_weights)


def _parameters(weights: Iterable[keras.Variable]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def _written(cut: slice) -> str:
    """Return a slice as it is written in code: ``slice(None, -3)`` is ``:-3``."""
    show: Callable[[object], str] = lambda end: "" if end is None else str(end)  # noqa: E731
    text = f"{show(cut.start)}:{show(cut.stop)}"
    return text if cut.step is None else f"{text}:{cut.step}"
