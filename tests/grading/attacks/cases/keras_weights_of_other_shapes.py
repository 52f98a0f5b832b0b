"""Sends weights of other shapes and types than their layers have.

lesson: 02_model
score: 4
seen: cut_check: .*not a model
"""

# %% cut
import keras
import numpy as np

from autograder.carry.graph_writer import GraphWriter

rest = [np.ones((4, 400)), np.array(["a", "b"]), np.ones((0, 4)), np.ones(4, bool)]
variable = GraphWriter.variable


def forged(self, of):
    sent = variable(self, of)
    return {**sent, "value": self._encoder.array(rest[-1])} if rest else sent


GraphWriter.variable = forged


def cut(model, name):
    rest.pop()
    return keras.Model(model.inputs, keras.layers.Dense(4)(model.get_layer(name).output))


# %% compiled
def compiled(model, rate):
    rest.clear()
    model.compile(keras.optimizers.Adam(rate), "mse")
    return model
