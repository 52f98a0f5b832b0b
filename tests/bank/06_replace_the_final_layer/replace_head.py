# %% right="the base as one nested layer"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    return keras.Model(inputs, keras.layers.Dense(classes, "softmax")(base(inputs)))


# %% right="freezes layer by layer, softmax as a layer of its own"
def replace_head(model, classes):
    scores = keras.layers.Dense(classes, name="new_scores")(model.layers[-1].input)
    new = keras.Model(model.inputs[0], keras.layers.Softmax(name="new_softmax")(scores))
    new.trainable = True
    for layer in new.layers:
        layer.trainable = layer.name == "new_scores"
    return new


# %% right="a Sequential of a frozen extractor and a head"
def replace_head(model, classes):
    extractor = keras.Model(model.inputs[0], model.layers[-1].input)
    for layer in extractor.layers:
        layer.trainable = False
    head = keras.layers.Dense(classes, activation=keras.activations.softmax)
    return keras.Sequential([keras.Input(model.input_shape[1:]), extractor, head])


# %% wrong="a Dense stacked on the old head" message="is on top of the old head"
def replace_head(model, classes):
    model.trainable = False
    head = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(model.inputs[0], head(model.outputs[0]))


# %% wrong="the whole old model nested, a Dense behind it" message="reads 26 probabilities of the old classes"
def replace_head(model, classes):
    model.trainable = False
    head = keras.layers.Dense(classes, activation="softmax")
    return keras.Sequential([keras.Input(model.input_shape[1:]), model, head])


# %% wrong="wrong activation: sigmoid" message="With sigmoid each class says yes or no"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    head = keras.layers.Dense(classes, activation="sigmoid")
    return keras.Model(base.inputs[0], head(base.outputs[0]))


# %% wrong="wrong activation: none" message="Your outputs are bare scores"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    return keras.Model(base.inputs[0], keras.layers.Dense(classes)(base.outputs[0]))


# %% wrong="wrong activation: ReLU" message="ReLU turns scores below zero into 0"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    head = keras.layers.Dense(classes, activation="relu")
    return keras.Model(base.inputs[0], head(base.outputs[0]))


# %% wrong="wrong number of classes: always ten" message="has 10 outputs, and there are 3 classes"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    head = keras.layers.Dense(10, activation="softmax")
    return keras.Model(base.inputs[0], head(base.outputs[0]))


# %% wrong="wrong number of classes: one fewer" message="has 9 outputs, and there are 10 classes"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    head = keras.layers.Dense(classes - 1, activation="softmax")
    return keras.Model(base.inputs[0], head(base.outputs[0]))


# %% wrong="a clone with fresh weights" message="The base has forgotten everything"
def replace_head(model, classes):
    clone = keras.models.clone_model(model)
    base = keras.Model(clone.inputs[0], clone.layers[-1].input)
    base.trainable = False
    head = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], head(base.outputs[0]))


# %% wrong="a copy of the base" message="The base is a copy"
def replace_head(model, classes):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    base = keras.Model(copy.inputs[0], copy.layers[-1].input)
    base.trainable = False
    head = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], head(base.outputs[0]))


# %% wrong="the new head is frozen as well" message="The new head is frozen"
def replace_head(model, classes):
    head = keras.layers.Dense(classes, activation="softmax")
    new = keras.Model(model.inputs[0], head(model.layers[-1].input))
    new.trainable = False
    return new


# %% wrong="freezes nothing" message="The base can still learn"
def replace_head(model, classes):
    head = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(model.inputs[0], head(model.layers[-1].input))


# %% wrong="a chain of all layers but the last" message="cannot be called on its input"
def replace_head(model, classes):
    layers = model.layers[:-1]
    for layer in layers:
        layer.trainable = False
    return keras.Sequential([*layers, keras.layers.Dense(classes, activation="softmax")])


# %% wrong="the output of the layer before, which loses the `+`" message="a connection was lost"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-2].output)
    base.trainable = False
    head = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], head(base.outputs[0]))


# %% wrong="renames the old head, and sets its units" message="You returned the model that was passed in"
def replace_head(model, classes):
    model.trainable = False
    model.layers[-1].units = classes
    model.layers[-1].trainable = True
    return model


# %% wrong="pops the old head off the copied list" message="The old head is still the last layer"
def replace_head(model, classes):
    model.layers.pop()
    model.layers.append(keras.layers.Dense(classes, activation="softmax"))
    return keras.Model(model.inputs, model.outputs)


# %% wrong="forgets the new layer" message="the new final layer is missing"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    return base


# %% wrong="two new layers" message="Wanted is one new Dense layer"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    hidden = keras.layers.Dense(32, activation="relu")(base.outputs[0])
    return keras.Model(base.inputs[0], keras.layers.Dense(classes, "softmax")(hidden))


# %% wrong="softmax twice" message="Softmax was applied twice"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    answer = keras.layers.Dense(classes, activation="softmax")(base.outputs[0])
    return keras.Model(base.inputs[0], keras.layers.Softmax()(answer))


# %% wrong="wrong activation: tanh" message="The outputs for one image do not sum to 1"
def replace_head(model, classes):
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    head = keras.layers.Dense(classes, activation="tanh")
    return keras.Model(base.inputs[0], head(base.outputs[0]))
