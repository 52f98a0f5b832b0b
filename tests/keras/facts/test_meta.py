"""What the installed Keras does, where lesson 12 says so.

Should a newer Keras behave otherwise, the test that fails names the sentence to be rewritten.
"""

import keras
import numpy as np
import pytest

from transferlab import meta

TASK, OTHER = meta.sine_tasks(2, seed=5)


@pytest.fixture
def model() -> keras.Sequential:
    return meta.network(0)


def equal(one: meta.Weights, other: meta.Weights) -> bool:
    return all(map(np.array_equal, one, other))


def test_get_weights_gives_copies_that_training_does_not_change(model: keras.Sequential) -> None:
    kept = model.get_weights()
    text = b"".join(array.tobytes() for array in kept)
    model.train_on_batch(*TASK[:2])
    assert b"".join(array.tobytes() for array in kept) == text, (
        "get_weights() no longer gives copies: rewrite 'A model remembers' in lesson 12."
    )
    assert not equal(kept, model.get_weights())


def test_set_weights_takes_the_values_and_not_the_arrays(model: keras.Sequential) -> None:
    given = meta.network(1).get_weights()
    before = [array.copy() for array in given]
    model.set_weights(given)
    model.train_on_batch(*TASK[:2])
    assert equal(given, before), "set_weights() keeps the arrays: rewrite lesson 12, exercise 3."


def test_train_on_batch_is_one_step_of_the_optimizer(model: keras.Sequential) -> None:
    start = model.get_weights()
    model.train_on_batch(*TASK[:2])
    for found, expected in zip(
        model.get_weights(), meta.adapt(model, start, *TASK[:2], steps=1)[1], strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=1e-5)
    assert int(model.optimizer.iterations.numpy()) == 1


def test_set_weights_leaves_the_optimizers_memory(model: keras.Sequential) -> None:
    start = model.get_weights()
    model.compile(keras.optimizers.Adam(), "mse", jit_compile=False)
    model.train_on_batch(*OTHER[:2])
    model.set_weights(start)
    assert int(model.optimizer.iterations.numpy()) == 1, (
        "set_weights() resets the optimizer: rewrite the note on Adam in lesson 12."
    )
    model.train_on_batch(*TASK[:2])
    remembered = model.get_weights()
    model.set_weights(start)
    model.compile(keras.optimizers.Adam(), "mse", jit_compile=False)
    model.train_on_batch(*TASK[:2])
    assert not equal(remembered, model.get_weights())


def test_stateless_call_leaves_the_models_own_weights(model: keras.Sequential) -> None:
    own, other = model.get_weights(), meta.network(1).get_weights()
    answers = meta.predict(model, other, TASK[2])
    assert equal(own, model.get_weights())
    model.set_weights(other)
    np.testing.assert_allclose(answers, model(TASK[2]), atol=1e-5)
