"""Checks on Reptile: steps within a task, the step between tasks, the error on new tasks.

A check looks only at values: weights are lists of arrays, tasks are tuples of arrays (see `meta`).
"""

from collections.abc import Collection, Sequence

import keras
import numpy as np

from transferlab import meta
from transferlab.check import CheckFailed
from transferlab.check.answers import kind, number
from transferlab.meta import Task, Weights


def adapted(
    answer: object, model: keras.Model, weights: Weights, x: np.ndarray, y: np.ndarray, steps: int
) -> None:
    """Check the weights after 0, 1, ..., `steps` steps of SGD on one task.

    Args:
        answer: what the student's function returned for these arguments.
        model: a network of `meta.network`, whose own weights are not `weights`.
        weights: where the path has to begin.
        x, y: the points of the task.
        steps: how many steps were to be taken.

    Raises:
        CheckFailed: naming where the path leaves the right one.
    """
    own = model.get_weights()
    right = meta.adapt(model, weights, x, y, steps)
    path = _as_path(answer, weights, steps)
    if not _same(path[0], weights):
        if steps and _same(path[0], right[1]):
            raise CheckFailed(
                "Your path begins after the first step. Its first entry is the start, before "
                "anything was learned: keep `weights` first, then take the steps."
            )
        if _same(path[0], path[-1]):
            raise CheckFailed(
                "All entries of your path hold the same numbers. `model.weights` are objects that "
                "change in place: you kept the same objects again and again. "
                "`model.get_weights()` gives copies of the values."
            )
        where = "at the weights that the model happened to have" if _same(path[0], own) else ""
        raise CheckFailed(
            f"Your path does not begin at `weights` but {where or 'somewhere else'}. The model "
            "remembers the task before this one: call `model.set_weights(weights)` first, so that "
            "every task starts from the same place."
        )
    if steps and all(_same(entry, weights) for entry in path):
        raise CheckFailed(
            "Nothing was learned: all entries of your path are the start. Take a step on x and y "
            "(`model.train_on_batch`), and read the weights *after* it, in each round."
        )
    for step, (found, expected) in enumerate(zip(path, right, strict=True)):
        if not _same(found, expected):
            raise CheckFailed(
                f"The start is right; the weights after step {step} are not those of {step} "
                f"step{'s' if step > 1 else ''} on the ten points. One entry of the path is one "
                "step: all points of x and y in one batch, and on from where the step before ended."
            )


def updated(answer: object, weights: Weights, adapted: Weights, rate: float) -> None:
    """Check Reptile's update: the start moves the part `rate` of the way to `adapted`.

    Raises:
        CheckFailed: naming where the start went instead.
    """
    if answer is None:
        raise CheckFailed(
            "Your function returned None. Make a new list of arrays and end with `return` and it."
        )
    found = _as_weights(answer, weights)
    if found is None:
        raise CheckFailed(
            f"Your function returned {_described(answer)}. Return a list with one array for each "
            f"array in `weights`, here {len(weights)}, of the same shapes. A list is not an array: "
            "go through both lists side by side with `zip`."
        )

    def mixed(of_start: float, of_adapted: float) -> Weights:
        pairs = zip(weights, adapted, strict=True)
        return [of_start * start + of_adapted * end for start, end in pairs]

    if _same(found, mixed(1 - rate, rate)):
        return
    mistakes = (
        (
            mixed(1 + rate, -rate),
            "The sign is wrong: your start moves *away* from the adapted weights, and gets worse "
            "with every task. The difference to add is `adapted - weights`, from here to there.",
        ),
        (
            mixed(0, 1),
            "Your start jumps all the way to the adapted weights, so it keeps the last task only "
            "and forgets those before. Go the part `rate` of the way.",
        ),
        (
            mixed(rate, 1 - rate),
            "The rate is on the wrong side: at rate 0 nothing should move, and yours goes all "
            "the way. The adapted weights get the share `rate`, the start keeps the rest.",
        ),
        (
            mixed(1, rate),
            "You added a part of the adapted weights to the start, so that the weights grow "
            "without end. Add a part of the *difference* between the two.",
        ),
        (
            mixed(0.5, 0.5),
            "You went half of the way whatever the rate. Use `rate`.",
        ),
        (
            mixed(1, 0),
            "Your start does not move. Return the new arrays, not `weights` as they came.",
        ),
        (
            mixed(-rate, rate),
            "That is the step alone, without the start: add it to the weights it starts from.",
        ),
    )
    for values, message in mistakes:
        if _same(found, values):
            raise CheckFailed(message)
    raise CheckFailed(
        "The new start is not on the way from `weights` to `adapted`, or not the part `rate` of "
        "it. For each array: the old one plus `rate` times the difference between the two."
    )


