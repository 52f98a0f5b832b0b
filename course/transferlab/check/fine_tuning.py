"""Checks on fine-tuning: what may learn, how fast, in which order, and what was forgotten.

A check uses only the public Keras API: flags, the optimizer and its rate, outputs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

import keras
import numpy as np

from transferlab.check import CheckFailed
from transferlab.check.answers import kind, listed, number, returned_model

LOWEST_SHARE = 1e-4  # of the old rate; below it, nothing is learned in a lesson's time


@dataclass(frozen=True)
class Given:
    """A model as it was before the answer: its values, which layers learned, its optimizer."""

    values: Sequence[np.ndarray]
    learning: AbstractSet[str]
    optimizer: keras.optimizers.Optimizer | None


def given(model: keras.Model) -> Given:
    """Record what a model is like before a student's function gets it."""
    return Given(model.get_weights(), _learning(model), getattr(model, "optimizer", None))


def fine_tunable(answer: object, before: Given) -> None:
    """Check that all layers of a model can learn, at every depth, except BatchNorm layers.

    Args:
        answer: the model; its last layer is the head.
        before: the same model, before the student's function got it.

    Raises:
        CheckFailed: naming what is frozen, or what is free and should not be.
    """
    model = returned_model(answer)
    _same_values(model, before)
    leaves = [layer for layer in _leaves(model) if layer.weights]
    norms = [layer for layer in leaves if isinstance(layer, keras.layers.BatchNormalization)]
    wanted = {layer.name for layer in leaves if layer not in norms}
    learning = _learning(model)
    if not model.trainable:
        raise CheckFailed(
            "Nothing can learn: the flag of the outer model itself is False, and that hides all "
            "the layers in it. Set `model.trainable = True` first, then each layer."
        )
    if wanted - learning and learning == before.learning:
        raise CheckFailed(
            f"Nothing was opened: {_still(wanted - learning)}, as before. `trainable = True` is "
            "passed on to the layers inside only when the value *changes*; a flag that says True "
            "already passes on nothing. Set the flag of every layer, at every depth."
        )
    head = {layer.name for layer in _leaves(model.layers[-1]) if layer.weights}
    if head & wanted - learning:
        raise CheckFailed(
            f"The head stands still ({listed(head & wanted - learning)}). Fine-tuning trains the "
            "base *and* the head: set the flags of all layers of the outer model."
        )
    if wanted - learning:
        raise CheckFailed(
            f"{_still(wanted - learning).capitalize()}. Every layer but BatchNorm must learn, "
            "whatever its flag was before, also in a model within a model."
        )
    free = [layer.name for layer in norms if layer.trainable]
    if free:
        raise CheckFailed(
            f"BatchNorm is free: {listed(free)}. In `fit` its moving statistics follow your few "
            "new images, whatever the learning rate. Set `trainable = False` on each "
            "BatchNormalization layer, also in a model within the model (ask `isinstance`, not its "
            "name), *after* the line that opens everything: opening passes True on to BatchNorm "
            "as well."
        )


def compiled_to_fine_tune(answer: object, before: Given, old_rate: float) -> None:
    """Check that a model is compiled again: new optimizer, low rate, and the loss for labels.

    Args:
        answer: the model.
        before: the same model while it still had the optimizer of the warm-up.
        old_rate: the learning rate of that optimizer.

    Raises:
        CheckFailed: naming what is left over from the warm-up.
    """
    model = returned_model(answer)
    _same_values(model, before)
    if not model.compiled or model.optimizer is None:
        raise CheckFailed("The model is not compiled. Call `model.compile(...)` in your function.")
    rate = _highest_rate(model.optimizer)
    if model.optimizer is before.optimizer:
        lowered = " Lowering its rate does not help." if rate < 0.99 * old_rate else ""
        raise CheckFailed(
            "The model still has the optimizer of the warm-up. That one was built for the weights "
            "of the head alone: at the first step of `fit` it stops with 'Unknown variable'."
            f"{lowered} Give `model.compile` a *new* optimizer."
        )
    if int(model.optimizer.iterations.numpy()) > 0:
        raise CheckFailed(
            "The optimizer has made steps already: it remembers another training. Begin with a "
            "new one, such as `keras.optimizers.Adam(...)`."
        )
    if np.isclose(rate, old_rate):
        raise CheckFailed(
            f"The learning rate is the one of the warm-up, {rate:g}. It was right for a new head; "
            "steps of this size undo what the base has learned. Take a tenth of it, or less."
        )
    if rate > 0.1001 * old_rate:
        raise CheckFailed(
            f"The learning rate is {rate:g}, the warm-up had {old_rate:g}. For fine-tuning take a "
            "tenth of the old rate, or less."
        )
    if rate < LOWEST_SHARE * old_rate:
        raise CheckFailed(
            f"The learning rate is {rate:g}: so low that nothing is learned. Divide the old rate "
            "by ten or a hundred."
        )
    _learns_from_labels(model)


