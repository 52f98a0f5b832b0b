# %% right="multiplies in a loop"
def head_parameters(shape, classes, pooled):
    read = shape[-1]
    if not pooled:
        for side in shape[:-1]:
            read *= side
    return classes * read + classes


# %% right="lets NumPy do it, and returns its integer"
def head_parameters(shape, classes, pooled):
    read = np.prod(shape[-1:] if pooled else shape)
    return read * classes + classes


# %% right="builds the layer all the same"
def head_parameters(shape, classes, pooled):
    maps = keras.Input(shape)
    row = keras.layers.GlobalAveragePooling2D() if pooled else keras.layers.Flatten()
    head = keras.layers.Dense(classes)
    head(row(maps))
    return head.count_params()


# %% wrong="forgot the biases" message="the biases are missing"
def head_parameters(shape, classes, pooled):
    return (shape[-1] if pooled else math.prod(shape)) * classes


# %% wrong="one bias in all" message="one bias for each class"
def head_parameters(shape, classes, pooled):
    return (shape[-1] if pooled else math.prod(shape)) * classes + 1


# %% wrong="always lays the maps out flat" message="these maps are averaged first"
def head_parameters(shape, classes, pooled):
    return (math.prod(shape) + 1) * classes


# %% wrong="takes the channels only, though the maps are laid out flat" message="every place of every channel is read"
def head_parameters(shape, classes, pooled):
    return (shape[-1] + 1) * classes


# %% wrong="adds the sides up" message="multiplied, not added up"
def head_parameters(shape, classes, pooled):
    return ((shape[-1] if pooled else sum(shape)) + 1) * classes


# %% wrong="counts one class" message="How many classes are there?"
def head_parameters(shape, classes, pooled):
    return (shape[-1] if pooled else math.prod(shape)) + 1


# %% wrong="counts the features as well" message="one weight for each of them and for each class"
def head_parameters(shape, classes, pooled):
    read = shape[-1] if pooled else math.prod(shape)
    return read + read * classes


# %% wrong="prints the number" message="Your function returned None"
def head_parameters(shape, classes, pooled):
    print((shape[-1] + 1) * classes)
