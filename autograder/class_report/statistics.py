"""Compute the report's numbers from plain arrays of scores; it knows no student, lesson or plot.

The formulas are those of classical test theory as given by L. Crocker and J. Algina, "Introduction
to Classical and Modern Test Theory" (Holt, Rinehart and Winston, 1986), chapter 14.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scores = NDArray[np.float64]
FEWEST = 5  # students; a correlation over fewer says nothing


@dataclass(frozen=True)
class Spread:
    """The middle of some values: quartiles, extremes, and how many there are."""

    count: int
    least: float
    lower: float
    median: float
    upper: float
    most: float


def spread(values: ArrayLike) -> Spread | None:
    """Return the quartiles of values (linear between neighbours, NumPy's default), or None.

    Args:
        values: of any shape; NaN marks a missing value.
    """
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    if not known.size:
        return None
    return Spread(int(known.size), *map(float, np.percentile(known, [0, 25, 50, 75, 100])))


def difficulty(scores: ArrayLike, max_score: float) -> float | None:
    """Return the difficulty index p: the mean score as a share of the maximum, from 0 to 1.

    p = (sum of x_i) / (n * max). For an item that is right or wrong, it is the share of
    students who have it right, so a *high* p means an *easy* item (Crocker and Algina, chapter 14).

    Args:
        scores: (students,), NaN for a student who has no score.
        max_score: the item's points, above 0.

    Returns:
        p; None if nobody has a score.
    """
    values = np.asarray(scores, dtype=float)
    values = values[~np.isnan(values)]
    return float(values.mean() / max_score) if values.size else None


def discrimination(scores: ArrayLike, rest: ArrayLike) -> float | None:
    """Return the corrected item-total correlation r (Pearson) of an item with the other items.

    r = cov(x, T - x) / (sd(x) * sd(T - x)). The item is taken out of the total T, because
    otherwise it would be correlated with itself (S. Henrysson, "Correction of item-total
    correlations in item analysis", Psychometrika 28, 1963). Near 1: students who solve it also
    solve the rest; near 0: it says nothing; below 0: students who solve the rest fail here, so look
    at the item.

    Args:
        scores: (students,) of the item, NaN for a student who has no score.
        rest: (students,) of all other items.

    Returns:
        r from -1 to 1; None for fewer than `FEWEST` students, or if all have the same score in
        the item or in the rest.
    """
    item, other = np.asarray(scores, dtype=float), np.asarray(rest, dtype=float)
    known = ~(np.isnan(item) | np.isnan(other))
    item, other = item[known], other[known]
    if item.size < FEWEST or np.ptp(item) < 1e-9 or np.ptp(other) < 1e-9:
        return None
    return float(np.clip(np.corrcoef(item, other)[0, 1], -1, 1))


def rest_of(table: Scores) -> Scores:
    """Return, for each item, the sum of all others.

    Args:
        table: (students, items), NaN where there is no score.

    Returns:
        (students, items); a missing score counts as 0.
    """
    filled = np.nan_to_num(table)
    return filled.sum(axis=1, keepdims=True) - filled
