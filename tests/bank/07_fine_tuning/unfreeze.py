# %% right="one pass from the outside in, BatchNorm decided on the way"
def unfreeze(model):
    model.trainable = True
    for layer in layers_inside(model):
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    return model


# %% right="recursion of one's own"
def unfreeze(model):
    def open_all(part):
        part.trainable = True
        for layer in getattr(part, "layers", []):
            open_all(layer)

    def close_norms(part):
        for layer in part.layers:
            if isinstance(layer, keras.Model):
                close_norms(layer)
            elif isinstance(layer, keras.layers.BatchNormalization):
                layer.trainable = False

    open_all(model)
    close_norms(model)
    return model


# %% wrong="the no-op: the model's flag is True already" message="Nothing was opened"
def unfreeze(model):
    model.trainable = True
    return model


# %% wrong="BatchNorm left free" message="BatchNorm is free"
def unfreeze(model):
    model.trainable = True
    for layer in layers_inside(model):
        layer.trainable = True
    return model


# %% wrong="BatchNorm closed first, then opened again with the rest" message="*after* the line that"
def unfreeze(model):
    for layer in layers_inside(model):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    model.trainable = True
    for layer in layers_inside(model):
        layer.trainable = True
    return model


# %% wrong="toggles the flag of each entry, one level deep" message="BatchNorm is free"
def unfreeze(model):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = False
        layer.trainable = True
    return model


# %% wrong="opens the base and freezes the head" message="The head stands still"
def unfreeze(model):
    for layer in layers_inside(model):
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    model.layers[-1].trainable = False
    return model


# %% wrong="knows BatchNorm by its name" message="a flat model whose BatchNorm has an unusual name"
def unfreeze(model):
    model.trainable = True
    for layer in layers_inside(model):
        layer.trainable = "bn" not in layer.name
    return model


# %% wrong="sets the flag of the nested model alone" message="opening passes True on to BatchNorm"
def unfreeze(model):
    model.layers[0].trainable = True
    return model


# %% wrong="forgets the outer model's own flag" message="flag of the outer model itself is False"
def unfreeze(model):
    for layer in layers_inside(model):
        layer.trainable = True
    for layer in layers_inside(model):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return model


# %% wrong="closes the outer model for the sake of BatchNorm" message="flag of the outer model itself is False"
def unfreeze(model):
    model.trainable = True
    model.trainable = False
    return model


# %% wrong="builds a copy with fresh weights" message="not those that the model came with"
def unfreeze(model):
    copy = keras.models.clone_model(model)
    for layer in layers_inside(copy):
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    return copy


# %% wrong="returns nothing" message="Your function returned None"
def unfreeze(model):
    model.trainable = True
    for layer in layers_inside(model):
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
