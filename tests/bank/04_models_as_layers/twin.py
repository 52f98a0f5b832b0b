# %% right="normalises the features, then multiplies"
def twin(base):
    inputs = [keras.Input(base.input_shape[1:]) for _ in range(2)]
    rows = [keras.layers.UnitNormalization()(base(image)) for image in inputs]
    return keras.Model(inputs, keras.layers.Dot(axes=1)(rows))


# %% right="with operations instead of a layer, and inputs by name"
def twin(base):
    a = keras.Input(base.input_shape[1:], name="a")
    b = keras.Input(base.input_shape[1:], name="b")
    u, v = (keras.ops.normalize(base(image), axis=-1) for image in (a, b))
    return keras.Model([a, b], keras.ops.sum(u * v, axis=-1, keepdims=True))


# %% wrong="a clone for the second image" message="Call `base` twice"
def twin(base):
    other = keras.models.clone_model(base)
    other.name = "other"
    first, second = keras.Input(base.input_shape[1:]), keras.Input(base.input_shape[1:])
    dot = keras.layers.Dot(axes=1, normalize=True)
    return keras.Model([first, second], dot([base(first), other(second)]))


# %% wrong="two clones, one for each" message="one and the same model"
def twin(base):
    sides = [keras.models.clone_model(base) for _ in range(2)]
    for side, name in zip(sides, ("left", "right"), strict=True):
        side.name = name
    inputs = [keras.Input(base.input_shape[1:]) for _ in range(2)]
    dot = keras.layers.Dot(axes=1, normalize=True)
    return keras.Model(
        inputs, dot([side(image) for side, image in zip(sides, inputs, strict=True)])
    )


# %% wrong="a plain dot product" message="grows with the length"
def twin(base):
    first, second = keras.Input(base.input_shape[1:]), keras.Input(base.input_shape[1:])
    return keras.Model([first, second], keras.layers.Dot(axes=1)([base(first), base(second)]))


# %% wrong="gives both rows of features" message="has 2 outputs"
def twin(base):
    first, second = keras.Input(base.input_shape[1:]), keras.Input(base.input_shape[1:])
    return keras.Model([first, second], [base(first), base(second)])


# %% wrong="a difference for each feature" message="One number for each"
def twin(base):
    first, second = keras.Input(base.input_shape[1:]), keras.Input(base.input_shape[1:])
    difference = keras.layers.Subtract()([base(first), base(second)])
    return keras.Model([first, second], difference)


# %% wrong="one input, compared with itself" message="should have two"
def twin(base):
    image = keras.Input(base.input_shape[1:])
    dot = keras.layers.Dot(axes=1, normalize=True)
    return keras.Model(image, dot([base(image), base(image)]))


# %% wrong="the second input is never used" message="used once"
def twin(base):
    first, second = keras.Input(base.input_shape[1:]), keras.Input(base.input_shape[1:])
    dot = keras.layers.Dot(axes=1, normalize=True)
    return keras.Model([first, second], dot([base(first), base(first)]))


# %% wrong="a distance" message="a distance"
def twin(base):
    first, second = keras.Input(base.input_shape[1:]), keras.Input(base.input_shape[1:])
    similarity = keras.layers.Dot(axes=1, normalize=True)([base(first), base(second)])
    return keras.Model([first, second], 1 - similarity)


# %% wrong="compares the images themselves" message="compared the images themselves"
def twin(base):
    first, second = keras.Input(base.input_shape[1:]), keras.Input(base.input_shape[1:])
    flat = keras.layers.Flatten()
    dot = keras.layers.Dot(axes=1, normalize=True)
    return keras.Model([first, second], dot([flat(first), flat(second)]))
