"""The gap is 0 within a domain and 2 between strangers; refreshing moves statistics alone."""

import keras
import numpy as np
import pytest

from transferlab import adaptation


def rows(n: int, shift: float = 0.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 3)) + shift


def test_gap_tells_strangers_from_relatives_whatever_their_numbers() -> None:
    assert adaptation.domain_gap(rows(100), rows(100, shift=20, seed=1)) == pytest.approx(2)
    assert abs(adaptation.domain_gap(rows(1000), rows(200, seed=1))) < 0.4
    assert adaptation.domain_gap(rows(90), rows(60, 1)) == adaptation.domain_gap(
        rows(90), rows(60, 1)
    )


def test_refreshing_a_frozen_model_gives_its_statistics_and_keeps_its_flags() -> None:
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.BatchNormalization(name="norm"), keras.layers.Dense(2)]
    )
    model.trainable = False
    before = model.get_weights()
    new = adaptation.refreshed(model, rows(50, shift=5).astype("float32"))
    norm = new.get_layer("norm")
    np.testing.assert_allclose(norm.moving_mean.numpy(), rows(50, 5).mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(norm.moving_variance.numpy(), rows(50, 5).var(axis=0), rtol=1e-3)
    assert not norm.trainable
    assert norm.momentum == model.get_layer("norm").momentum
    assert all(map(np.array_equal, before, model.get_weights()))
    np.testing.assert_array_equal(new.layers[-1].kernel.numpy(), model.layers[-1].kernel.numpy())


def test_the_weight_decides_whom_to_believe() -> None:
    source, few = rows(100), rows(4, seed=1)
    there = adaptation.from_both(source, source[:, 0] > 0, few, few[:, 0] < 9, weight=1e4)
    here = adaptation.from_both(source, source[:, 0] > 0, few, few[:, 0] < 9, weight=1e-4)
    assert there.predict(rows(30, seed=2)).mean() > 0.8
    assert here.score(rows(30, seed=2), rows(30, seed=2)[:, 0] > 0) > 0.9
