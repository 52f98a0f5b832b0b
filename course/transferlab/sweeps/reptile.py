"""Reptile on sine waves: the error from three starts on new waves, similar and faster ones."""

from collections.abc import Mapping
from functools import cache

import keras

from transferlab import meta
from transferlab.experiment import Method
from transferlab.meta import Weights
from transferlab.sweeps import Sweep

CONDITIONS = {  # name -> (steps of adaptation, speed of the new waves)
    "after 1 step": (1, 1.0),
    "after 5 steps": (5, 1.0),
    "after 5 steps, waves twice as fast": (5, 2.0),
}
PRACTICE, NEW = 2000, 200  # tasks


@cache
def network() -> keras.Sequential:
    """Return the one network that all weights are tried in, so that it is compiled once."""
    return meta.network()


@cache
def starts(seed: int) -> Mapping[str, Weights]:
    """Return the three starts of a seed, all made from the same random weights."""
    keras.utils.set_random_seed(seed)
    model, weights = network(), meta.network(seed).get_weights()
    practice = meta.sine_tasks(PRACTICE, seed=2 * seed)
    return {
        "random weights": weights,
        "all tasks at once": meta.joint(model, weights, practice),
        "Reptile": meta.reptile(model, weights, practice),
    }


def error(start: str, name: str, seed: int) -> float:
    """Return the mean error from that start under that condition, on new tasks."""
    steps, speed = CONDITIONS[name]
    new = meta.sine_tasks(NEW, seed=2 * seed + 1, speed=speed)
    return float(meta.errors(network(), starts(seed)[start], new, steps)[:, -1].mean())


def methods(name: str) -> Mapping[str, Method]:
    """Return the starts, each from a seed to an error."""

    def of(start: str) -> Method:
        return lambda seed: error(start, name, seed)

    return {start: of(start) for start in ("random weights", "all tasks at once", "Reptile")}


SWEEP = Sweep(
    title="Reptile on sine waves with 10 points each",
    methods=methods,
    conditions=tuple(CONDITIONS),
    metric="mean squared error (y²)",
    # The plan gave ranges, 1.3 to 1.5 and .53 to .61: these are their middles and half widths.
    goals={
        "after 1 step": {"Reptile": (1.4, 0.1)},
        "after 5 steps": {"Reptile": (0.57, 0.04)},
    },
)
