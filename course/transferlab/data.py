"""The data sets of the lessons: offline, the same for the same seed; knows no model and no lesson.

Every data set is a `Dataset` of grey images, 16x16 pixels, ink is 1 and paper is 0:

- `letters`: capital letters rendered from the fonts that ship with matplotlib (the source task);
- `digits`: real handwritten digits from scikit-learn, plain or in the wild (the target task).
"""

import string
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font
from numpy.random import Generator
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from transferlab.errors import TransferlabError

Images = NDArray[np.float32]
Labels = NDArray[np.int64]

SIDE = 16
DIGITS_TEST = 500
FONTS = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    *("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
    *("DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSansMono-Oblique"),
    *("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
    *("cmr10", "cmb10", "cmss10", "cmtt10", "cmmi10"),
)


class DataError(TransferlabError):
    """A data set was asked for something that it cannot give."""


@dataclass(frozen=True)
class Style:
    """How far an image may be changed: each image draws its own amounts evenly from 0 to these."""

    turn: float = 0.0  # degrees, to either side
    shift: float = 0.0  # pixels, along either axis
    shrink: float = 0.0  # share of the size
    dim: float = 0.0  # share of the ink
    noise: float = 0.0  # standard deviation, the same for all images


STYLES = {
    "plain": Style(),
    "wild": Style(turn=25.0, shift=1.5, shrink=0.25, dim=0.5, noise=0.08),
}


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images and labels, split for training and testing.

    Attributes:
        name: such as `"digits, plain"`.
        x_train, x_test: float32 `(n, 16, 16, 1)`, values from 0 (paper) to 1 (ink).
        y_train, y_test: int64 `(n,)`, the index of the class in `class_names`.
        class_names: one text per class.
        source: where the images come from.
        licence: under which terms they may be used.
    """

    name: str
    x_train: Images
    y_train: Labels
    x_test: Images
    y_test: Labels
    class_names: tuple[str, ...]
    source: str
    licence: str

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one image: `(16, 16, 1)`."""
        return self.x_train.shape[1:]

    def few(self, labels_per_class: int, seed: int = 0) -> "Dataset":
        """Keep `labels_per_class` training images of each class; the test images stay as they are.

        The same seed keeps the same images, in shuffled order. Raises `DataError` when
        `labels_per_class` is below 1 or above what the rarest class has.
        """
        most = int(np.bincount(self.y_train, minlength=len(self.class_names)).min())
        if not 1 <= labels_per_class <= most:
            raise DataError(
                f"{self.name!r} cannot give {labels_per_class} labels per class: "
                f"ask for a number from 1 to {most}."
            )
        order = np.random.default_rng(seed).permutation(len(self.y_train))
        labels = self.y_train[order]
        rank = np.empty_like(labels)  # the how-many-eth of its class each image is
        for label in range(len(self.class_names)):
            of_class = labels == label
            rank[of_class] = np.arange(of_class.sum())
        kept = order[rank < labels_per_class]
        return replace(self, x_train=self.x_train[kept], y_train=self.y_train[kept])

    def __repr__(self) -> str:
        shape = "x".join(str(side) for side in self.input_shape)
        return (
            f"Dataset({self.name!r}: {len(self.x_train)} training and {len(self.x_test)} test "
            f"images of {shape}, {len(self.class_names)} classes)"
        )


def letters(
    per_class: int = 100, *, test_per_class: int = 20, style: str = "wild", seed: int = 0
) -> Dataset:
    """Render the 26 capital letters in 20 fonts, each image with a font and light of its own.

    Training images are `(26 * per_class, 16, 16, 1)`, test images likewise, both
    shuffled. The test images are new drawings in the same fonts. Source: rendered here from the
    DejaVu, STIX and Computer Modern fonts that ship with matplotlib. Licence of the images: CC0.

    Raises `DataError` for an unknown style or a count below 1.
    """
    if min(per_class, test_per_class) < 1:
        raise DataError("letters() needs at least 1 image per class: ask for 1 or more.")
    amounts = _style(style)
    rng = np.random.default_rng(seed)
    atlas = _glyphs()
    each = per_class + test_per_class
    y = np.tile(np.arange(len(atlas)), each)
    fonts = rng.integers(atlas.shape[1], size=len(y))
    x = _distort(atlas[y, fonts], amounts, rng)
    test = len(atlas) * test_per_class
    train_order, test_order = rng.permutation(len(y) - test) + test, rng.permutation(test)
    return Dataset(
        name=f"letters, {style}",
        x_train=x[train_order],
        y_train=y[train_order],
        x_test=x[test_order],
        y_test=y[test_order],
        class_names=tuple(string.ascii_uppercase),
        source="rendered from the DejaVu, STIX and Computer Modern fonts that ship with matplotlib",
        licence="CC0 1.0 (the images; the fonts keep their own free licences)",
    )


def digits(style: str = "plain", *, seed: int = 0) -> Dataset:
    """Real handwritten digits: 1,297 to train on and 500 to test on, drawn anew for each seed.

    `style="plain"` enlarges the 8x8 scans to `(n, 16, 16, 1)`; `style="wild"` also turns them by up
    to 25 degrees, shifts, shrinks and dims them and adds noise. Source: "Optical Recognition of
    Handwritten Digits" (E. Alpaydin, C. Kaynak; UCI, 1998), the part that ships with scikit-learn.
    Licence: CC BY 4.0.

    Raises `DataError` for an unknown style.
    """
    amounts = _style(style)
    rng = np.random.default_rng(seed)
    scans = load_digits()
    order = rng.permutation(len(scans.target))
    x = _distort((scans.images[order] / 16).astype(np.float32), amounts, rng)
    y = scans.target[order].astype(np.int64)
    return Dataset(
        name=f"digits, {style}",
        x_train=x[DIGITS_TEST:],
        y_train=y[DIGITS_TEST:],
        x_test=x[:DIGITS_TEST],
        y_test=y[:DIGITS_TEST],
        class_names=tuple(string.digits),
        source="Optical Recognition of Handwritten Digits (Alpaydin and Kaynak, UCI, 1998), "
        "the 1,797 digits that ship with scikit-learn",
        licence="CC BY 4.0",
    )


def _style(name: str) -> Style:
    if name not in STYLES:
        choices = " or ".join(repr(choice) for choice in STYLES)
        raise DataError(f"There is no style {name!r}: use {choices}.")
    return STYLES[name]


def _distort(images: NDArray[np.float32], style: Style, rng: Generator) -> Images:
    """Bring square images of any side to `(n, 16, 16, 1)`, each changed by its own amounts."""
    n = len(images)
    turn = np.deg2rad(rng.uniform(-style.turn, style.turn, n))
    shift = rng.uniform(-style.shift, style.shift, (n, 2)) * 2 / SIDE
    scale = 1 - rng.uniform(0, style.shrink, n)
    ink = 1 - rng.uniform(0, style.dim, n)
    cos, sin = np.cos(turn) / scale, np.sin(turn) / scale
    # For each pixel that is wanted: where it comes from, the image reaching from -1 to 1.
    grid = (np.arange(SIDE) + 0.5) * 2 / SIDE - 1
    y = grid[None, :, None] - shift[:, 0, None, None]
    x = grid[None, None, :] - shift[:, 1, None, None]
    cos, sin = cos[:, None, None], sin[:, None, None]
    pixels = _sample(images, cos * y + sin * x, cos * x - sin * y)
    pixels = pixels * ink[:, None, None] + rng.normal(0, style.noise, pixels.shape)
    return np.clip(pixels, 0, 1).astype(np.float32)[..., None]


def _sample(images: NDArray[np.float32], y: NDArray, x: NDArray) -> NDArray:
    """Read images `(n, s, s)` between their pixels at y, x `(n, h, w)` in [-1, 1]; 0 outside."""
    side = images.shape[1]
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    y, x = (np.clip((at + 1) / 2 * side + 0.5, 0, side + 0.999) for at in (y, x))
    top, left = y.astype(int), x.astype(int)
    down, right = y - top, x - left
    which = np.arange(len(images))[:, None, None]
    upper = padded[which, top, left] * (1 - right) + padded[which, top, left + 1] * right
    lower = padded[which, top + 1, left] * (1 - right) + padded[which, top + 1, left + 1] * right
    return upper * (1 - down) + lower * down


@cache
def _glyphs() -> NDArray[np.float32]:
    """Every letter in every font: `(26, fonts, 48, 48)`, softened for reading at a third."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    fonts = [FT2Font(str(folder / f"{name}.ttf")) for name in FONTS]
    atlas = np.array(
        [[_glyph(font, letter) for font in fonts] for letter in string.ascii_uppercase]
    )
    padded = np.pad(atlas, ((0, 0), (0, 0), (1, 1), (1, 1)))
    side = atlas.shape[-1]
    moved = [padded[..., i : i + side, j : j + side] for i in range(3) for j in range(3)]
    return np.mean(moved, axis=0, dtype=np.float32)


def _glyph(font: FT2Font, letter: str) -> NDArray[np.float32]:
    """Draw one letter as large as fits in the middle of 48x48 pixels."""
    side, longest, size = 48, 44, 48.0
    for _ in range(2):  # the first drawing tells the size of the second
        font.set_size(size, 72)
        font.set_text(letter)
        font.draw_glyphs_to_bitmap(antialiased=True)
        ink = np.asarray(font.get_image(), dtype=np.float32) / 255
        ink = ink[np.ix_(ink.any(axis=1), ink.any(axis=0))]
        size *= longest / max(ink.shape)
    top, left = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    glyph = np.zeros((side, side), np.float32)
    glyph[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return glyph
