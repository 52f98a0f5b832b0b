"""What lesson 10 says of Keras: how the statistics of BatchNorm move, and what keeps them still."""

import keras
import numpy as np
import pytest

LESSON = "rewrite lesson 10 (10_domain_adaptation), section"
BATCH = np.array([[8.0], [12.0]], dtype="float32")


@pytest.fixture
def norm() -> keras.layers.BatchNormalization:
    layer = keras.layers.BatchNormalization(momentum=0.9)
    layer.build((None, 1))
    return layer


def test_a_call_in_training_mode_goes_a_tenth_of_the_way(norm) -> None:
    for call in range(1, 5):
        norm(BATCH, training=True)
        np.testing.assert_allclose(
            [norm.moving_mean.numpy()[0], norm.moving_variance.numpy()[0]],
            [10 * (1 - 0.9**call), 4 + (1 - 4) * 0.9**call],
            rtol=1e-5,
            err_msg=f"momentum means something else: {LESSON} 'How statistics move'",
        )


def test_inference_mode_and_a_frozen_layer_keep_statistics_still(norm) -> None:
    norm(BATCH, training=False)
    norm.trainable = False
    norm(BATCH, training=True)
    assert norm.moving_mean.numpy()[0] == 0, f"statistics moved: {LESSON} 'How statistics move'"


def test_a_layer_thawed_by_its_flag_moves_again(norm) -> None:
    norm.trainable = False
    norm.trainable = True
    norm(BATCH, training=True)
    assert norm.moving_mean.numpy()[0] > 0, f"{LESSON} 'Exercise 2', which says so of the copy"


def test_momentum_may_be_set_afterwards_and_0_leaves_nothing_of_the_old(norm) -> None:
    norm.momentum = 0.0
    norm(BATCH, training=True)
    np.testing.assert_allclose(
        [norm.moving_mean.numpy()[0], norm.moving_variance.numpy()[0]],
        [10, 4],
        err_msg=f"{LESSON} 'What does it bring?', and `adaptation.refreshed`",
    )


def test_a_call_without_fit_moves_statistics_and_nothing_else() -> None:
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(2), keras.layers.BatchNormalization(name="norm")]
    )
    before = model.get_weights()
    model(BATCH, training=True)
    pairs = zip(before, model.weights, strict=True)
    moved = [weight.name for old, weight in pairs if not np.array_equal(old, weight.numpy())]
    assert moved == ["moving_mean", "moving_variance"], f"{LESSON} 'How statistics move'"


def test_a_clone_has_random_weights_and_the_flags() -> None:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(9, name="dense")])
    model.get_layer("dense").trainable = False
    copy = keras.models.clone_model(model)
    assert not np.array_equal(copy.get_weights()[0], model.get_weights()[0]), LESSON
    assert not copy.get_layer("dense").trainable, f"{LESSON} 'Exercise 2': flags come along"