def _learns_from_labels(model: keras.Model) -> None:
    """Take one step with whole-number labels, and check whether the base moved."""
    random = np.random.default_rng(0)
    x = random.normal(size=(8, *model.input_shape[1:])).astype("float32")
    y = np.arange(8) % model.output_shape[-1]
    before = model.trainable_weights[0].numpy()
    try:
        model.train_on_batch(x, y)
    except (TypeError, ValueError) as error:
        raise CheckFailed(
            "The model does not train on labels that are whole numbers "
            f"({str(error).splitlines()[0][:80]}). Compile with "
            '`loss="sparse_categorical_crossentropy"`.'
        ) from error
    if np.array_equal(before, model.trainable_weights[0].numpy()):
        raise CheckFailed(
            "A training step does not move the base. Leave the flags as they come: the base is "
            "open already."
        )


def forgotten(
    answer: Callable, backbone: keras.Model, tuned: keras.Model, x: np.ndarray, y: np.ndarray
) -> None:
    """Check how much of its accuracy a backbone's old head has lost on a fine-tuned base.

    Args:
        answer: the student's function of the four other arguments.
        backbone: a model for the source task; what comes after its layer `features` is its head.
        tuned: a model with the backbone's layers up to `features`, and other weights.
        x, y: examples of the source task.

    Raises:
        CheckFailed: naming what was measured instead.
    """
    values = [backbone.get_weights(), tuned.get_weights()]
    drop = number(answer(backbone, tuned, x, y), "the forgetting")
    if any(
        not np.array_equal(old, new)
        for model, old_values in zip((backbone, tuned), values, strict=True)
        for old, new in zip(old_values, model.get_weights(), strict=True)
    ):
        raise CheckFailed(
            "Your function has changed the weights of a model that it was given. A measurement "
            "leaves things as they are: put the old head behind `tuned` in a *new* model."
        )
    head = backbone.layers[[layer.name for layer in backbone.layers].index("features") + 1 :]
    reattached = tuned.outputs[0]
    for layer in head:
        reattached = layer(reattached)
    before = _accuracy(backbone, x, y)
    after = _accuracy(keras.Model(tuned.inputs[0], reattached), x, y)
    right = before - after
    if np.isclose(drop, right, atol=1e-6):
        return
    mistakes = (
        (after - before, "has the wrong sign: forgetting is positive when accuracy was lost"),
        (100 * right, "is in percent. Return a share from 0 to 1"),
        (after, "is the accuracy that is left. How much was *lost*? You need the one before, too"),
        (before, "is the accuracy of the backbone before. Subtract the one after"),
        (
            0.0,
            "means that nothing was lost. You compared the backbone with itself: its own base was "
            "not fine-tuned, `tuned` was. Put the backbone's old head behind `tuned`",
        ),
        (
            before - _accuracy(tuned, x, y),
            "reads the features as if they were classes. Put the backbone's old head behind "
            "`tuned` before you ask for a class",
        ),
        (right / before, "is a share of the accuracy before. Return the plain difference"),
    )
    for value, what in mistakes:
        if np.isclose(drop, value, atol=1e-6):
            raise CheckFailed(f"Your answer {drop:.3f} {what}.")
    raise CheckFailed(
        f"Your answer is {drop:.3f}; the old head has lost {right:.3f} of accuracy. Use the "
        "*backbone's own* head, all layers after `features` with the weights they have. A new "
        "head, or a copy with fresh weights, knows nothing and forgets nothing: it guesses."
    )


def plan_from_the_top(answer: object, model: keras.Model, stages: int) -> None:
    """Check a plan of gradual unfreezing: for each stage, the names of the layers that learn.

    Args:
        answer: a list of collections of names.
        model: a flat model, from input to output.
        stages: how many stages were asked for.

    Raises:
        CheckFailed: naming what is wrong with the order or the choice of layers.
    """
    plan = _plan(answer)
    names = [
        layer.name
        for layer in model.layers
        if layer.weights and not isinstance(layer, keras.layers.BatchNormalization)
    ]
    norms = {
        layer.name for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)
    }
    planned = set().union(*plan)
    if planned & norms:
        raise CheckFailed(
            f"Your plan opens BatchNorm: {listed(planned & norms)}. Those stay frozen in every "
            "stage."
        )
    if planned - set(names):
        raise CheckFailed(
            f"{listed(planned - set(names))} in your plan: no layer of this name has weights. "
            "Take only layers for which `layer.weights` is not empty."
        )
    if len(plan) != stages:
        raise CheckFailed(f"Your plan has {len(plan)} stages, and {stages} were asked for.")
    if plan[0] and names[0] in plan[0] and plan[0] != set(names):
        raise CheckFailed(
            "Your plan begins at the bottom, with the layer next to the input. Those layers are "
            "the most general ones: open them last. Begin at the end of the list."
        )
    if any(not earlier <= later for earlier, later in pairwise(plan)):
        raise CheckFailed(
            "A layer that learns in one stage is frozen again in the next. Each stage opens some "
            "more layers and *keeps* those that were open before."
        )
    if plan[-1] != set(names):
        raise CheckFailed(
            f"After the last stage {listed(set(names) - plan[-1])} never got to learn. The last "
            "stage holds all layers of the plan."
        )
    if any(set(names[len(names) - len(stage) :]) != stage for stage in plan):
        raise CheckFailed(
            "A stage leaves out a layer between two that it opens. Open from the top down: each "
            "stage is an end piece of the list, `names[...:]`."
        )
    sizes = np.diff([0, *map(len, plan)])
    if sizes.max() - sizes.min() > 1:
        raise CheckFailed(
            f"Your stages open {', '.join(map(str, sizes))} layers. Spread them evenly: no stage "
            "may open more than one layer more than another."
        )


