"""The data sets are what they say: shapes, ranges, seeds, styles; and wrong requests say so."""

import numpy as np
import pytest

from transferlab import data
from transferlab.data import characters, styles


@pytest.mark.parametrize(
    ("dataset", "train", "test", "classes"),
    [
        (data.letters(per_class=10, test_per_class=4), 260, 104, 26),
        (data.letters(per_class=3, style="plain"), 78, 520, 26),
        (data.digits("plain"), 1297, 500, 10),
        (data.digits("wild"), 1297, 500, 10),
        (data.digits("turned"), 1297, 500, 10),
        (data.textures(per_class=3, test_per_class=2), 36, 24, 12),
        (data.rotations(data.letters(per_class=1, test_per_class=1)), 104, 104, 4),
    ],
    ids=lambda value: value.name if isinstance(value, data.Dataset) else "",
)
def test_shapes_types_and_range(dataset, train, test, classes):
    assert dataset.x_train.shape == (train, 16, 16, 1)
    assert dataset.x_test.shape == (test, 16, 16, 1)
    assert dataset.input_shape == (16, 16, 1)
    assert len(dataset.class_names) == classes
    assert dataset.source
    assert dataset.licence
    for x, y in ((dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)):
        assert x.dtype == np.float32
        assert y.dtype == np.int64
        assert y.shape == (len(x),)
        assert x.min() >= 0
        assert 0.9 < x.max() <= 1
        assert set(y) == set(range(classes))
        assert x.std(axis=(1, 2, 3)).min() > 0.05, "an image is empty"


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: data.letters(per_class=5, seed=seed),
        lambda seed: data.digits("plain", seed=seed),
        lambda seed: data.digits("wild", seed=seed),
        lambda seed: data.digits("plain").few(5, seed=seed),
        lambda seed: data.textures(per_class=2, seed=seed),
        lambda seed: data.rotations(data.letters(per_class=1), seed=seed),
        lambda seed: data.measurements(20, n_test=10, seed=seed),
        lambda seed: data.pose(20, n_test=10, seed=seed),
    ],
    ids=[
        *("letters", "plain digits", "wild digits", "few"),
        *("textures", "rotations", "measurements", "pose"),
    ],
)
def test_a_seed_fixes_every_image(make):
    first, again, other = make(1), make(1), make(2)
    for part in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(first, part), getattr(again, part))
    assert not np.array_equal(first.x_train, other.x_train)


def test_letters_are_balanced_and_no_test_letter_was_in_training():
    letters = data.letters(per_class=7, test_per_class=3)
    assert set(np.bincount(letters.y_train)) == {7}
    assert set(np.bincount(letters.y_test)) == {3}
    both = np.concatenate([letters.x_train, letters.x_test])
    assert len(np.unique(both, axis=0)) == len(both)


def test_letters_look_like_their_labels():
    """Rows and columns of an L and a T, drawn plainly: right way up and not mirrored."""
    plain = data.letters(per_class=40, style="plain")
    mean = {
        name: plain.x_train[plain.y_train == label, :, :, 0].mean(axis=0)
        for label, name in enumerate(plain.class_names)
    }
    assert mean["L"][:8, :8].sum() > 2 * mean["L"][:8, 8:].sum()
    assert mean["T"][:4].sum() > 1.3 * mean["T"][-4:].sum()


def test_every_font_draws_different_letters():
    glyphs = characters.glyphs()
    assert glyphs.shape[:2] == (26, len(characters.FONTS))
    drawings = glyphs.reshape(-1, glyphs.shape[-1] ** 2)
    assert len(np.unique(drawings, axis=0)) == len(drawings)


def test_plain_digits_are_the_scans_enlarged():
    from sklearn.datasets import load_digits

    digits = data.digits("plain")
    both = np.concatenate([digits.x_test, digits.x_train])[..., 0]
    halved = both.reshape(-1, 8, 2, 8, 2).mean(axis=(2, 4))
    labels = np.concatenate([digits.y_test, digits.y_train])
    scans = load_digits()
    order = np.random.default_rng(0).permutation(len(scans.target))
    np.testing.assert_array_equal(labels, scans.target[order])
    small = scans.images[order] / 16
    for mine, theirs in zip(halved[:50], small[:50], strict=True):
        assert np.corrcoef(mine.ravel(), theirs.ravel())[0, 1] > 0.95


def test_the_wild_is_harder_than_plain():
    """The same digits, turned, shifted, shrunk, dimmed and noisy: no row of paper stays clean."""
    plain, wild = data.digits("plain"), data.digits("wild")
    np.testing.assert_array_equal(plain.y_test, wild.y_test)
    assert wild.x_test.max(axis=(1, 2, 3)).mean() < plain.x_test.max(axis=(1, 2, 3)).mean() - 0.05
    paper = plain.x_test == 0
    assert wild.x_test[paper].std() > 0.02


def test_a_distorted_image_stays_within_its_style():
    """A dot in the middle moves by the shift alone, however the image is turned or shrunk."""
    dots = np.zeros((500, 16, 16), np.float32)
    dots[:, 7:9, 7:9] = 1
    style = data.Style(turn=25, shift=1.5, shrink=0.25)
    moved = styles.distort(dots, style, np.random.default_rng(0))[..., 0]
    where = np.arange(16)
    for axis in (1, 2):
        centre = (moved.sum(axis=3 - axis) * where).sum(axis=1) / moved.sum(axis=(1, 2)) - 7.5
        assert 1.2 < abs(centre).max() < 1.8


def test_few_keeps_so_many_of_each_class_and_leaves_the_test_alone():
    digits = data.digits()
    few = digits.few(7, seed=3)
    assert set(np.bincount(few.y_train)) == {7}
    assert few.x_test is digits.x_test
    known = {x.tobytes(): y for x, y in zip(digits.x_train, digits.y_train, strict=True)}
    assert all(known[x.tobytes()] == y for x, y in zip(few.x_train, few.y_train, strict=True)), (
        "an image lost its label"
    )
    assert not np.array_equal(few.y_train, np.sort(few.y_train)), "the classes stand in a row"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (lambda: data.digits("tame"), ["'tame'", "'plain', 'wild' or 'turned'"]),
        (lambda: data.letters(style="bold"), ["'bold'", "'plain', 'wild' or 'turned'"]),
        (lambda: data.letters(per_class=0), ["1 or more"]),
        (lambda: data.digits().few(1000), ["1000", "from 1 to "]),
        (lambda: data.digits().few(0), ["0", "from 1 to "]),
        (lambda: data.textures(per_class=0), ["1 or more"]),
        (lambda: data.measurements(1), ["2 images or more"]),
        (lambda: data.pose(style="plain"), ["'plain'", "use 'wild'"]),
    ],
    ids=[
        *("digits style", "letters style", "no letters", "too many labels", "no labels"),
        *("no textures", "one image", "pose without turning"),
    ],
)
def test_a_wrong_request_is_told_in_one_sentence(request_, words):
    with pytest.raises(data.DataError) as caught:
        request_()
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message
    assert " ".join(caught.value._render_traceback_()) == f"DataError: {message}"


def test_a_data_set_describes_itself_in_one_line():
    assert repr(data.digits("wild")) == (
        "Dataset('digits, wild': 1297 training and 500 test images of 16x16x1, 10 classes)"
    )


def test_the_most_that_few_can_give_is_given():
    digits = data.digits()
    most = np.bincount(digits.y_train).min()
    assert len(digits.few(int(most)).y_train) == 10 * most
    with pytest.raises(data.DataError):
        digits.few(int(most) + 1)
