"""What the installed Keras does, where lesson 8 says so: linear outputs, unsuitable losses."""

import keras
import numpy as np
import pytest

from transferlab import backbones


@pytest.mark.parametrize("name", ["measurements", "pose"])
def test_output_of_a_regressor_is_linear(name: str) -> None:
    final = backbones.load_backbone(name).layers[-1]
    assert final.activation is keras.activations.linear, (
        "This Keras names no activation otherwise: rewrite 'The anatomy of a regressor', lesson 8."
    )


def softmax_with_squared_error() -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "mean_squared_error", jit_compile=False)
    return model


def test_softmax_with_squared_error_runs_on_a_column_of_labels_without_a_word(recwarn) -> None:
    """The labels (n, 1) are stretched over all outputs: each probability is compared with them."""
    model = softmax_with_squared_error()
    x, y = np.ones((6, 4), dtype="float32"), np.array([0, 1, 2, 2, 1, 0])[:, None]
    expected = np.mean((model(x).numpy() - y) ** 2)
    loss = model.fit(x, y, batch_size=6, verbose=0).history["loss"][0]
    assert loss == pytest.approx(expected, rel=1e-4), (
        "This Keras compares other things: rewrite the message on squared error in "
        "check/regression.py."
    )
    assert not [w for w in recwarn if "loss" in str(w.message)], (
        "This Keras warns: rewrite 'Softmax with squared error' in lesson 8."
    )


def test_squared_error_stops_at_labels_in_one_row() -> None:
    model = softmax_with_squared_error()
    with pytest.raises(ValueError, match="must be equal"):
        model.fit(np.ones((6, 4)), np.array([0, 1, 2, 2, 1, 0]), batch_size=6, verbose=0)


@pytest.mark.parametrize(
    ("loss", "learns"), [("categorical_crossentropy", True), ("mean_squared_error", False)]
)
def test_squared_error_does_not_push_where_softmax_is_sure_and_wrong(loss, learns) -> None:
    layer = keras.layers.Dense(2, activation="softmax", use_bias=False)
    model = keras.Sequential([keras.Input((2,)), layer])
    model.set_weights([np.array([[-9.0, 9.0], [9.0, -9.0]])])  # each class is called by the other
    before = layer.kernel.numpy()
    model.compile(keras.optimizers.SGD(1.0), loss, jit_compile=False)
    model.fit(np.eye(2), np.eye(2), batch_size=2, verbose=0)
    moved = np.abs(layer.kernel.numpy() - before).max()
    assert (moved > 0.1) == learns, "Rewrite 'Softmax with squared error' in lesson 8."
