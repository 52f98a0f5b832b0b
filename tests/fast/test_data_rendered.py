"""Rendered digits have the classes of the real ones, and letters stay what backbones have seen."""

import hashlib

import numpy as np
import pytest

from transferlab import data


def test_rendered_digits_are_balanced_and_named_like_the_real_ones() -> None:
    rendered = data.rendered_digits(per_class=4, test_per_class=3)
    assert rendered.class_names == data.digits().class_names
    assert rendered.x_train.shape == (40, 16, 16, 1)
    assert rendered.x_train.dtype == np.float32
    assert set(np.bincount(rendered.y_train)) == {4}
    assert set(np.bincount(rendered.y_test)) == {3}
    assert repr(rendered).startswith("Dataset('rendered digits, wild': 40 training and 30 test")
    both = np.concatenate([rendered.x_train, rendered.x_test])
    assert len(np.unique(both, axis=0)) == len(both)


def test_rendered_digits_look_like_their_labels() -> None:
    """A 0 has no ink in its middle, a 1 has; a 7 is heavy above, a 6 below."""
    plain = data.rendered_digits(per_class=40, style="plain")
    mean = [plain.x_train[plain.y_train == digit, :, :, 0].mean(axis=0) for digit in range(10)]
    assert mean[1][6:10, 6:10].mean() > 2 * mean[0][6:10, 6:10].mean()
    assert mean[7][:8].sum() > mean[7][8:].sum()
    assert mean[6][8:].sum() > mean[6][:8].sum()


def test_a_seed_fixes_every_image() -> None:
    first, again, other = (data.rendered_digits(3, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.x_train, again.x_train)
    assert not np.array_equal(first.x_train, other.x_train)


def test_too_few_are_refused() -> None:
    with pytest.raises(data.DataError, match="rendered digits of each class: ask for 1 or more"):
        data.rendered_digits(per_class=0)


def test_letters_are_drawn_from_the_same_random_numbers_as_ever() -> None:
    """The backbones were trained on these: labels depend on the seed alone, not on the fonts."""
    letters = data.letters(per_class=30, style="plain", seed=3)
    labels = np.concatenate([letters.y_train, letters.y_test]).astype("<i8").tobytes()
    assert hashlib.sha256(labels).hexdigest()[:16] == "0987dfad11190986"
