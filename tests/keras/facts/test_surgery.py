"""What the installed Keras does when models are made from layer inputs and outputs (lesson 3).

Should a newer Keras behave otherwise, the test that fails names the sentence to be rewritten.
"""

import keras
import numpy as np
import pytest

X = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")


def chain() -> keras.Sequential:
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(4, activation="tanh", name="first"),
            keras.layers.Dense(3, name="last"),
        ]
    )


def with_skip(join: keras.Layer | None) -> keras.Model:
    """A model with a path around `second`, joined by the layer `join`, or by a `+`."""
    inputs = keras.Input((4,))
    first = keras.layers.Dense(4, activation="tanh", name="first")(inputs)
    second = keras.layers.Dense(4, activation="tanh", name="second")(first)
    joined = join([first, second]) if join else first + second
    return keras.Model(inputs, keras.layers.Dense(2, name="head")(joined))


def test_a_symbolic_tensor_has_a_shape_and_no_numbers() -> None:
    tensor = keras.Input((16, 16, 1))
    assert tensor.shape == (None, 16, 16, 1)
    with pytest.raises(ValueError, match="symbolic"):
        float(tensor[0, 0, 0, 0])


def test_a_dense_layer_makes_its_weights_when_it_is_first_called() -> None:
    layer = keras.layers.Dense(2)
    assert layer.weights == []
    layer(keras.Input((3,)))
    assert [tuple(weight.shape) for weight in layer.weights] == [(3, 2), (2,)]


def test_a_model_keeps_only_the_layers_on_its_path() -> None:
    inputs = keras.Input((4,))
    left, right = keras.layers.Dense(3, name="left"), keras.layers.Dense(1, name="right")
    whole = keras.Model(inputs, [left(inputs), right(inputs)])
    part = keras.Model(inputs, left.output)
    assert {layer.name for layer in whole.layers} > {layer.name for layer in part.layers}
    assert part.get_layer("left") is left


def test_a_model_without_a_path_is_refused() -> None:
    output = keras.layers.Dense(2)(keras.Input((3,)))
    with pytest.raises(ValueError, match="path `` is not connected to `inputs`"):
        keras.Model(keras.Input((3,)), output)
    with pytest.raises(ValueError, match="path `0` is not connected to `inputs`"):
        keras.Model(keras.Input((3,)), [output])


def test_a_sequential_has_no_input_of_its_own_but_has_inputs() -> None:
    model = chain()
    for end in ("input", "output"):
        with pytest.raises(AttributeError, match=f"has no defined {end}"):
            getattr(model, end)
    assert model.layers[0].input is model.inputs[0], (
        "'Take a trained model apart' in lesson 3 says that these are one tensor."
    )
    assert model.layers[-1].output is model.outputs[0]
    functional = keras.Model(model.inputs[0], model.outputs[0])
    assert functional.input is model.inputs[0]


def test_calling_a_sequential_on_numbers_gives_it_no_input() -> None:
    model = chain()
    model(X)
    with pytest.raises(AttributeError):
        assert model.input


def test_the_output_of_a_layer_is_the_input_of_the_next() -> None:
    first, last = chain().layers
    assert last.input is first.output


def test_a_model_from_a_list_grumbles_at_a_bare_array(recwarn: pytest.WarningsRecorder) -> None:
    model = chain()
    keras.Model(model.inputs[0], model.layers[0].output)(X)
    assert not _structure_warnings(recwarn)
    keras.Model(model.inputs, model.layers[0].output)(X)
    assert _structure_warnings(recwarn), "Leave out '(Why `[0]`? ...)' in lesson 3."


def _structure_warnings(recorder: pytest.WarningsRecorder) -> list[str]:
    return [str(w.message) for w in recorder if "structure of `inputs`" in str(w.message)]


def test_several_outputs_come_as_a_list() -> None:
    model = chain()
    outputs = keras.Model(model.inputs[0], [model.layers[0].output, model.outputs[0]])(X)
    assert [tuple(output.shape) for output in outputs] == [(5, 4), (5, 3)]


