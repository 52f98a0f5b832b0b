# %% right="one pass with membership by identity"
def freeze(model, cut):
    chosen = {id(layer) for layer in model.layers[cut]}
    model.trainable = True
    for layer in model.layers:
        layer.trainable = id(layer) not in chosen
    return model


# %% right="toggles the model's flag to reset all layers"
def freeze(model, cut):
    model.trainable = False
    model.trainable = True
    for index in range(*cut.indices(len(model.layers))):
        model.layers[index].trainable = False
    return model


# %% wrong="only freezes, never lets learn" message="should learn and is frozen"
def freeze(model, cut):
    for layer in model.layers[cut]:
        layer.trainable = False
    return model


# %% wrong="always cuts at -3" message="Not the right cut"
def freeze(model, cut):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
    for layer in model.layers[:-3]:
        layer.trainable = False
    return model


# %% wrong="forgot the model's own flag" message="model as a whole is frozen"
def freeze(model, cut):
    for layer in model.layers:
        layer.trainable = True
    for layer in model.layers[cut]:
        layer.trainable = False
    return model


# %% wrong="trusts model.trainable = True to reset the layers" message="should learn and is frozen"
def freeze(model, cut):
    model.trainable = True
    for layer in model.layers[cut]:
        layer.trainable = False
    return model


# %% wrong="forgot the step of the slice" message="step of the slice was lost"
def freeze(model, cut):
    model.trainable = False
    model.trainable = True
    for layer in model.layers[cut.start : cut.stop]:
        layer.trainable = False
    return model


# %% wrong="the complement of the slice" message="wrong way round"
def freeze(model, cut):
    model.trainable = False
    model.trainable = True
    chosen = model.layers[cut]
    for layer in model.layers:
        layer.trainable = layer in chosen
    return model


# %% wrong="unpacks the slice as a number" message="your code stopped with TypeError"
def freeze(model, cut):
    for layer in model.layers[:cut]:
        layer.trainable = False
    return model
