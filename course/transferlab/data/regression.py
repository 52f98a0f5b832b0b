"""Numbers to predict from pictures of letters: their shape, or how they were turned and moved."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from transferlab.data import characters
from transferlab.data.dataset import DataError, Images, RegressionDataset
from transferlab.data.styles import (
    SIDE,
    Changes,
    develop,
    draw_changes,
    find_style,
    move,
    sample,
)

ZONES = tuple(
    f"{row} {side}" for row in ("top", "middle", "bottom") for side in ("left", "centre", "right")
)
# What is measured on each letter, and in which unit. The box is the smallest that holds the letter.
MEASUREMENTS = {
    "ink": "share of the page",
    "height": "pixels",
    "width": "pixels",
    "slant": "pixels to the right per pixel down",
    "strokes": "count, mean of the rows of the box",
    "holes": "count",
    **{f"ink, {zone}": "share of the box's ink" for zone in ZONES},
}
POSE = {
    "turn": "degrees counter-clockwise",
    "shift down": "pixels",
    "shift right": "pixels",
    "size": "share of the full size",
}


def measurements(
    n: int = 2600, *, n_test: int = 520, style: str = "wild", seed: int = 0
) -> RegressionDataset:
    """Return rendered letters and 15 measurements of the shape of each, but not which letter it is.

    `MEASUREMENTS` names them with their units. They are taken from the letter in its place on
    the page, before it is dimmed and made noisy. Images `(n, 16, 16, 1)`, targets `(n, 15)`,
    standardised. Source and licence as for `letters`.

    Raises `DataError` for an unknown style or fewer than 2 images.
    """
    drawn, x, _ = _drawings(n, n_test, style, seed)
    return _dataset("measurements", x, _measure(drawn), MEASUREMENTS, n)


def pose(
    n: int = 2600, *, n_test: int = 520, style: str = "wild", seed: int = 0
) -> RegressionDataset:
    """Return rendered letters and how each was turned, shifted and shrunk, but not which it is.

    `POSE` names the four targets with their units. Images `(n, 16, 16, 1)`, targets `(n, 4)`,
    standardised. Source and licence as for `letters`.

    Raises `DataError` for an unknown style, for one that moves nothing, or fewer than 2 images.
    """
    _, x, changes = _drawings(n, n_test, style, seed)
    down, right = changes.shift.T
    targets = np.stack([np.rad2deg(changes.turn), down, right, changes.scale], axis=1)
    if not targets.std(axis=0).all():
        raise DataError(f"The style {style!r} leaves a part of the pose as it is: use 'wild'.")
    return _dataset("pose", x, targets, POSE, n)


def _drawings(n: int, n_test: int, style: str, seed: int) -> tuple[NDArray, Images, Changes]:
    """Draw n + n_test letters; return them before and after dimming, and how they were changed."""
    if min(n, n_test) < 2:
        raise DataError("Ask for 2 images or more, to train on and to test on.")
    amounts = find_style(style)
    rng = np.random.default_rng(seed)
    atlas = characters.glyphs()
    which, fonts = (rng.integers(count, size=n + n_test) for count in atlas.shape[:2])
    changes = draw_changes(n + n_test, amounts, rng)
    drawn = move(atlas[which, fonts], changes)
    return drawn, develop(drawn, changes, amounts, rng), changes


def _dataset(
    name: str, x: Images, targets: NDArray, units: dict[str, str], n: int
) -> RegressionDataset:
    mean, deviation = targets[:n].mean(axis=0), targets[:n].std(axis=0)
    y = ((targets - mean) / deviation).astype(np.float32)
    return RegressionDataset(
        name=name,
        x_train=x[:n],
        y_train=y[:n],
        x_test=x[n:],
        y_test=y[n:],
        target_names=tuple(units),
        units=tuple(units.values()),
        mean=mean.astype(np.float32),
        deviation=deviation.astype(np.float32),
        source=characters.FONTS_SOURCE,
        licence=characters.FONTS_LICENCE,
    )


def _measure(drawn: NDArray) -> NDArray:
    """Measure images `(n, 16, 16)`; return `(n, 15)` in the order of `MEASUREMENTS`."""
    black = drawn > 0.5 * drawn.max(axis=(1, 2), keepdims=True)
    top, height = _extent(black.any(axis=2))
    left, width = _extent(black.any(axis=1))
    strokes = (np.diff(black, axis=2, prepend=False) & black).sum(axis=(1, 2))
    zones = _zones(drawn, top, height, left, width)
    ink = drawn.mean(axis=(1, 2))
    return np.column_stack(
        [ink, height, width, _slant(drawn), strokes / height, _holes(black), zones]
    )


def _extent(inked: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
    """Return where the ink begins and how far it reaches; inked is `(n, 16)`."""
    begin = inked.argmax(axis=1)
    return begin, SIDE - inked[:, ::-1].argmax(axis=1) - begin


def _slant(drawn: NDArray) -> NDArray:
    """Return how far the ink moves right from row to row: the slope of a line through it."""
    ink = drawn.sum(axis=(1, 2))
    where = np.arange(SIDE)
    down = where - (drawn.sum(axis=2) @ where / ink)[:, None]
    right = where - (drawn.sum(axis=1) @ where / ink)[:, None]
    together = np.einsum("nij,ni,nj->n", drawn, down, right)
    return together / np.einsum("nij,ni,ni->n", drawn, down, down)


def _zones(drawn: NDArray, top: NDArray, height: NDArray, left: NDArray, width: NDArray) -> NDArray:
    """Return the share of the ink in each ninth of the box: `(n, 9)`, row by row."""
    along = (np.arange(12) + 0.5) / 12  # four points to each third
    y = (top[:, None] + height[:, None] * along) * 2 / SIDE - 1
    x = (left[:, None] + width[:, None] * along) * 2 / SIDE - 1
    ink = sample(drawn, y[:, :, None], x[:, None, :]).reshape(-1, 3, 4, 3, 4).sum(axis=(2, 4))
    return ink.reshape(-1, 9) / ink.sum(axis=(1, 2))[:, None]


def _holes(black: NDArray[np.bool_]) -> NDArray:
    """Count the white areas in each image that are enclosed by ink."""
    paper = np.pad(~black, ((0, 0), (1, 1), (1, 1)), constant_values=True)
    beside = ndimage.generate_binary_structure(2, 1)
    within_one_image = np.stack([np.zeros_like(beside), beside, np.zeros_like(beside)])
    areas, count = ndimage.label(paper, structure=within_one_image)
    image_of_area = np.zeros(count + 1, int)
    image_of_area[areas] = np.arange(len(black))[:, None, None]
    areas_in_image = np.bincount(image_of_area[1:], minlength=len(black))
    return areas_in_image - 1  # one area is the paper around the letter
