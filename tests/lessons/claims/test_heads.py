"""The effects that lesson 6 speaks of, each recomputed on three seeds."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from transferlab import backbones, data
from transferlab.training import linear_probe, on_pixels

SEEDS = range(3)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def wild() -> list[data.Dataset]:
    return [data.digits("wild", seed=seed).few(100, seed=seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def backbone() -> keras.Model:
    return backbones.load_backbone("letters_resnet")


@pytest.fixture(scope="module")
def before_head(backbone) -> keras.Model:
    return keras.Model(backbone.inputs[0], backbone.layers[-1].input)


@pytest.fixture(scope="module")
def in_place(wild, before_head) -> float:
    return probed(wild, before_head)


def probed(wild: list[data.Dataset], extract: Callable) -> float:
    return float(np.mean([linear_probe(extract, task) for task in wild]))


def trained(
    base: keras.Model, task: data.Dataset, activation: str = "softmax"
) -> tuple[list[float], float]:
    """Return the losses of six epochs and the accuracy of a new layer, as the lesson trains it."""
    keras.utils.set_random_seed(0)
    head = keras.Sequential(
        [keras.Input(base.output_shape[1:]), keras.layers.Dense(10, activation=activation)]
    )
    head.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", jit_compile=False)
    rows = base(task.x_train).numpy()
    history = head.fit(rows, task.y_train, batch_size=100, epochs=6, verbose=0)
    guesses = head(base(task.x_test)).numpy().argmax(axis=1)
    return history.history["loss"], float(np.mean(guesses == task.y_test))


def test_stacked_head_hardly_learns(wild, backbone, before_head) -> None:
    losses, stacked = trained(backbone, wild[0])
    assert losses[-1] > 0.8 * np.log(10)
    losses, placed = trained(before_head, wild[0])
    assert losses[-1] < 0.4 * np.log(10)
    assert placed > stacked + 0.2


def test_patience_helps_the_stacked_head_and_is_not_enough(wild, backbone, in_place) -> None:
    patient = probed(wild, backbone)
    assert patient > trained(backbone, wild[0])[1] + 0.1
    assert in_place > patient + 0.1


def test_averaging_costs_accuracy_where_the_backbone_was_trained_flat(
    wild, backbone, in_place
) -> None:
    maps = backbone.get_layer("pool3").output
    row = keras.layers.GlobalAveragePooling2D()(maps)
    assert in_place > probed(wild, keras.Model(backbone.inputs[0], row)) + 0.02


def test_backbone_beats_pixels_and_translation(wild, backbone, in_place) -> None:
    assert in_place > float(np.mean([on_pixels(task) for task in wild])) + 0.1
    task = wild[0]
    letter = backbone(task.x_train).numpy().argmax(axis=1)
    table = [np.bincount(task.y_train[letter == i], minlength=10).argmax() for i in range(26)]
    guesses = np.take(table, backbone(task.x_test).numpy().argmax(axis=1))
    assert in_place > np.mean(guesses == task.y_test) + 0.2


def test_linear_layer_without_from_logits_guesses(wild, before_head) -> None:
    _, accuracy = trained(before_head, wild[0], activation="linear")
    assert accuracy < 0.3


def test_letter_reader_is_sure_of_digits(wild, backbone) -> None:
    """It sounds sure, though no letter is right: the mean probability is far above 1/26."""
    assert backbone(wild[0].x_test).numpy().max(axis=1).mean() > 0.4
