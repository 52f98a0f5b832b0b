# %% right="calls the layers one by one on a new input"
def inner_features(model, base_name, layer_name):
    tensor = inputs = keras.Input(model.input_shape[1:])
    for layer in model.layers:
        if layer.name == base_name:
            return keras.Model(
                inputs, keras.Model(layer.inputs[0], layer.get_layer(layer_name).output)(tensor)
            )
        if not isinstance(layer, keras.layers.InputLayer):
            tensor = layer(tensor)


# %% right="flattens the inner layers into one chain"
def inner_features(model, base_name, layer_name):
    base = model.get_layer(base_name)
    chain = [*model.layers[: model.layers.index(base)], *base.layers]
    chain = [layer for layer in chain if not isinstance(layer, keras.layers.InputLayer)]
    last = chain.index(base.get_layer(layer_name))
    return keras.Sequential([keras.Input(model.input_shape[1:]), *chain[: last + 1]])


# %% wrong="begins at the base" message="the layers before it are left out"
def inner_features(model, base_name, layer_name):
    base = model.get_layer(base_name)
    return keras.Model(base.inputs[0], base.get_layer(layer_name).output)


# %% wrong="joins the outer input to the inner output" message="different graphs"
def inner_features(model, base_name, layer_name):
    base = model.get_layer(base_name)
    return keras.Model(model.inputs[0], base.get_layer(layer_name).output)


# %% wrong="looks for the layer in the outer model" message="No such layer"
def inner_features(model, base_name, layer_name):
    return keras.Model(model.inputs[0], model.get_layer(layer_name).output)


# %% wrong="the output of the base as a whole" message="whole. Cut it at the layer"
def inner_features(model, base_name, layer_name):
    base = model.get_layer(base_name)
    before = model.layers[: model.layers.index(base)]
    return keras.Sequential([*before, base])


# %% wrong="the model itself" message="Cut it at the layer"
def inner_features(model, base_name, layer_name):
    return model


# %% wrong="a clone of the inner part" message="numbers differ"
def inner_features(model, base_name, layer_name):
    base = model.get_layer(base_name)
    inner = keras.Model(base.inputs[0], base.get_layer(layer_name).output)
    before = model.layers[: model.layers.index(base)]
    return keras.Sequential([*before, keras.models.clone_model(inner)])


# %% wrong="a clone that was given the weights" message="weights are copies"
def inner_features(model, base_name, layer_name):
    base = model.get_layer(base_name)
    inner = keras.Model(base.inputs[0], base.get_layer(layer_name).output)
    copy = keras.models.clone_model(inner)
    copy.set_weights(inner.get_weights())
    before = model.layers[: model.layers.index(base)]
    return keras.Sequential([*before, copy])


# %% wrong="one layer too early" message="Look up the layer by its name"
def inner_features(model, base_name, layer_name):
    base = model.get_layer(base_name)
    place = [layer.name for layer in base.layers].index(layer_name)
    before = model.layers[: model.layers.index(base)]
    return keras.Sequential([*before, keras.Model(base.inputs[0], base.layers[place - 1].output)])


# %% wrong="returns the layer" message="not a model"
def inner_features(model, base_name, layer_name):
    return model.get_layer(base_name).get_layer(layer_name)
