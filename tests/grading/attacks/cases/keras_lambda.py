"""Returns a cut with a layer that holds code, to be run when the check calls it.

lesson: 02_model
score: 4
seen: cut_check: .*not a model
never: loot
shows: Not seen by this check: `Functional`.*Lambda
"""

# %% cut
import keras


def steal(x):
    print("loot: called")
    return x


def cut(model, name):
    output = model.get_layer(name).output
    return keras.Model(model.inputs, keras.layers.Lambda(steal, lambda shape: shape)(output))
