"""The numbers of the report, from plain arrays of scores; no student, lesson or plot is known here.

Formulas are those of classical test theory as told by L. Crocker and J. Algina, "Introduction to
Classical and Modern Test Theory" (Holt, Rinehart and Winston, 1986), chapter 14.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scores = NDArray[np.float64]
FEWEST = 5  # students; a correlation of fewer says nothing


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
    """The quartiles of some values (linear between neighbours, NumPy's default); None of none.

    Args:
        values: any shape; NaN stands for a missing one.
    """
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    if not known.size:
        return None
    return Spread(int(known.size), *map(float, np.percentile(known, [0, 25, 50, 75, 100])))


def difficulty(scores: ArrayLike, max_score: float) -> float | None:
    """The difficulty index p: the mean score as a share of what can be had, from 0 to 1.

    p = (sum of x_i) / (n * max). Of an item that is right or wrong it is the share of students
    who have it right, so that a *high* p means an *easy* item (Crocker and Algina, chapter 14).

    Args:
        scores: (students,), NaN for one who has no score.
        max_score: the item's points, above 0.

    Returns:
        p; None if nobody has a score.
    """
    values = np.asarray(scores, dtype=float)
    values = values[~np.isnan(values)]
    return float(values.mean() / max_score) if values.size else None


def discrimination(scores: ArrayLike, rest: ArrayLike) -> float | None:
    """The corrected item-total correlation r: Pearson's, of an item with the rest of the lesson.

    r = cov(x, T - x) / (sd(x) * sd(T - x)). The item is taken out of the total T, because it would
    else be correlated with itself (S. Henrysson, "Correction of item-total correlations in item
    analysis", Psychometrika 28, 1963). Near 1: those who solve it also solve the rest; near 0: it
    tells nothing; below 0: those who solve the rest fail here, so look at the item.

    Args:
        scores: (students,) of the item, NaN for one who has no score.
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
    """For each item the sum of all others.

    Args:
        table: (students, items), NaN where there is no score.

    Returns:
        (students, items); what is missing counts nothing.
    """
    filled = np.nan_to_num(table)
    return filled.sum(axis=1, keepdims=True) - filled