def rates_from_the_top(answer: object, names: Sequence[str], rate: float, decay: float) -> None:
    """Check learning rates by depth: `rate` at the top, divided by `decay` at each layer below.

    Args:
        answer: a dictionary from a layer's name to its rate.
        names: the layers from input to output.
        rate: of the last layer.
        decay: above 1.

    Raises:
        CheckFailed: naming what is wrong with the rates.
    """
    if not isinstance(answer, Mapping):
        raise CheckFailed(
            f"Your function returned {kind(answer)}. Return a dictionary: name -> learning rate."
        )
    if set(answer) != set(names):
        raise CheckFailed("Your dictionary needs one rate for each of the names, and no other key.")
    rates = np.array([number(answer[name], "a number for each layer") for name in names])
    steps = np.arange(len(names))
    right = rate / decay ** steps[::-1]
    if np.allclose(rates, right, rtol=1e-6, atol=0):
        return
    mistakes = (
        (
            rates[::-1],
            "They are upside down: the layer next to the input got the highest rate. It is the "
            "most general one, so it gets the lowest. Count from the end of the list.",
        ),
        (
            rates * decay,
            "The last layer's rate was divided, too. The last one gets the full rate; begin to "
            "divide with the one below it.",
        ),
        (
            rate**2 / rates,
            "The rates grow towards the input: you multiplied by `decay` and should divide.",
        ),
    )
    for repaired, message in mistakes:
        if np.allclose(repaired, right, rtol=1e-6, atol=0):
            raise CheckFailed(message)
    if len(names) > 1 and np.allclose(rates, rates[0], rtol=1e-6, atol=0):
        raise CheckFailed("All rates are the same. Each layer's differs from that of the next.")
    raise CheckFailed(
        f"Your rates are {_few(rates)}; from input to output they should be {_few(right)}. Each "
        "layer has the rate of the layer above it, divided by `decay`."
    )


def _leaves(layer: keras.Layer) -> Iterator[keras.Layer]:
    """Yield all layers inside a model, at every depth, that are not models themselves."""
    if not isinstance(layer, keras.Model):
        yield layer
        return
    for child in layer.layers:
        yield from _leaves(child)


def _learning(model: keras.Model) -> set[str]:
    """Return the names of the layers that hold a weight that the model's optimizer updates."""
    chosen = {id(weight) for weight in model.trainable_weights}
    return {layer.name for layer in _leaves(model) if any(id(w) in chosen for w in layer.weights)}


def _same_values(model: keras.Model, before: Given) -> None:
    values = model.get_weights()
    if len(values) != len(before.values) or not all(map(np.array_equal, values, before.values)):
        raise CheckFailed(
            "The weights are not those that the model came with. No training and no copy is asked "
            "for here: change the model that was passed in, and return it."
        )


def _highest_rate(optimizer: keras.optimizers.Optimizer) -> float:
    """Return the learning rate; for a schedule, the highest value that it reaches."""
    config = optimizer.get_config()["learning_rate"]
    if not isinstance(config, Mapping):
        return float(config)
    schedule = keras.optimizers.schedules.deserialize(config)
    return max(float(schedule(step)) for step in (0, 1, 10, 100, 1000))


def _accuracy(model: keras.Model, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(model(x).numpy().argmax(axis=1) == y))


def _plan(answer: object) -> list[set[str]]:
    if answer is None:
        raise CheckFailed("Your function returned None. End it with `return` and the plan.")
    if not isinstance(answer, list | tuple) or not answer:
        raise CheckFailed(
            f"Your function returned {kind(answer)}. Return a list with one set of names for each "
            "stage."
        )
    if any(isinstance(stage, str | keras.Layer) for stage in answer):
        raise CheckFailed("Each stage is a *set of names*, also a stage that opens one layer.")
    plan = [set(stage) for stage in answer]
    if any(not isinstance(name, str) for stage in plan for name in stage):
        raise CheckFailed("Put the layers' *names* into the plan: `layer.name`.")
    return plan


def _still(names: AbstractSet[str]) -> str:
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'} still frozen"


def _few(rates: np.ndarray) -> str:
    return ", ".join(f"{rate:.2g}" for rate in rates)
