# %% right="stops the loop by counting"
def freeze_base(model):
    for index, layer in enumerate(model.layers):
        layer.trainable = index >= len(model.layers) - 3
    return model


# %% right="freezes all, then lets the last three learn, the model's own flag included"
def freeze_base(model):
    model.trainable = False
    model.trainable = True
    base = list(model.layers)
    head = [base.pop() for _ in range(3)]
    for layer in base:
        layer.trainable = False
    assert all(layer.trainable for layer in head)
    return model


# %% right="sets the flag through setattr in a comprehension"
def freeze_base(model):
    [setattr(layer, "trainable", False) for layer in reversed(model.layers[:-3])]
    return model


# %% wrong="the slice from the wrong end" message="wrong way round"
def freeze_base(model):
    for layer in model.layers[-3:]:
        layer.trainable = False
    return model


# %% wrong="froze everything" message="nothing is left to learn"
def freeze_base(model):
    for layer in model.layers:
        layer.trainable = False
    return model


# %% wrong="froze the whole model by its own flag" message="model as a whole is frozen"
def freeze_base(model):
    model.trainable = False
    for layer in model.layers[-3:]:
        layer.trainable = True
    return model


# %% wrong="set the attribute on the list" message="a list cannot be frozen"
def freeze_base(model):
    model.layers[:-3].trainable = False
    return model


# %% wrong="text instead of a truth value" message="No layer is frozen"
def freeze_base(model):
    for layer in model.layers[:-3]:
        layer.trainable = "False"
    return model


# %% wrong="a misspelt attribute" message="No layer is frozen"
def freeze_base(model):
    for layer in model.layers[:-3]:
        layer.trainble = False
    return model


# %% wrong="forgot to return the model" message="End it with `return model`"
def freeze_base(model):
    for layer in model.layers[:-3]:
        layer.trainable = False


# %% wrong="the first three instead of all but the last three" message="Not the right cut"
def freeze_base(model):
    for layer in model.layers[:3]:
        layer.trainable = False
    return model


# %% wrong="returns the layers" message="not a model"
def freeze_base(model):
    base = model.layers[:-3]
    for layer in base:
        layer.trainable = False
    return base


# %% wrong="a clone, which forgets all that was learned" message="lost what it had learned"
def freeze_base(model):
    model = keras.models.clone_model(model)
    for layer in model.layers[:-3]:
        layer.trainable = False
    return model


# %% wrong="froze everything by the model's own flag" message="nothing is left to learn"
def freeze_base(model):
    model.trainable = False
    return model