def evaluated(
    answer: object,
    model: keras.Model,
    weights: Weights,
    tasks: Sequence[Task],
    seen: Collection[int],
    steps: int,
) -> None:
    """Check the mean error on the query points of the tasks that are not in `seen`.

    Raises:
        CheckFailed: naming what was measured instead.
    """
    found = number(answer, "the mean over the tasks")

    def mean(chosen: Sequence[Task], steps: int = steps) -> float:
        return float(meta.errors(model, weights, chosen, steps)[:, steps].mean())

    new = [task for position, task in enumerate(tasks) if position not in seen]
    right = mean(new)
    if _close(found, right):
        return
    old = [task for position, task in enumerate(tasks) if position in seen]
    on_support = [(x, y, x, y) for x, y, _, _ in new]
    on_query = [(xq, yq, xq, yq) for _, _, xq, yq in new]
    mistakes = (
        (
            mean(tasks),
            "the error on all tasks, those of the meta-training too. The network has practised "
            "on them; only "
            "tasks that it has never met show how it does on a new one. Leave out those in `seen`.",
        ),
        (
            mean(old),
            "the error on the tasks of the meta-training: that is a grade for questions known "
            "beforehand. Keep "
            "the tasks whose position is *not* in `seen`.",
        ),
        (
            mean(on_support),
            "the error on the points that were learned from. That is training error, one level "
            "down. Adapt on "
            "x and y, then judge on the query points.",
        ),
        (
            mean(new, 0),
            "the error of the start itself, before any step. Reptile promises a good start to "
            "learn *from*, "
            "not good answers at once: adapt first, then judge.",
        ),
        (
            mean(on_query),
            "the error after learning from the query points themselves. The answers were leaked: "
            "adapt on x "
            "and y only.",
        ),
        (
            _carried_over(model, weights, new, steps),
            "the error on tasks that follow one another: each began where the one before had "
            "ended. Begin every "
            "task from the same `weights`.",
        ),
        (right * len(new), "the sum over the tasks. Return their mean."),
        (right**0.5, "the root of the mean squared error. Leave out the root."),
    )
    for value, message in mistakes:
        if _close(found, value):
            raise CheckFailed(f"You answered {found:.4g}, but that is {message}")
    raise CheckFailed(
        f"You answered {found:.4g}; the mean squared error is {right:.4g}. For each task that is "
        "not in `seen`: adapt from `weights` on x and y, then take the mean of the squared "
        "differences at all query points. Return the mean over these tasks."
    )


def _carried_over(model: keras.Model, weights: Weights, tasks: Sequence[Task], steps: int) -> float:
    found = []
    for task in tasks:
        found.append(meta.errors(model, weights, [task], steps)[0, steps])
        weights = meta.adapt(model, weights, task[0], task[1], steps)[-1]
    return float(np.mean(found))


def _as_path(answer: object, weights: Weights, steps: int) -> list[Weights]:
    """Return the answer as a list of `steps + 1` weights, or say what it is instead."""
    if answer is None:
        raise CheckFailed("Your function returned None. End it with `return` and the path.")
    if _as_weights(answer, weights) is not None:
        raise CheckFailed(
            "Your function returned the weights of one moment only. Return the whole path: a list "
            "that holds the start, the weights after step 1, after step 2, and so on."
        )
    if not isinstance(answer, list | tuple):
        raise CheckFailed(
            f"Your function returned {kind(answer)}. Return a list, and in it for each moment what "
            "`model.get_weights()` gives."
        )
    path = [_as_weights(entry, weights) for entry in answer]
    if any(entry is None for entry in path):
        raise CheckFailed(
            "An entry of your path is not a list of arrays like `weights`. Append what "
            "`model.get_weights()` gives."
        )
    if len(path) != steps + 1:
        raise CheckFailed(
            f"Your path has {len(path)} entries for {steps} steps; it should have {steps + 1}: the "
            "start, and one more after each step."
        )
    return [entry for entry in path if entry is not None]


def _as_weights(value: object, like: Weights) -> Weights | None:
    """Return the value as arrays of the same shapes as `like`, or None when it is not that."""
    if not isinstance(value, list | tuple) or len(value) != len(like):
        return None
    try:
        arrays = [np.asarray(part, dtype="float32") for part in value]
    except (TypeError, ValueError):
        return None
    shapes = zip(arrays, like, strict=True)
    return arrays if all(array.shape == other.shape for array, other in shapes) else None


def _described(answer: object) -> str:
    if isinstance(answer, list | tuple):
        return f"a {type(answer).__name__} of {len(answer)} things"
    return kind(answer)


def _same(one: Weights, other: Weights) -> bool:
    return all(np.allclose(a, b, rtol=1e-4, atol=1e-5) for a, b in zip(one, other, strict=True))


def _close(one: float, other: float) -> bool:
    return bool(np.isclose(one, other, rtol=1e-3, atol=1e-6))
