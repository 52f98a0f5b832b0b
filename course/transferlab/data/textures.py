"""Patterns with no shape in them: a source task that has nothing to do with digits."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from transferlab.data.dataset import DataError, Dataset, Images, Labels
from transferlab.data.styles import SIDE

PATTERNS = ("stripes", "checks", "dots", "clouds")
PERIODS = {"fine": 3.0, "middle": 4.5, "coarse": 7.0}  # pixels from one stripe to the next
TEXTURES = tuple(f"{size} {pattern}" for pattern in PATTERNS for size in PERIODS)


def textures(per_class: int = 100, *, test_per_class: int = 20, seed: int = 0) -> Dataset:
    """Return images of 12 textures: stripes, checks, dots and clouds, each fine, middle and coarse.

    Each image has its own angle, place, contrast and noise, and its own period within 15 % of that
    of its size. Training images are `(12 * per_class, 16, 16, 1)`, test images likewise, both
    shuffled. Source: computed here. Licence: CC0.

    Raises `DataError` for a count below 1.
    """
    if min(per_class, test_per_class) < 1:
        raise DataError("textures() needs at least 1 image per class: ask for 1 or more.")
    rng = np.random.default_rng(seed)
    x_train, y_train = _render(per_class, rng)
    x_test, y_test = _render(test_per_class, rng)
    return Dataset(
        name="textures",
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        class_names=TEXTURES,
        source="computed by transferlab.data.textures",
        licence="CC0 1.0",
    )


def _render(per_class: int, rng: Generator) -> tuple[Images, Labels]:
    pixels = np.concatenate(
        [
            _pattern(pattern, period * rng.uniform(0.85, 1.15, per_class), rng)
            for pattern in PATTERNS
            for period in PERIODS.values()
        ]
    )
    y = np.repeat(np.arange(len(TEXTURES)), per_class)
    contrast = rng.uniform(0.5, 1, len(y))[:, None, None]
    noisy = pixels * contrast + rng.normal(0, 0.08, pixels.shape)
    order = rng.permutation(len(y))
    return np.clip(noisy, 0, 1).astype(np.float32)[order, ..., None], y[order]


def _pattern(pattern: str, period: NDArray, rng: Generator) -> NDArray:
    """Return images `(n, 16, 16)` from 0 to 1, one for each period in pixels."""
    if pattern == "clouds":
        noise = rng.normal(size=(len(period), SIDE, SIDE))
        clouds = np.stack(
            [
                ndimage.gaussian_filter(image, sigma, mode="wrap")
                for image, sigma in zip(noise, period / 5, strict=True)
            ]
        )
        return 0.5 + clouds / (4 * clouds.std(axis=(1, 2), keepdims=True))
    angle = rng.uniform(0, np.pi, len(period))[:, None, None]
    phase, other_phase = rng.uniform(0, 2 * np.pi, (2, len(period), 1, 1))
    down, across = np.mgrid[:SIDE, :SIDE][:, None] * (2 * np.pi / period)[:, None, None]
    one = np.sin(np.cos(angle) * across + np.sin(angle) * down + phase)
    other = np.sin(np.cos(angle) * down - np.sin(angle) * across + other_phase)
    waves = {"stripes": one, "checks": one * other * 2, "dots": one + other - 1}[pattern]
    return 1 / (1 + np.exp(-4 * waves))
