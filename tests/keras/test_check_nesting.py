"""What the bank does not reach in the checks on models as layers."""

import keras
import pytest

from transferlab.check import CheckFailed, nesting


def test_twin_of_the_right_size_with_other_numbers_is_refused() -> None:
    base = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    inputs = [keras.Input((4,)), keras.Input((4,))]
    dot = keras.layers.Dot(axes=1, normalize=True)([base(image) for image in inputs])
    with pytest.raises(CheckFailed, match="An image and itself"):
        nesting.twin(keras.Model(inputs, 0.5 * dot), base)


def test_what_is_frozen_of_base_and_head_is_told_apart() -> None:
    inputs = keras.Input((4,))
    outputs = keras.layers.Dense(3)(keras.layers.Dense(3)(inputs))
    for _ in range(2):
        outputs = keras.layers.Dense(2)(outputs)
    backbone = keras.Model(inputs, outputs)
    given = nesting.backbone(backbone)
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output)
    model = keras.Sequential([base, keras.layers.Dense(2, activation="softmax")])
    model.layers[-1].trainable = False
    with pytest.raises(CheckFailed, match="base still learns"):
        nesting.nested(model, given, classes=2)
    base.trainable = False
    with pytest.raises(CheckFailed, match="Nothing in your model can learn"):
        nesting.nested(model, given, classes=2)
