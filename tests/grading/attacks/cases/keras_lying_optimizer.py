"""Compiles with an optimizer whose class and learning rate are lies.

lesson: 02_model
score: 4
seen: compiled_check: It is not compiled
"""

# %% compiled
import keras


class Adam(keras.optimizers.SGD):
    learning_rate = property(lambda self: 0.1, lambda self, rate: None)
    __class__ = property(lambda self: keras.optimizers.Adam)


def compiled(model, rate):
    model.compile(Adam(0.5), "mse")
    return model
