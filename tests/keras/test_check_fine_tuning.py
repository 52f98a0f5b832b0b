"""What the bank of answers does not reach: odd values and refusals of the checks on fine-tuning."""

import keras
import numpy as np
import pytest

from transferlab.check import CheckFailed, fine_tuning


@pytest.fixture
def model() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(4, name="first"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dense(3, activation="softmax", name="head"),
        ]
    )


def test_batchnorm_without_scale_and_shift_must_be_frozen_too() -> None:
    norm = keras.layers.BatchNormalization(scale=False, center=False)
    model = keras.Sequential([keras.Input((4,)), norm, keras.layers.Dense(3)])
    with pytest.raises(CheckFailed, match="BatchNorm is free"):
        fine_tuning.fine_tunable(model, fine_tuning.given(model))


def test_a_layer_left_frozen_is_named(model: keras.Model) -> None:
    model.trainable = False
    before = fine_tuning.given(model)
    model.trainable = True
    model.layers[0].trainable = False
    model.layers[1].trainable = False
    with pytest.raises(CheckFailed, match="'first' is still frozen"):
        fine_tuning.fine_tunable(model, before)


def test_an_optimizer_that_has_made_steps_is_refused(model: keras.Model) -> None:
    before = fine_tuning.given(model)
    optimizer = keras.optimizers.SGD(0.001)
    optimizer.iterations.assign(3)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    with pytest.raises(CheckFailed, match="made steps already"):
        fine_tuning.compiled_to_fine_tune(model, before, 0.1)


def test_the_highest_rate_of_a_schedule_counts(model: keras.Model) -> None:
    before = fine_tuning.given(model)
    rising = keras.optimizers.schedules.PiecewiseConstantDecay([50], [1e-4, 0.1])
    model.compile(keras.optimizers.SGD(rising), "sparse_categorical_crossentropy")
    with pytest.raises(CheckFailed, match="is the one of the warm-up"):
        fine_tuning.compiled_to_fine_tune(model, before, 0.1)


def test_a_model_that_was_trained_is_not_the_one_that_came(model: keras.Model) -> None:
    before = fine_tuning.given(model)
    model.set_weights([weight + 1 for weight in model.get_weights()])
    with pytest.raises(CheckFailed, match="not those that the model came with"):
        fine_tuning.fine_tunable(model, before)


@pytest.mark.parametrize("answer", [None, 3, [], "head"])
def test_what_is_no_plan_is_told_so(answer: object, model: keras.Model) -> None:
    with pytest.raises(CheckFailed, match="Your function returned"):
        fine_tuning.plan_from_the_top(answer, model, 2)


def test_a_plan_with_a_hole_is_told_so(model: keras.Model) -> None:
    chain = keras.Sequential([keras.Input((4,)), *(keras.layers.Dense(4, name=n) for n in "abcd")])
    with pytest.raises(CheckFailed, match="leaves out a layer between"):
        fine_tuning.plan_from_the_top([{"d", "b"}, set("abcd")], chain, 2)


@pytest.mark.parametrize("value", [None, "much", np.ones(3)])
def test_a_rate_is_a_number(value: object) -> None:
    with pytest.raises(CheckFailed, match="number"):
        fine_tuning.rates_from_the_top({"a": value}, ["a"], 0.1, 2)
