r"""Returns models with layers of a registered class that has the name of one of Keras's.

lesson: 02_model
score: 2
seen: freeze_check: \S(?s:.*)cut_check: .*not a model
"""

# %% freeze
import keras


@keras.saving.register_keras_serializable("keras.layers", "Dense")
class Dense(keras.layers.Dense):
    __module__ = "keras.src.layers.core.dense"

    def call(self, inputs):
        return 0 * super().call(inputs)


def freeze(model):
    model._layers[1].__class__ = Dense
    model.add(Dense(2))
    return model


# %% cut
def cut(model, name):
    return keras.Model(model.inputs, Dense(4)(model.inputs[0]))
