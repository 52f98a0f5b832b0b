# %% right="lists the layers first, with a stack instead of recursion"
def freeze_deep(model):
    def all_inside(layers):
        found, waiting = [], list(layers)
        while waiting:
            layer = waiting.pop()
            found.append(layer)
            waiting += getattr(layer, "layers", [])
        return found

    model.trainable = True
    for layer in all_inside(model.layers[:-1]):
        layer.trainable = False
    for layer in all_inside(model.layers[-1:]):
        layer.trainable = True
    return model


# %% right="sets the flags from the bottom up, in one walk"
def freeze_deep(model):
    def walk(layer, value):
        for child in getattr(layer, "layers", []):
            walk(child, value)
        layer.trainable = value

    model.trainable = True
    for layer in model.layers:
        walk(layer, layer is model.layers[-1])
    return model


# %% wrong="trusts the flag of each entry to be passed on" message="trainable child under a frozen parent"
def freeze_deep(model):
    model.trainable = True
    for layer in model.layers[:-1]:
        layer.trainable = False
    model.layers[-1].trainable = True
    return model


# %% wrong="toggles the flag of each entry" message="trainable child under a frozen parent"
def freeze_deep(model):
    model.trainable = True
    for layer in model.layers[:-1]:
        layer.trainable = True
        layer.trainable = False
    model.layers[-1].trainable = True
    return model


# %% wrong="goes down one level only" message="trainable child under a frozen parent"
def freeze_deep(model):
    model.trainable = True
    for layer in model.layers[:-1]:
        layer.trainable = False
        for child in getattr(layer, "layers", []):
            child.trainable = False
    return model


# %% wrong="sets the flags of layers without layers of their own, one level down" message="can still learn. A layer in"
def freeze_deep(model):
    model.trainable = True
    for layer in model.layers[:-1]:
        for child in getattr(layer, "layers", [layer]):
            if not hasattr(child, "layers"):
                child.trainable = False
    return model


# %% wrong="froze the outer model and opened the head" message="model as a whole is frozen"
def freeze_deep(model):
    model.trainable = False
    model.layers[-1].trainable = True
    return model


# %% wrong="froze deep, but never opened the head" message="The last layer must learn"
def freeze_deep(model):
    def set_flags(layer, value):
        layer.trainable = value
        for child in getattr(layer, "layers", []):
            set_flags(child, value)

    if not model.trainable:
        model.trainable = True
    for layer in model.layers[:-1]:
        set_flags(layer, False)
    return model


# %% wrong="forgot the model's own flag" message="model as a whole is frozen"
def freeze_deep(model):
    def set_flags(layer, value):
        layer.trainable = value
        for child in getattr(layer, "layers", []):
            set_flags(child, value)

    for layer in model.layers[:-1]:
        set_flags(layer, False)
    set_flags(model.layers[-1], True)
    return model


# %% wrong="froze the first entry only" message="it is not the last layer"
def freeze_deep(model):
    def set_flags(layer, value):
        layer.trainable = value
        for child in getattr(layer, "layers", []):
            set_flags(child, value)

    set_flags(model, True)
    set_flags(model.layers[0], False)
    return model


# %% wrong="forgot to return the model" message="End it with `return model`"
def freeze_deep(model):
    for layer in model.layers[:-1]:
        layer.trainable = False
