# %% right="functional, with a base named and frozen through its layers"
def nest(backbone, classes):
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output, name="base")
    for layer in base.layers:
        layer.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    outputs = keras.layers.Dense(classes, activation="softmax")(base(inputs))
    return keras.Model(inputs, outputs)


# %% right="a Sequential grown with add, and a separate softmax layer"
def nest(backbone, classes):
    model = keras.Sequential()
    model.add(keras.Model(backbone.inputs[0], backbone.layers[-3].input))
    model.add(keras.layers.Dense(classes))
    model.add(keras.layers.Softmax())
    model.layers[0].trainable = False
    return model


# %% wrong="the old head left inside" message="old head is still inside"
def nest(backbone, classes):
    backbone.trainable = False
    return keras.Sequential([backbone, keras.layers.Dense(classes, activation="softmax")])


# %% wrong="cut one layer too late" message="old head is still inside"
def nest(backbone, classes):
    base = keras.Model(backbone.inputs[0], backbone.layers[-3].output)
    base.trainable = False
    return keras.Sequential([base, keras.layers.Dense(classes, activation="softmax")])


# %% wrong="a new head on the old graph, nothing nested" message="base was flattened"
def nest(backbone, classes):
    for layer in backbone.layers[:-3]:
        layer.trainable = False
    features = backbone.layers[-4].output
    outputs = keras.layers.Dense(classes, activation="softmax")(features)
    return keras.Model(backbone.inputs[0], outputs)


# %% wrong="the layers put in one by one" message="base was flattened"
def nest(backbone, classes):
    model = keras.Sequential(backbone.layers[:-3])
    model.trainable = False
    return keras.Sequential([*model.layers, keras.layers.Dense(classes, activation="softmax")])


# %% wrong="took the list apart, which loses the branch" message="your code stopped with"
def nest(backbone, classes):
    base = keras.Sequential(backbone.layers[:-3])
    base.trainable = False
    head = keras.layers.Dense(classes, activation="softmax")
    return keras.Sequential([keras.Input(backbone.input_shape[1:]), base, head])


# %% wrong="a clone of the base" message="is a copy"
def nest(backbone, classes):
    base = keras.models.clone_model(keras.Model(backbone.inputs[0], backbone.layers[-4].output))
    base.trainable = False
    return keras.Sequential([base, keras.layers.Dense(classes, activation="softmax")])


# %% wrong="forgot to freeze" message="base still learns"
def nest(backbone, classes):
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output)
    return keras.Sequential([base, keras.layers.Dense(classes, activation="softmax")])


# %% wrong="froze the outer model" message="Nothing in your model can learn"
def nest(backbone, classes):
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output)
    model = keras.Sequential([base, keras.layers.Dense(classes, activation="softmax")])
    model.trainable = False
    return model


# %% wrong="no softmax" message="scores and not probabilities"
def nest(backbone, classes):
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output)
    base.trainable = False
    return keras.Sequential([base, keras.layers.Dense(classes)])


# %% wrong="always ten classes" message="and should have 2"
def nest(backbone, classes):
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output)
    base.trainable = False
    return keras.Sequential([base, keras.layers.Dense(10, activation="softmax")])


# %% wrong="the base alone, without a new head" message="base was flattened"
def nest(backbone, classes):
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output)
    base.trainable = False
    return base


# %% wrong="a hidden layer in the new head" message="one new Dense layer"
def nest(backbone, classes):
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output)
    base.trainable = False
    hidden = keras.layers.Dense(16, activation="relu")
    return keras.Sequential([base, hidden, keras.layers.Dense(classes, activation="softmax")])
