"""What the bank of answers does not reach: odd values and refusals of the checks on features."""

import keras
import numpy as np
import pytest

from transferlab.check import CheckFailed, features

SCANS = np.random.default_rng(0).integers(0, 256, (3, 16, 16), dtype="uint8")


@pytest.fixture
def model() -> keras.Model:
    return keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, name="first"), keras.layers.Dense(2, name="last")]
    )


def test_features_may_be_a_tensor(model: keras.Model) -> None:
    rows = np.ones((2, 4), dtype="float32")
    features.extracted(model.layers[0](rows), model, "first", rows)


@pytest.mark.parametrize("answer", ["text", None, [[1, 2], [3]]])
def test_what_is_no_array_is_told_so(answer: object) -> None:
    with pytest.raises(CheckFailed):
        features.preprocessed(answer, SCANS)


def test_other_numbers_of_the_right_shape_are_told_so(model: keras.Model) -> None:
    rows = np.ones((2, 4), dtype="float32")
    with pytest.raises(CheckFailed, match="the numbers are others"):
        features.extracted(np.zeros((2, 3)), model, "first", rows)


def test_other_values_are_told_with_their_range() -> None:
    with pytest.raises(CheckFailed, match="Your values reach from 0 to 0"):
        features.preprocessed(np.zeros((3, 16, 16, 1)), SCANS)


def test_an_accuracy_of_another_set_is_told_so() -> None:
    def evaluate(x, y, x_test, y_test):
        centres = np.stack([x[y == label].mean(axis=0) for label in np.unique(y)])
        gaps = ((x_test[:, None] - centres) ** 2).sum(axis=2)
        return 1.0, gaps.argmin(axis=1)

    with pytest.raises(CheckFailed, match="score on the training data"):
        features.evaluation(evaluate)


def test_guessing_is_not_learning() -> None:
    with pytest.raises(CheckFailed, match="go through the same scaler"):
        features.evaluation(lambda x, y, xt, yt: (np.mean(yt == 0), np.zeros(len(yt), int)))
