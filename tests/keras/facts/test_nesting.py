"""What the installed Keras does with models within models: each statement of lesson 4 as a test.

Should a newer Keras behave otherwise, the test that fails names the sentence to be rewritten.
"""

from pathlib import Path

import keras
import numpy as np
import pytest

X = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
Y = np.random.default_rng(1).integers(0, 3, size=32)


def inner_model(kind: str = "functional", name: str = "base") -> keras.Model:
    layers = [keras.layers.Dense(4, activation="tanh", name=letter) for letter in "abc"]
    chain = keras.Sequential([keras.Input((4,)), *layers], name=name)
    if kind == "Sequential":
        return chain
    return keras.Model(chain.inputs[0], chain.outputs[0], name=name)


def outer_model(base: keras.Model) -> keras.Model:
    inputs = keras.Input((4,))
    head = keras.layers.Dense(3, activation="softmax", name="head")
    return keras.Model(inputs, head(base(inputs)))


def layers_that_move(model: keras.Model) -> set[str]:
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    before = {weight.path: weight.numpy() for weight in model.weights}
    model.fit(X, Y, verbose=0)
    return {
        weight.path.split("/")[-2]
        for weight in model.weights
        if not np.array_equal(before[weight.path], weight.numpy())
    }


def test_nested_model_is_one_entry_and_shared() -> None:
    base = inner_model()
    outer = keras.Sequential([base, keras.layers.Dense(3)])
    assert len(outer.layers) == 2
    assert outer.layers[0] is base
    assert isinstance(base, keras.Layer)
    assert outer.count_params() == base.count_params() + 15


def test_setting_a_flag_reaches_all_levels() -> None:
    base = inner_model()
    outer = outer_model(keras.Sequential([base, keras.layers.Dense(4)]))
    outer.trainable = False
    assert not any(layer.trainable for layer in base.layers)


@pytest.mark.parametrize("levels", [1, 2])
def test_outer_model_trains_a_child_under_a_frozen_parent(levels: int) -> None:
    base = parent = inner_model()
    if levels == 2:
        parent = keras.Sequential([keras.Input((4,)), base], name="parent")
    outer = outer_model(parent)
    parent.trainable = False
    base.get_layer("c").trainable = True
    assert parent.trainable_weights == base.trainable_weights == []
    assert len(outer.trainable_weights) == 4
    assert layers_that_move(outer) == {"c", "head"}, (
        "This Keras asks the models in between: rewrite 'Flags on two levels' in lesson 4."
    )


def test_frozen_outer_model_trains_nothing() -> None:
    base = inner_model()
    outer = outer_model(base)
    outer.trainable = False
    base.get_layer("c").trainable = True
    assert outer.trainable_weights == []


def test_setting_the_same_value_again_passes_nothing_on() -> None:
    base = inner_model()
    outer = outer_model(base)
    base.trainable = False
    base.get_layer("c").trainable = True
    base.trainable = False
    assert len(outer.trainable_weights) == 4, (
        "This Keras passes an unchanged flag on: rewrite 'a megaphone' in lesson 4."
    )
    base.trainable = True
    base.trainable = False
    assert len(outer.trainable_weights) == 2


def test_toggling_a_parent_that_is_true_stops_at_an_inner_model_that_is_false() -> None:
    base = inner_model()
    parent = keras.Sequential([keras.Input((4,)), base], name="parent")
    outer = outer_model(parent)
    base.trainable = False
    base.get_layer("c").trainable = True
    parent.trainable = True
    parent.trainable = False
    assert len(outer.trainable_weights) == 4


def test_get_layer_searches_one_level() -> None:
    outer = outer_model(inner_model())
    with pytest.raises(ValueError, match="No such layer: c"):
        outer.get_layer("c")
    assert outer.get_layer("base").get_layer("c").name == "c"


def test_inner_output_belongs_to_the_inner_graph() -> None:
    base = inner_model()
    outer = outer_model(base)
    inner_output = base.get_layer("b").output
    with pytest.raises(ValueError, match="not connected to `inputs`"):
        keras.Model(outer.inputs[0], inner_output)
    assert keras.Model(base.inputs[0], inner_output)(X).shape == (32, 4)


def test_model_called_twice_is_counted_once() -> None:
    base = inner_model()
    first, second = keras.Input((4,)), keras.Input((4,))
    both = keras.Model([first, second], [base(first), base(second)])
    assert both.count_params() == base.count_params()
    assert both.layers.count(base) == 1


def test_two_nested_models_of_one_name_raise() -> None:
    inputs = keras.Input((4,))
    with pytest.raises(ValueError, match='"base" is used 2 times'):
        keras.Model(inputs, [inner_model()(inputs), inner_model()(inputs)])


@pytest.mark.parametrize(("kind", "flag"), [("functional", False), ("Sequential", True)])
def test_after_loading_layers_keep_their_flags_and_a_sequential_loses_its_own(
    kind: str, flag: bool, tmp_path: Path
) -> None:
    base = inner_model(kind)
    base.trainable = False
    saved = outer_model(base)
    saved.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert all(map(np.array_equal, saved.get_weights(), loaded.get_weights()))
    assert len(loaded.trainable_weights) == 2
    loaded_base = loaded.get_layer("base")
    assert loaded_base.trainable is flag, (
        f"The flag of a nested {kind} model is {loaded_base.trainable} after loading: rewrite "
        "'Save and load' in lesson 4."
    )
    if flag:
        loaded_base.trainable = True
        assert len(loaded.trainable_weights) == 2


def test_a_trainable_child_under_a_frozen_parent_survives_loading(tmp_path: Path) -> None:
    base = inner_model()
    base.trainable = False
    base.get_layer("c").trainable = True
    outer_model(base).save(tmp_path / "model.keras")
    assert len(keras.models.load_model(tmp_path / "model.keras").trainable_weights) == 4


def test_include_optimizer_is_ignored_and_loading_without_compile_helps(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2000), keras.layers.Dense(3)])
    model.compile("adam", "mse", jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    model.save(tmp_path / "with.keras")
    model.save(tmp_path / "without.keras", include_optimizer=False)
    loaded = keras.models.load_model(tmp_path / "with.keras", compile=False)
    loaded.save(tmp_path / "again.keras")
    size = {path.stem: path.stat().st_size for path in tmp_path.iterdir()}
    assert size["without"] == pytest.approx(size["with"], rel=0.05), (
        "This Keras heeds include_optimizer: rewrite 'What else is in the file' in lesson 4."
    )
    assert size["again"] < 0.5 * size["with"]
    assert not loaded.compiled
