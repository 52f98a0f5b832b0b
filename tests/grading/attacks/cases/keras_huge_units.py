"""Has the config of a layer claim a billion units.

lesson: 02_model
score: 4
seen: cut_check: .*not a model
"""

# %% cut
import keras

get_config = keras.layers.Dense.get_config


def cut(model, name):
    keras.layers.Dense.get_config = lambda self: {**get_config(self), "units": 10**9}
    return keras.Model(model.inputs, keras.layers.Dense(4)(model.get_layer(name).output))


# %% compiled
def compiled(model, rate):
    keras.layers.Dense.get_config = get_config
    model.compile(keras.optimizers.Adam(rate), "mse")
    return model
