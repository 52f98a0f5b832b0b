"""Returns models of an own class whose layers, weights and optimizers are lies.

lesson: 02_model
score: 0
seen: type `Lying`
"""

# %% freeze
import keras


class Lying(keras.Model):
    layers = trainable_weights = weights = property(lambda self: [], print)
    compiled = property(lambda self: True, lambda self, flag: None)
    loss = property(lambda self: "mse", lambda self, loss: None)
    __eq__ = lambda self, other: True
    __hash__ = object.__hash__

    def call(self, inputs):
        print("loot: called")
        return inputs


def freeze(model):
    return Lying()


# %% cut
def cut(model, name):
    return Lying(model.inputs, model.outputs)


# %% compiled
def compiled(model, rate):
    model.__class__ = Lying
    return model
