"""Returns a cut whose activation is a function of its own.

lesson: 02_model
score: 4
seen: cut_check: .*not a model
"""

# %% cut
import keras


def cut(model, name):
    output = model.get_layer(name).output
    return keras.Model(model.inputs, keras.layers.Activation(lambda x: x)(output))
