"""What the installed Keras does, where a lesson says so: each statement on freezing as a test.

Should a newer Keras behave otherwise, the test that fails names the sentence to be rewritten.
"""

import keras
import numpy as np
import pytest

X = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
Y = np.random.default_rng(1).integers(0, 3, size=32)


def small_model() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(4, activation="tanh"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


def compile_(model: keras.Model) -> None:
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)


def first_layer_moves(model: keras.Model) -> bool:
    before = model.layers[0].kernel.numpy()
    model.fit(X, Y, verbose=0)
    return not np.array_equal(before, model.layers[0].kernel.numpy())


def test_sequential_hides_its_input_layer_and_functional_lists_it() -> None:
    model = small_model()
    functional = keras.Model(model.inputs, model.outputs)
    assert len(functional.layers) == len(model.layers) + 1
    assert isinstance(functional.layers[0], keras.layers.InputLayer)
    assert functional.layers[-1] is model.layers[-1]


def test_layers_is_a_copy() -> None:
    model = small_model()
    model.layers.pop()
    assert len(model.layers) == 2


def test_freezing_after_fit_without_compile_has_no_effect() -> None:
    model = small_model()
    compile_(model)
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    assert first_layer_moves(model), (
        "This Keras heeds a flag set after fit: rewrite 'The stale compile' in lesson 2."
    )
    compile_(model)
    assert not first_layer_moves(model)


def test_freezing_after_fit_gives_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    model = small_model()
    compile_(model)
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    recwarn.clear()
    model.fit(X, Y, verbose=0)
    assert [
        str(warning.message) for warning in recwarn if "trainable" in str(warning.message)
    ] == [], "This Keras warns of a stale compile: say so in lesson 2."


def test_another_batch_size_traces_the_step_again() -> None:
    model = small_model()
    compile_(model)
    model.fit(X, Y, batch_size=32, verbose=0)
    model.layers[0].trainable = False
    before = model.layers[0].kernel.numpy()
    model.fit(X, Y, batch_size=8, verbose=0)
    assert np.array_equal(before, model.layers[0].kernel.numpy())


def test_unfreezing_after_fit_without_compile_has_no_effect() -> None:
    model = small_model()
    model.layers[0].trainable = False
    compile_(model)
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = True
    assert not first_layer_moves(model), (
        "This Keras heeds a flag set after fit: rewrite 'The stale compile' in lesson 2."
    )
    compile_(model)
    assert first_layer_moves(model)


def test_freezing_between_compile_and_the_first_fit_works() -> None:
    model = small_model()
    compile_(model)
    model.layers[0].trainable = False
    assert not first_layer_moves(model)


def test_eager_mode_heeds_the_flag_at_once() -> None:
    model = small_model()
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    assert not first_layer_moves(model)


def test_model_flag_is_passed_on_only_when_it_changes() -> None:
    model = small_model()
    model.layers[0].trainable = False
    model.trainable = True
    assert model.layers[0].trainable is False
    model.trainable = False
    model.trainable = True
    assert model.layers[0].trainable is True


def test_frozen_model_hides_its_trainable_layers() -> None:
    model = small_model()
    model.trainable = False
    model.layers[-1].trainable = True
    assert model.trainable_weights == []


def test_text_counts_as_true_and_a_misspelt_flag_is_accepted() -> None:
    layer = small_model().layers[0]
    layer.trainable = "False"
    layer.trainble = False
    assert len(layer.trainable_weights) == 2


def test_list_of_layers_has_no_flag() -> None:
    with pytest.raises(AttributeError, match="'list' object has no attribute 'trainable'"):
        small_model().layers[:-1].trainable = False


def test_frozen_dropout_still_drops() -> None:
    dropout = keras.layers.Dropout(0.5, seed=0)
    dropout.trainable = False
    assert not np.array_equal(dropout(np.ones((1, 8)), training=True), np.ones((1, 8)))


def test_gradients_pass_through_frozen_layers() -> None:
    model = small_model()
    model.layers[-1].trainable = False
    compile_(model)
    assert first_layer_moves(model)


def test_batchnorm_statistics_move_without_an_optimizer() -> None:
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.BatchNormalization(), *small_model().layers]
    )
    model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy", jit_compile=False)
    before = {weight.path: weight.numpy() for weight in model.weights}
    model.fit(X, Y, verbose=0)
    moved = {w.path for w in model.weights if not np.array_equal(before[w.path], w)}
    assert moved == {w.path for w in model.layers[0].non_trainable_weights}


def test_numpy_gives_a_copy_that_training_does_not_change() -> None:
    model = small_model()
    compile_(model)
    kept = model.layers[0].kernel.numpy()
    text = kept.tobytes()
    model.fit(X, Y, verbose=0)
    assert kept.tobytes() == text
    assert model.layers[0].kernel.numpy().tobytes() != text
