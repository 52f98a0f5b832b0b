"""Turn, move, shrink and dim images, and add noise; it must not know any data set."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from transferlab.data.dataset import DataError, Images

SIDE = 16


@dataclass(frozen=True)
class Style:
    """The largest changes to an image; each image draws its own amounts evenly from 0 to these."""

    turn: float = 0.0  # degrees, to either side
    shift: float = 0.0  # pixels, along either axis
    shrink: float = 0.0  # share of the size
    dim: float = 0.0  # share of the ink
    noise: float = 0.0  # standard deviation, the same for all images

    def milder(self, share: float) -> "Style":
        """Return the style with that share of every amount except the turn."""
        amounts = {
            name: share * getattr(self, name) for name in ("shift", "shrink", "dim", "noise")
        }
        return replace(self, **amounts)


STYLES = {
    "plain": Style(),
    "wild": Style(turn=25.0, shift=1.5, shrink=0.25, dim=0.5, noise=0.08),
    "turned": Style(turn=90.0),
}


@dataclass(frozen=True, eq=False)
class Changes:
    """The changes that were drawn for each of n images.

    `turn` is in radians, `shift` `(n, 2)` is down and right in pixels, `scale` and `ink` are
    shares; all but `shift` are `(n,)`.
    """

    turn: NDArray
    shift: NDArray
    scale: NDArray
    ink: NDArray


def find_style(name: str) -> Style:
    """Return the style of that name. Raises `DataError` for an unknown one."""
    if name not in STYLES:
        *others, last = (repr(choice) for choice in STYLES)
        raise DataError(f"There is no style {name!r}: use {', '.join(others)} or {last}.")
    return STYLES[name]


def distort(images: NDArray[np.float32], style: Style, rng: Generator) -> Images:
    """Bring square images of any side to `(n, 16, 16, 1)`, each changed by its own amounts."""
    changes = draw_changes(len(images), style, rng)
    return develop(move(images, changes), changes, style, rng)


def draw_changes(n: int, style: Style, rng: Generator) -> Changes:
    """Draw the changes for each of n images."""
    return Changes(
        turn=np.deg2rad(rng.uniform(-style.turn, style.turn, n)),
        shift=rng.uniform(-style.shift, style.shift, (n, 2)),
        scale=1 - rng.uniform(0, style.shrink, n),
        ink=1 - rng.uniform(0, style.dim, n),
    )


def move(images: NDArray[np.float32], changes: Changes) -> NDArray:
    """Turn, shift and shrink square images of any side; return `(n, 16, 16)` with full ink."""
    scale = changes.scale
    shift = changes.shift * 2 / SIDE
    cos, sin = np.cos(changes.turn) / scale, np.sin(changes.turn) / scale
    # For each output pixel: where it comes from, in an image that reaches from -1 to 1.
    grid = (np.arange(SIDE) + 0.5) * 2 / SIDE - 1
    y = grid[None, :, None] - shift[:, 0, None, None]
    x = grid[None, None, :] - shift[:, 1, None, None]
    cos, sin = cos[:, None, None], sin[:, None, None]
    return sample(images, cos * y + sin * x, cos * x - sin * y)


def develop(pixels: NDArray, changes: Changes, style: Style, rng: Generator) -> Images:
    """Dim images `(n, 16, 16)` and add noise; return float32 `(n, 16, 16, 1)` from 0 to 1."""
    pixels = pixels * changes.ink[:, None, None] + rng.normal(0, style.noise, pixels.shape)
    return np.clip(pixels, 0, 1).astype(np.float32)[..., None]


def sample(images: NDArray[np.float32], y: NDArray, x: NDArray) -> NDArray:
    """Interpolate images `(n, s, s)` at y, x `(n, h, w)` in [-1, 1]; they are 0 outside."""
    side = images.shape[1]
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    y, x = (np.clip((at + 1) / 2 * side + 0.5, 0, side + 0.999) for at in (y, x))
    top, left = y.astype(int), x.astype(int)
    down, right = y - top, x - left
    which = np.arange(len(images))[:, None, None]
    upper = padded[which, top, left] * (1 - right) + padded[which, top, left + 1] * right
    lower = padded[which, top + 1, left] * (1 - right) + padded[which, top + 1, left + 1] * right
    return upper * (1 - down) + lower * down
