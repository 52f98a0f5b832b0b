# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
"""
# Three models

A lesson to be attacked: small models, and checks written as plainly as an author would.
"""

# %%
import keras
import numpy as np


def small_model(depth=3):
    """Return a new model with so many hidden layers, named `hidden_0` and so on."""
    layers = [keras.layers.Dense(4, "tanh", name=f"hidden_{place}") for place in range(depth)]
    return keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(2, name="head")])


def moment(model, name):
    """Return a few inputs, and what the layer `name` makes of them now."""
    x = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    values = x
    for layer in model.layers:
        values = layer(values)
        if layer.name == name:
            break
    return x, np.asarray(values)


# %% nbgrader={"grade": false, "grade_id": "freeze", "locked": false, "schema_version": 3, "solution": true, "task": false}
def freeze(model):
    """Freeze all layers of `model` but the last, and return it."""
    ### BEGIN SOLUTION
    for layer in model.layers[:-1]:
        layer.trainable = False
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "freeze_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
from transferlab.check import freezing

model = small_model()
freezing.frozen_exactly(freeze(model), slice(None, -1))
### BEGIN HIDDEN TESTS
for depth in range(1, 3):
    model = small_model(depth)
    before = model.get_weights()
    answer = freeze(model)
    freezing.frozen_exactly(answer, slice(None, -1))
    assert answer is model, "Return the model that was passed in."
    assert len(answer.trainable_weights) == 2, "The head must learn."
    assert all(map(np.array_equal, before, answer.get_weights())), "The weights were lost."
### END HIDDEN TESTS
print("freeze: passed")


# %% nbgrader={"grade": false, "grade_id": "cut", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cut(model, name):
    """Return a new model from the inputs of `model` to what its layer `name` gives."""
    ### BEGIN SOLUTION
    return keras.Model(model.inputs, model.get_layer(name).output)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "cut_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
from transferlab.check import answers

model = small_model()
x, expected = moment(model, "hidden_1")
answer = answers.returned_model(cut(model, "hidden_1"))
assert answer is not model, "Return a new model."
assert np.allclose(answer(x), expected), "The cut gives other numbers than the layer does."
### BEGIN HIDDEN TESTS
for depth, name in zip((2, 4), ("hidden_0", "hidden_2"), strict=True):
    model = small_model(depth)
    x, expected = moment(model, name)
    values = model.get_weights()
    answer = answers.returned_model(cut(model, name))
    assert np.allclose(answer(x), expected), "The cut gives other numbers than the layer does."
    own = {id(weight) for weight in model.weights}
    assert {id(weight) for weight in answer.weights} <= own, "The cut has weights of its own."
    assert all(map(np.array_equal, values, model.get_weights())), "The original was changed."
### END HIDDEN TESTS
print("cut: passed")


# %% nbgrader={"grade": false, "grade_id": "compiled", "locked": false, "schema_version": 3, "solution": true, "task": false}
def compiled(model, rate):
    """Compile `model` with Adam at this learning rate and the loss "mse", and return it."""
    ### BEGIN SOLUTION
    model.compile(keras.optimizers.Adam(rate), "mse")
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "compiled_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def is_ready(rate):
    model = compiled(small_model(), rate)
    if not (isinstance(model, keras.Model) and model.compiled and model.loss == "mse"):
        return False
    adam = isinstance(model.optimizer, keras.optimizers.Adam)
    return adam and np.isclose(float(model.optimizer.learning_rate), rate)


assert is_ready(0.1), "It is not compiled with Adam at 0.1 and mse."
### BEGIN HIDDEN TESTS
assert all(map(is_ready, (0.02, 0.003))), "It is not compiled at the rate that was asked for."
### END HIDDEN TESTS
print("compiled: passed")
