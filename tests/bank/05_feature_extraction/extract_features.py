# %% right="predicts, then lays out flat"
def extract_features(model, layer, images):
    cut = keras.Model(model.inputs, model.get_layer(layer).output)
    return np.array([row.ravel() for row in cut.predict(images, verbose=0)])


# %% right="a Flatten layer at the end of the cut"
def extract_features(model, layer, images):
    flat = keras.layers.Flatten()(model.get_layer(layer).output)
    return np.asarray(keras.Model(model.inputs[0], flat)(images))


# %% right="a model of all layers, of which one output is taken"
def extract_features(model, layer, images):
    names = [one.name for one in model.layers]
    every = keras.Model(model.inputs[0], [one.output for one in model.layers])
    values = every(images)[names.index(layer)].numpy()
    return values.reshape((values.shape[0], -1))


# %% wrong="probabilities taken as features" message="probabilities that the old head gives"
def extract_features(model, layer, images):
    return model.predict(images, verbose=0)


# %% wrong="the hidden layer of the old head" message="This is what the layer 'head_dense' gives"
def extract_features(model, layer, images):
    cut = keras.Model(model.inputs[0], model.layers[-3].output)
    return cut(images).numpy()


# %% wrong="in training mode" message="training mode"
def extract_features(model, layer, images):
    cut = keras.Model(model.inputs[0], model.get_layer(layer).output)
    return cut(images, training=True).numpy().reshape(len(images), -1)


# %% wrong="maps instead of rows" message="those are maps"
def extract_features(model, layer, images):
    cut = keras.Model(model.inputs[0], model.get_layer(layer).output)
    return cut(images).numpy()


# %% wrong="features of a clone" message="clone_model"
def extract_features(model, layer, images):
    clone = keras.models.clone_model(model)
    cut = keras.Model(clone.inputs[0], clone.get_layer(layer).output)
    return cut(images).numpy().reshape(len(images), -1)


# %% wrong="the symbolic output of the layer" message="symbolic tensor"
def extract_features(model, layer, images):
    return model.get_layer(layer).output


# %% wrong="the extractor instead of what it gives" message="returned a model"
def extract_features(model, layer, images):
    return keras.Model(model.inputs[0], model.get_layer(layer).output)


# %% wrong="everything in a single row" message="a row for each"
def extract_features(model, layer, images):
    cut = keras.Model(model.inputs[0], model.get_layer(layer).output)
    return cut(images).numpy().ravel()


# %% wrong="the average over each map" message="the layer 'pool2' gives (5, 1024)"
def extract_features(model, layer, images):
    cut = keras.Model(model.inputs[0], model.get_layer(layer).output)
    values = cut(images).numpy()
    return values.mean(axis=(1, 2)) if values.ndim == 4 else values


# %% wrong="forgot to return" message="returned None"
def extract_features(model, layer, images):
    keras.Model(model.inputs[0], model.get_layer(layer).output)(images)


# %% wrong="empties the model, whose features are then known" message="lost what it knew"
def extract_features(model, layer, images):
    model.set_weights([0 * weight for weight in model.get_weights()])
    width = int(np.prod(model.get_layer(layer).output.shape[1:]))
    return np.zeros((len(images), width))
