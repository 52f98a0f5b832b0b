"""Measure cheaply how much an image backbone helps with real digits; train no network."""

from collections.abc import Callable, Sequence
from functools import cache, partial

import keras
import numpy as np

from transferlab import data, training

SEEDS = range(5)
LABELS_PER_CLASS = 10


def table(model: keras.Model) -> str:
    """Return a Markdown table: a logistic regression on the layer `features` and on pixels."""
    on_features = partial(training.feature_extraction, model)
    rows = "\n".join(
        f"| {style} | {spread(_over_seeds(style, on_features))} | {spread(_on_pixels(style))} |"
        for style in data.STYLES
    )
    return f"""On 500 real handwritten digits, a logistic regression trained on {LABELS_PER_CLASS} \
labels per class (mean +- sd of
{len(SEEDS)} seeds), on the output of `features` and on the pixels:

| digits | features | pixels |
|---|---|---|
{rows}"""


@cache
def _on_pixels(style: str) -> list[float]:
    return _over_seeds(style, training.on_pixels)


def _over_seeds(style: str, accuracy: Callable[[data.Dataset], float]) -> list[float]:
    return [accuracy(data.digits(style, seed=s).few(LABELS_PER_CLASS, s)) for s in SEEDS]


def spread(values: Sequence[float]) -> str:
    """Return mean +- standard deviation (n - 1) as text."""
    return f"{np.mean(values):.3f} +- {np.std(values, ddof=1):.3f}"
