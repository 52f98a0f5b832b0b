# %% right="freezes layer by layer, loss as an object"
def to_classifier(regressor, layer, classes):
    features = regressor.get_layer(layer).output
    base = keras.Model(regressor.inputs, features)
    for part in base.layers:
        part.trainable = False
    answer = keras.layers.Dense(classes, "softmax", name="classes")(features)
    model = keras.Model(regressor.inputs, answer)
    return model, keras.losses.SparseCategoricalCrossentropy()


# %% right="base nested as a layer, loss as a function"
def to_classifier(regressor, layer, classes):
    base = keras.Model(regressor.inputs[0], regressor.get_layer(layer).output)
    base.trainable = False
    model = keras.Sequential(
        [keras.Input(regressor.input_shape[1:]), base, keras.layers.Dense(classes)]
    )
    model.layers[-1].activation = keras.activations.softmax
    return model, keras.losses.sparse_categorical_crossentropy


# %% wrong="linear output" message="Your outputs are bare scores"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(classes)
    return keras.Model(base.inputs[0], new(base.outputs[0])), "sparse_categorical_crossentropy"


# %% wrong="squared error" message="is a loss for *amounts*"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], new(base.outputs[0])), "mean_squared_error"


# %% wrong="cut after the output" message="output layer is still inside"
def to_classifier(regressor, layer, classes):
    regressor.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    answer = new(regressor.outputs[0])
    return keras.Model(regressor.inputs[0], answer), "sparse_categorical_crossentropy"


# %% wrong="cut before the output, and not at the layer" message="You have cut later than"
def to_classifier(regressor, layer, classes):
    base = keras.Model(regressor.inputs[0], regressor.layers[-1].input)
    base.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], new(base.outputs[0])), "sparse_categorical_crossentropy"


# %% wrong="cut before the layer" message="cut too early"
def to_classifier(regressor, layer, classes):
    base = keras.Model(regressor.inputs[0], regressor.get_layer("conv3").input)
    base.trainable = False
    flat = keras.layers.Flatten()(base.outputs[0])
    answer = keras.layers.Dense(classes, activation="softmax")(flat)
    return keras.Model(base.inputs[0], answer), "sparse_categorical_crossentropy"


# %% wrong="sigmoid" message="With sigmoid each class says yes or no by itself"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(classes, activation="sigmoid")
    return keras.Model(base.inputs[0], new(base.outputs[0])), "sparse_categorical_crossentropy"


# %% wrong="as many outputs as the regressor had" message="probabilities, one for each class"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(regressor.output_shape[-1], activation="softmax")
    return keras.Model(base.inputs[0], new(base.outputs[0])), "sparse_categorical_crossentropy"


# %% wrong="a loss for one-hot labels" message="'sparse' is the form"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], new(base.outputs[0])), "categorical_crossentropy"


# %% wrong="scores promised, probabilities given" message="probabilities already"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return keras.Model(base.inputs[0], new(base.outputs[0])), loss


# %% wrong="a misspelt loss" message="Keras does not know the loss"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], new(base.outputs[0])), "crossentropy"


# %% wrong="a clone" message="what it has learned is gone"
def to_classifier(regressor, layer, classes):
    base = keras.models.clone_model(cut(regressor, layer))
    base.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], new(base.outputs[0])), "sparse_categorical_crossentropy"


# %% wrong="nothing frozen" message="The base can still learn"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    new = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], new(base.outputs[0])), "sparse_categorical_crossentropy"


# %% wrong="all frozen" message="The new head is frozen"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    new = keras.layers.Dense(classes, activation="softmax")
    model = keras.Model(base.inputs[0], new(base.outputs[0]))
    model.trainable = False
    return model, "sparse_categorical_crossentropy"


# %% wrong="a hidden layer more" message="Wanted is one new Dense layer"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    base.trainable = False
    hidden = keras.layers.Dense(16, activation="relu")(base.outputs[0])
    answer = keras.layers.Dense(classes, activation="softmax")(hidden)
    return keras.Model(base.inputs[0], answer), "sparse_categorical_crossentropy"


# %% wrong="loss and model the wrong way round" message="not a model"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    return "sparse_categorical_crossentropy", keras.Model(base.inputs[0], new(base.outputs[0]))


# %% wrong="the loss forgotten" message="Return two things"
def to_classifier(regressor, layer, classes):
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], new(base.outputs[0]))


# %% wrong="takes the output layer off with pop" message="has lost layers"
def to_classifier(regressor, layer, classes):
    regressor.pop()
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], new(base.outputs[0])), "sparse_categorical_crossentropy"
