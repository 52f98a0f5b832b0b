"""Measured effects that lesson 3 tells: a shared base forgets its old task, a clone guesses."""

import keras
import numpy as np
import pytest

from transferlab import backbones, data


def letters_read(model: keras.Model) -> float:
    letters = data.letters()
    return float(np.mean(model(letters.x_test).numpy().argmax(axis=1) == letters.y_test))


@pytest.mark.parametrize("seed", range(3))
def test_training_a_shared_base_on_digits_harms_the_letters_model(seed: int) -> None:
    keras.utils.set_random_seed(seed)
    backbone = backbones.load_backbone("letters")
    before = letters_read(backbone)
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output)
    head = keras.layers.Dense(10, activation="softmax")(base.outputs[0])
    digits_model = keras.Model(base.inputs[0], head)
    digits_model.compile(
        keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy", jit_compile=False
    )
    few = data.digits("plain").few(labels_per_class=30, seed=seed)
    digits_model.fit(few.x_train, few.y_train, epochs=4, verbose=0)
    assert letters_read(backbone) < before - 0.05, (
        "'Shared, or copied?' in lesson 3 says that the letters model reads worse afterwards."
    )


def test_a_clone_guesses() -> None:
    clone = keras.models.clone_model(backbones.load_backbone("letters"))
    assert letters_read(clone) < 0.2
