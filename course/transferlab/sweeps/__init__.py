"""Comparisons too long for a lesson: computed by a committed script, shipped as small results.

`python -m transferlab.sweeps NAME` computes a sweep again. A lesson reads the result with `load`
and computes one point of it live with `recompute`. A sweep is a module of this package that
defines `SWEEP`; it must not know the lesson that shows it.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from transferlab.errors import TransferlabError
from transferlab.experiment import Comparison, Method

RESULTS = Path(__file__).with_name("results")


class SweepError(TransferlabError):
    """A request that a sweep cannot meet."""


@dataclass(frozen=True)
class Sweep:
    """One question, asked under several conditions.

    Attributes:
        title: what is compared, in a sentence.
        methods: the methods of a condition: name -> function from a seed to a score.
        conditions: their names, such as `"5 labels per class"`, in order.
        seeds: the seeds, the same for all methods.
        metric: what a score is.
        goals: condition -> method -> (mean, standard deviation) in the course's plan.
    """

    title: str
    methods: Callable[[str], Mapping[str, Method]]
    conditions: Sequence[str]
    seeds: Sequence[int] = tuple(range(5))
    metric: str = "accuracy"
    goals: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)


def names() -> list[str]:
    """Return the names of all sweeps."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in modules if not name.startswith("__"))


def find(name: str) -> Sweep:
    """Return the sweep of that name, ready to be computed.

    Raises:
        SweepError: when no sweep has that name.
    """
    if name not in names():
        raise SweepError(f"There is no sweep {name!r}: choose one of {', '.join(names())}.")
    sweep: Sweep = importlib.import_module(f"{__name__}.{name}").SWEEP
    return sweep


def load(name: str) -> dict[str, Comparison]:
    """Return the shipped result of a sweep: condition -> comparison.

    Raises:
        SweepError: when no result is shipped.
    """
    path = RESULTS / f"{name}.json"
    if not path.exists():
        raise SweepError(
            f"There is no result of {name!r}: run `python -m transferlab.sweeps {name}`."
        )
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {key: Comparison.from_json(value) for key, value in stored["conditions"].items()}


def recompute(name: str, condition: str, method: str, seed: int = 0) -> float:
    """Compute one point of a sweep again and return its score.

    Raises:
        SweepError: when the sweep does not have this condition or method.
    """
    sweep = find(name)
    if condition not in sweep.conditions:
        known = ", ".join(repr(choice) for choice in sweep.conditions)
        raise SweepError(f"{name!r} has no condition {condition!r}: choose one of {known}.")
    methods = sweep.methods(condition)
    if method not in methods:
        known = ", ".join(repr(choice) for choice in methods)
        raise SweepError(f"{name!r} has no method {method!r}: choose one of {known}.")
    return float(methods[method](seed))
