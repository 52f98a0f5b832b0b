"""Pictures of letters and digits in several styles; it must not know any model or lesson."""

import string
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font
from numpy.random import Generator
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from transferlab.data.dataset import DataError, Dataset, Images, Labels
from transferlab.data.styles import distort, find_style

DIGITS_TEST = 500
# Scans of 8x8 pixels have no margin: what leaves a letter readable would destroy a digit.
DIGITS_MILDER = 0.7
TURNS = ("0°", "90°", "180°", "270°")  # counter-clockwise
FONTS = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    *("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
    *("DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSansMono-Oblique"),
    *("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
    *("cmr10", "cmb10", "cmss10", "cmtt10", "cmmi10"),
)
FONTS_SOURCE = "rendered from the DejaVu, STIX and Computer Modern fonts that ship with matplotlib"
FONTS_LICENCE = "CC0 1.0 (the images; the fonts keep their own free licences)"


def letters(
    per_class: int = 100, *, test_per_class: int = 20, style: str = "wild", seed: int = 0
) -> Dataset:
    """Render the 26 capital letters in 20 fonts, each image with its own font and light.

    Training images are `(26 * per_class, 16, 16, 1)`, test images likewise, both
    shuffled. The test images are new drawings in the same fonts. Source: rendered here from the
    DejaVu, STIX and Computer Modern fonts that ship with matplotlib. Licence of the images: CC0.

    Raises `DataError` for an unknown style or a count below 1.
    """
    return _rendered("letters", string.ascii_uppercase, per_class, test_per_class, style, seed)


def rendered_digits(
    per_class: int = 100, *, test_per_class: int = 20, style: str = "wild", seed: int = 0
) -> Dataset:
    """Render the digits 0 to 9 in the fonts of `letters`: printed, not handwritten.

    Training images are `(10 * per_class, 16, 16, 1)`, test images likewise, both shuffled. The
    classes are those of `digits`, whose images are real. Source and licence as for `letters`.

    Raises `DataError` for an unknown style or a count below 1.
    """
    return _rendered("rendered digits", string.digits, per_class, test_per_class, style, seed)


def _rendered(
    name: str, drawn: str, per_class: int, test_per_class: int, style: str, seed: int
) -> Dataset:
    if min(per_class, test_per_class) < 1:
        raise DataError(f"There have to be {name} of each class: ask for 1 or more.")
    amounts = find_style(style)
    rng = np.random.default_rng(seed)
    atlas = glyphs(drawn)
    each = per_class + test_per_class
    y = np.tile(np.arange(len(atlas)), each)
    fonts = rng.integers(atlas.shape[1], size=len(y))
    x = distort(atlas[y, fonts], amounts, rng)
    test = len(atlas) * test_per_class
    train_order, test_order = rng.permutation(len(y) - test) + test, rng.permutation(test)
    return Dataset(
        name=f"{name}, {style}",
        x_train=x[train_order],
        y_train=y[train_order],
        x_test=x[test_order],
        y_test=y[test_order],
        class_names=tuple(drawn),
        source=FONTS_SOURCE,
        licence=FONTS_LICENCE,
    )


def digits(style: str = "plain", *, seed: int = 0) -> Dataset:
    """Return real handwritten digits: 1,297 to train on and 500 to test on, split by the seed.

    `style="plain"` enlarges the 8x8 scans to `(n, 16, 16, 1)`; `style="wild"` also turns them by up
    to 25 degrees, shifts, shrinks and dims them and adds noise; `style="turned"` only turns them,
    by up to 90 degrees to either side. Source: "Optical Recognition of
    Handwritten Digits" (E. Alpaydin, C. Kaynak; UCI, 1998), the part that ships with scikit-learn.
    Licence: CC BY 4.0.

    Raises `DataError` for an unknown style.
    """
    amounts = find_style(style).milder(DIGITS_MILDER)
    rng = np.random.default_rng(seed)
    scans = load_digits()
    order = rng.permutation(len(scans.target))
    x = distort((scans.images[order] / 16).astype(np.float32), amounts, rng)
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


def rotations(dataset: Dataset, *, seed: int = 0) -> Dataset:
    """Turn each image by zero, one, two and three quarter turns; the turn is the label to predict.

    The labels of `dataset` are not used, so that a network can learn from images that nobody has
    labelled (Gidaris et al., 2018, "Unsupervised representation learning by predicting image
    rotations"). Returns four times as many images, shuffled by the seed; source and licence are
    those of `dataset`.
    """
    rng = np.random.default_rng(seed)
    x_train, y_train = _in_four_turns(dataset.x_train, rng)
    x_test, y_test = _in_four_turns(dataset.x_test, rng)
    return Dataset(
        name=f"rotations of {dataset.name}",
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        class_names=TURNS,
        source=f"{dataset.source}; turned by quarters, their labels left out",
        licence=dataset.licence,
    )


def _in_four_turns(x: Images, rng: Generator) -> tuple[Images, Labels]:
    turned = np.concatenate([np.rot90(x, turn, axes=(1, 2)) for turn in range(len(TURNS))])
    turns = np.repeat(np.arange(len(TURNS)), len(x))
    order = rng.permutation(len(turned))
    return turned[order], turns[order]


@cache
def glyphs(drawn: str = string.ascii_uppercase) -> NDArray[np.float32]:
    """Return each character in every font, `(n, fonts, 48, 48)`, blurred to be read at a third."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    fonts = [FT2Font(str(folder / f"{name}.ttf")) for name in FONTS]
    atlas = np.array([[_glyph(font, character) for font in fonts] for character in drawn])
    padded = np.pad(atlas, ((0, 0), (0, 0), (1, 1), (1, 1)))
    side = atlas.shape[-1]
    moved = [padded[..., i : i + side, j : j + side] for i in range(3) for j in range(3)]
    return np.mean(moved, axis=0, dtype=np.float32)


def _glyph(font: FT2Font, character: str) -> NDArray[np.float32]:
    """Draw one character as large as fits in the middle of 48x48 pixels."""
    side, longest, size = 48, 44, 48.0
    for _ in range(2):  # the first drawing gives the size for the second
        font.set_size(size, 72)
        font.set_text(character)
        font.draw_glyphs_to_bitmap(antialiased=True)
        ink = np.asarray(font.get_image(), dtype=np.float32) / 255
        ink = ink[np.ix_(ink.any(axis=1), ink.any(axis=0))]
        size *= longest / max(ink.shape)
    top, left = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    glyph = np.zeros((side, side), np.float32)
    glyph[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return glyph
