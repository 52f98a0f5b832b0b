"""What the installed Keras does, where lesson 6 says so: final layers, losses and ResNet-50.

Should a newer Keras behave otherwise, the test that fails names the sentence to be rewritten.
"""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from transferlab import backbones

X = np.random.default_rng(0).normal(size=(60, 4)).astype("float32")
Y = np.arange(60) % 3


@pytest.fixture(scope="module")
def resnet() -> keras.Model:
    return keras.applications.ResNet50(weights=None)


def fitted(
    units: int, activation: str, loss: object, y: np.ndarray = Y, epochs: int = 1
) -> keras.Model:
    """Return a single layer after a few epochs, always from the same weights."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, activation=activation)])
    model.compile(keras.optimizers.SGD(0.5), loss, jit_compile=False)
    model.fit(X, y, shuffle=False, epochs=epochs, verbose=0)
    return model


def sparse(from_logits: bool = False) -> keras.losses.Loss:
    return keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)


def test_resnet_has_177_layers_and_its_last_three_hold_one_layer_with_weights(resnet) -> None:
    assert len(resnet.layers) == 177, "Rewrite 'The patient' in lesson 6."
    assert [bool(layer.weights) for layer in resnet.layers[-3:]] == [False, False, True]


def test_three_classes_cost_6147_parameters(resnet) -> None:
    head = keras.layers.Dense(3)
    head(resnet.layers[-1].input)
    assert head.count_params() == 6147


def test_without_its_top_resnet_ends_with_the_maps_before_the_average(resnet) -> None:
    topless = keras.applications.ResNet50(weights=None, include_top=False)
    last = resnet.get_layer(topless.layers[-1].name)
    assert last.output is resnet.get_layer("avg_pool").input
    assert last.output.shape[1:] == (7, 7, 2048)


def test_dense_stacks_on_softmax_without_a_word(resnet) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stacked = keras.Model(resnet.input, keras.layers.Dense(3, "softmax")(resnet.output))
    assert stacked.layers[-1].count_params() == 3003


def test_resnet_as_a_chain_fails_at_once(resnet) -> None:
    with pytest.raises(ValueError, match="incompatible with the layer"):
        keras.Sequential([*resnet.layers[:-1], keras.layers.Dense(3)])


def test_small_resnet_as_a_chain_fails_at_its_first_image() -> None:
    backbone = backbones.load_backbone("letters_resnet")
    chain = keras.Sequential([*backbone.layers[:-1], keras.layers.Dense(10)])
    with pytest.raises(ValueError, match="merge layer"):
        chain(np.zeros((1, 16, 16, 1)))


def test_dense_on_maps_answers_for_each_place() -> None:
    assert keras.layers.Dense(3, "softmax")(keras.Input((2, 2, 5))).shape == (None, 2, 2, 3)


@pytest.mark.parametrize(
    ("units", "loss", "y"),
    [
        (3, "categorical_crossentropy", Y),
        (3, "sparse_categorical_crossentropy", np.eye(3)[Y]),
        (2, "sparse_categorical_crossentropy", Y),
    ],
    ids=["whole numbers", "one-hot", "label out of range"],
)
def test_fit_notices_wrong_shapes_and_labels_out_of_range(units, loss, y) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 (TensorFlow's own type for the last one)
        fitted(units, "softmax", loss, y)


@pytest.mark.parametrize(
    ("units", "loss", "y"),
    [(5, "sparse_categorical_crossentropy", Y), (3, "mean_squared_error", Y[:, None])],
    ids=["superfluous outputs", "squared error of a column of labels"],
)
def test_fit_does_not_notice_what_makes_no_sense(units, loss, y) -> None:
    fitted(units, "softmax", loss, y)


def test_sigmoid_trains_as_softmax_does_and_gives_no_probabilities() -> None:
    right, wrong = (fitted(3, name, sparse(), epochs=5) for name in ("softmax", "sigmoid"))
    assert np.allclose(right.get_weights()[0], wrong.get_weights()[0], atol=1e-5), (
        "This Keras no longer looks behind a sigmoid: rewrite 'the treacherous one' in lesson 6, "
        "and its quiz question."
    )
    assert not np.allclose(wrong(X).numpy().sum(axis=1), 1, atol=0.05)


def test_softmax_with_from_logits_warns_and_does_no_harm() -> None:
    with pytest.warns(UserWarning, match="from_logits=True"):
        contradiction = fitted(3, "softmax", sparse(from_logits=True), epochs=5)
    right = fitted(3, "softmax", sparse(), epochs=5)
    assert np.allclose(right.get_weights()[0], contradiction.get_weights()[0], atol=1e-5), (
        "This Keras no longer looks behind a softmax: rewrite the list after the five heads."
    )


def test_linear_needs_from_logits() -> None:
    right = fitted(3, "softmax", sparse(), epochs=5).get_weights()[0]
    scores = fitted(3, "linear", sparse(from_logits=True), epochs=5).get_weights()[0]
    bare = fitted(3, "linear", sparse(), epochs=5).get_weights()[0]
    assert np.allclose(right, scores, atol=1e-5)
    assert not np.allclose(right, bare, atol=1e-2)


def test_scores_taken_for_probabilities_give_no_gradient_where_they_are_cut_off() -> None:
    outputs = tf.Variable([[-1.0, 0.5, 2.0]] * 3)
    with tf.GradientTape() as tape:
        loss = keras.losses.sparse_categorical_crossentropy(np.arange(3), outputs)
    slopes = tape.gradient(loss, outputs).numpy()
    assert np.all(slopes[:, [0, 2]] == 0), "Rewrite what lesson 6 says of the linear head."
    assert np.any(slopes[:, 1] != 0)


def test_third_argument_of_compile_is_loss_weights() -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", ["accuracy"])
    with pytest.raises(ValueError, match="string"):
        model.fit(X, Y, verbose=0)
