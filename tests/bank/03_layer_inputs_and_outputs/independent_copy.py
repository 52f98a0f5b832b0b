# %% right="weight by weight"
def independent_copy(model):
    copy = keras.models.clone_model(model)
    for new, old in zip(copy.weights, model.weights, strict=True):
        new.assign(old.numpy())
    return copy


# %% right="Python's deep copy"
def independent_copy(model):
    import copy

    return copy.deepcopy(model)


# %% right="saved and loaded again"
def independent_copy(model):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.keras"
        model.save(path)
        return keras.models.load_model(path, compile=False)


# %% wrong="a clone without the weights" message="The copy has forgotten what the original knew"
def independent_copy(model):
    return keras.models.clone_model(model)


# %% wrong="the model itself" message="under another name"
def independent_copy(model):
    copy = model
    return copy


# %% wrong="a second view on the same variables" message="still shares"
def independent_copy(model):
    return keras.Model(model.inputs[0], model.outputs[0])


# %% wrong="old layers in a new Sequential" message="still shares"
def independent_copy(model):
    return keras.Sequential([keras.Input(model.input_shape[1:]), *model.layers])


# %% wrong="only the trainable weights" message="not in `trainable_weights`"
def independent_copy(model):
    copy = keras.models.clone_model(model)
    for new, old in zip(copy.trainable_weights, model.trainable_weights, strict=True):
        new.assign(old.numpy())
    return copy


# %% wrong="the weights poured into the original" message="The copy has forgotten"
def independent_copy(model):
    copy = keras.models.clone_model(model)
    model.set_weights(model.get_weights())
    return copy


# %% wrong="everything unfrozen in the copy" message="does not freeze what the original freezes"
def independent_copy(model):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        layer.trainable = True
    return copy


# %% wrong="a chain of copied layers, which loses the side path" message="a connection was lost"
def independent_copy(model):
    new = [type(layer).from_config(layer.get_config()) for layer in model.layers]
    new = [layer for layer in new if not isinstance(layer, keras.layers.InputLayer)]
    copy = keras.Sequential([keras.Input(model.input_shape[1:]), *new])
    copy.set_weights(model.get_weights())
    return copy


# %% wrong="forgot to return" message="returned None"
def independent_copy(model):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())


# %% wrong="the weights instead of a model" message="not a model"
def independent_copy(model):
    return model.get_weights()


# %% wrong="writes the fresh weights into the original" message="mind the direction"
def independent_copy(model):
    copy = keras.models.clone_model(model)
    model.set_weights(copy.get_weights())
    return copy
