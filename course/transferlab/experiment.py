"""Compare ways of solving a task over several seeds, with the spread.

One accuracy from one seed is an anecdote. A `Comparison` holds one score of each method for each
seed, the same seeds for all, so that methods can be compared pair by pair. It must not know any
model or data.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from scipy import stats
from tqdm.auto import tqdm

from transferlab.errors import TransferlabError

Method = Callable[[int], float]


class ExperimentError(TransferlabError):
    """A request that a comparison cannot meet."""


@dataclass(frozen=True)
class Difference:
    """How much better one method is than another, pair by pair.

    Attributes:
        mean: the mean over the seeds of the first method's score minus the second's.
        low, high: the 95 % confidence interval of that mean (paired t; infinite for one seed).
        wins: in how many seeds the first method had the higher score.
        seeds: how many seeds there were.
    """

    mean: float
    low: float
    high: float
    wins: int
    seeds: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes zero."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return (
            f"{self.mean:+.3f} (95 % interval {self.low:+.3f} to {self.high:+.3f}), "
            f"higher in {self.wins} of {self.seeds} seeds"
        )


@dataclass(frozen=True, repr=False)
class Comparison:
    """The scores of several methods, one for each seed.

    Attributes:
        scores: the method's name -> its scores, in the order of the seeds.
        metric: what a score is, with its unit, such as `"accuracy"`.
    """

    scores: Mapping[str, tuple[float, ...]]
    metric: str = "accuracy"

    def mean(self, method: str) -> float:
        """Return the mean score of a method. Raises `ExperimentError` for an unknown name."""
        return float(np.mean(self._of(method)))

    def sd(self, method: str) -> float:
        """Return the standard deviation over the seeds (n - 1), 0 for one seed.

        Raises `ExperimentError` for an unknown name.
        """
        scores = self._of(method)
        return float(np.std(scores, ddof=1)) if len(scores) > 1 else 0.0

    def difference(self, method: str, other: str) -> Difference:
        """Compare two methods pair by pair. Raises `ExperimentError` for an unknown name."""
        gaps = np.subtract(self._of(method), self._of(other))
        mean, n = float(gaps.mean()), len(gaps)
        reach = np.inf
        if n > 1:
            reach = float(stats.t.ppf(0.975, n - 1) * gaps.std(ddof=1) / np.sqrt(n))
        return Difference(mean, mean - reach, mean + reach, int((gaps > 0).sum()), n)

    def _of(self, method: str) -> tuple[float, ...]:
        if method not in self.scores:
            known = ", ".join(repr(name) for name in self.scores)
            raise ExperimentError(f"There is no method {method!r} here: choose one of {known}.")
        return self.scores[method]

    def __repr__(self) -> str:
        width = max(map(len, self.scores))
        rows = [f"{name:{width}}  {self._spread(name)}" for name in self.scores]
        return "\n".join([f"{'':{width}}  {self.metric}, {self._seeds()}", *rows])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
            f"<td>{self._spread(name)}</td></tr>"
            for name in self.scores
        )
        head = f"<td></td><th>{escape(self.metric)}, {self._seeds()}</th>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _spread(self, method: str) -> str:
        return f"{self.mean(method):.3f} ± {self.sd(method):.3f}"

    def _seeds(self) -> str:
        count = len(next(iter(self.scores.values())))
        return f"mean ± sd of {count} seeds" if count > 1 else "one seed: no spread"

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as lists, texts and numbers, for `from_json` to read back."""
        return {"metric": self.metric, "scores": {k: list(v) for k, v in self.scores.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Comparison":
        """Return the comparison that `as_json` wrote."""
        scores = {name: tuple(values) for name, values in stored["scores"].items()}
        return cls(scores, stored["metric"])


def compare(
    methods: Mapping[str, Method], seeds: Sequence[int] = range(5), *, metric: str = "accuracy"
) -> Comparison:
    """Run each method once for each seed, with a progress bar, and return all scores.

    Args:
        methods: name -> function that takes a seed and returns one score. The function draws its
            data and its first weights from that seed, so that all methods meet the same ones.
        seeds: the seeds, at least one; five or more show a spread.
        metric: what a score is, with its unit.

    Raises:
        ExperimentError: when there is no method or no seed.
    """
    if not methods or not seeds:
        raise ExperimentError("compare() needs at least one method and one seed.")
    scores: dict[str, list[float]] = {name: [] for name in methods}
    with tqdm(total=len(methods) * len(seeds), unit="run", leave=False) as bar:
        for seed in seeds:
            for name, method in methods.items():
                bar.set_description(f"{name}, seed {seed}")
                scores[name].append(float(method(seed)))
                bar.update()
    return Comparison({name: tuple(values) for name, values in scores.items()}, metric)
