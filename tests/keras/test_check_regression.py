"""What the bank of answers does not reach: odd values and refusals of the checks on regressors."""

import keras
import numpy as np
import pytest

from transferlab.check import CheckFailed, regression

Y = np.random.default_rng(0).normal(size=(20, 2))


@pytest.mark.parametrize("answer", [None, "text", ["a", "b"], 0.5, [1.0, 2.0, 3.0], [9.0, 9.0]])
def test_what_is_not_the_r_squared_is_told_so(answer: object) -> None:
    with pytest.raises(CheckFailed):
        regression.r_squared(answer, Y, Y + 0.5)


@pytest.fixture
def regressor() -> keras.Model:
    layers = [keras.layers.Dense(4, name="first"), keras.layers.Dense(2, name="last")]
    return keras.Sequential([keras.Input((3,)), *layers])


def built(regressor: keras.Model, activation: str) -> keras.Model:
    base = keras.Model(regressor.inputs[0], regressor.layers[0].output)
    base.trainable = False
    answer = keras.layers.Dense(5, activation=activation)(base.outputs[0])
    return keras.Model(base.inputs[0], answer)


def test_another_activation_is_told_so(regressor: keras.Model) -> None:
    answer = built(regressor, "relu"), "sparse_categorical_crossentropy"
    with pytest.raises(CheckFailed, match="ReLU turns scores"):
        regression.classifier(answer, regressor, "first", 5)


def test_a_class_of_loss_is_as_good_as_an_object(regressor: keras.Model) -> None:
    answer = built(regressor, "softmax"), keras.losses.SparseCategoricalCrossentropy
    regression.classifier(answer, regressor, "first", 5)


@pytest.mark.parametrize(("loss", "why"), [(None, "for the loss"), ("mae", "for \\*amounts")])
def test_no_loss_and_an_absolute_one_are_told_so(regressor, loss, why) -> None:
    with pytest.raises(CheckFailed, match=why):
        regression.classifier((built(regressor, "softmax"), loss), regressor, "first", 5)