def test_an_extractor_shares_layers_and_training_it_changes_the_original() -> None:
    model = chain()
    base = keras.Model(model.inputs[0], model.layers[0].output)
    assert base.get_layer("first").kernel is model.layers[0].kernel
    before = [weight.numpy() for weight in model.weights]
    other = keras.Model(base.inputs[0], keras.layers.Dense(1)(base.outputs[0]))
    other.compile("sgd", "mse", jit_compile=False)
    other.fit(X, np.ones(5), verbose=0)
    moved = [not np.array_equal(a, b.numpy()) for a, b in zip(before, model.weights, strict=True)]
    assert moved == [True, True, False, False]


def test_a_clone_has_fresh_weights_old_flags_and_old_paths() -> None:
    model = chain()
    model.layers[0].trainable = False
    clone = keras.models.clone_model(model)
    assert [layer.trainable for layer in clone.layers] == [False, True], (
        "'A clone is an empty house' in lesson 3 says that flags are carried over."
    )
    assert [w.path for w in clone.weights] == [w.path for w in model.weights]
    assert not np.array_equal(clone.layers[0].kernel.numpy(), model.layers[0].kernel.numpy())
    assert not {id(w) for w in clone.weights} & {id(w) for w in model.weights}
    clone.set_weights(model.get_weights())
    assert np.allclose(clone(X), model(X))


def test_variables_are_compared_by_their_numbers() -> None:
    one, two = chain().layers[0].kernel, chain().layers[0].kernel
    assert (one == two).shape == (4, 4)
    with pytest.raises(ValueError, match="ambiguous"):
        assert one in [two]


def test_a_layer_called_twice_has_one_output_of_the_two() -> None:
    layer = keras.layers.Dense(2)
    outputs = [layer(keras.Input((3,))), layer(keras.Input((3,)))]
    assert len(layer.weights) == 2
    assert any(layer.output is output for output in outputs), (
        "This Keras has a third answer: rewrite 'One layer, two calls' in lesson 3."
    )


def test_a_sequential_calls_old_layers_again() -> None:
    model = chain()
    again = keras.Sequential([keras.Input((4,)), *model.layers])
    assert again.outputs[0] is not model.outputs[0]
    assert again.layers[-1] is model.layers[-1]
    assert any(model.layers[-1].output is m.outputs[0] for m in (model, again))


def test_adding_layers_one_by_one_calls_the_first_ones_again_and_they_stay_connected() -> None:
    model = keras.Sequential([keras.Input((4,))])
    for name in ("first", "second", "third"):
        model.add(keras.layers.Dense(2, name=name))
    first, second, third = model.layers
    assert second.input is not first.output, (
        "This Keras calls each layer once: shorten 'One layer, two calls' in lesson 3."
    )
    for layer in (first, second, third):
        keras.Model(model.inputs[0], layer.output)
    with pytest.raises(ValueError, match="is not connected to `inputs`"):
        keras.Model(first.output, model.outputs[0])


def test_a_plus_is_an_operation_and_not_a_layer() -> None:
    model = with_skip(None)
    assert "Add" not in [type(layer).__name__ for layer in model.layers]
    assert "Add" in [type(operation).__name__ for operation in model.operations]


def test_a_chain_of_a_graph_with_a_plus_gives_other_numbers_without_an_error() -> None:
    model = with_skip(None)
    lost = keras.Sequential(model.layers[:-1])
    right = keras.Model(model.inputs[0], model.layers[-1].input)
    assert lost(X).shape == right(X).shape
    assert not np.allclose(lost(X), right(X)), (
        "This Keras keeps the `+`: rewrite 'Not every model is a chain' in lesson 3."
    )


def test_a_chain_of_a_graph_with_an_add_layer_fails_when_it_is_called() -> None:
    lost = keras.Sequential(with_skip(keras.layers.Add()).layers[:-1])
    with pytest.raises(ValueError, match="list of inputs"):
        lost(X)
