# %% right="the outputs as a tuple, found with enumerate"
def features_and_answer(model, name):
    places = {layer.name: place for place, layer in enumerate(model.layers)}
    features = model.layers[places[name]].output
    return keras.Model(model.inputs, (features, *model.outputs))


# %% right="two models called on a new input, then joined"
def features_and_answer(model, name):
    features = keras.Model(model.inputs[0], model.get_layer(name).output)
    start = keras.Input(model.inputs[0].shape[1:])
    return keras.Model(start, [features(start), model(start)])


# %% right="the outputs with names"
def features_and_answer(model, name):
    outputs = {"1 features": model.get_layer(name).output, "2 answer": model.outputs[0]}
    return keras.Model(model.inputs[0], outputs)


# %% wrong="the outputs swapped" message="The two outputs are swapped"
def features_and_answer(model, name):
    return keras.Model(model.inputs[0], [model.outputs[0], model.get_layer(name).output])


# %% wrong="the features alone" message="Your model has 1 output."
def features_and_answer(model, name):
    return keras.Model(model.inputs[0], model.get_layer(name).output)


# %% wrong="two models instead of two outputs" message="Return *one* model"
def features_and_answer(model, name):
    return keras.Model(model.inputs[0], model.get_layer(name).output), model


# %% wrong="a clone" message="Your model has fresh weights"
def features_and_answer(model, name):
    clone = keras.models.clone_model(model)
    return keras.Model(clone.inputs[0], [clone.get_layer(name).output, clone.outputs[0]])


# %% wrong="a wrong cut: the layer's input instead of its output" message="The wrong cut: your model ends with"
def features_and_answer(model, name):
    return keras.Model(model.inputs[0], [model.get_layer(name).input, model.outputs[0]])


# %% wrong="features of a fixed place, whatever the name" message="The wrong cut: your model ends with what layer 'features' gives"
def features_and_answer(model, name):
    return keras.Model(model.inputs[0], [model.layers[-4].output, model.outputs[0]])


# %% wrong="the last hidden layer instead of the answer" message="cut too early"
def features_and_answer(model, name):
    return keras.Model(model.inputs[0], [model.get_layer(name).output, model.layers[-1].input])


# %% wrong="asks a loaded Sequential for its output" message="`model.inputs[0]` and `model.outputs[0]`"
def features_and_answer(model, name):
    return keras.Model(model.inputs[0], [model.get_layer(name).output, model.output])


# %% wrong="a new last layer, with fresh weights" message="it has layers that it should not have"
def features_and_answer(model, name):
    last = keras.layers.Dense(model.output_shape[-1], activation="softmax", name="new_answer")
    features = model.get_layer(name).output
    whole = keras.Model(model.inputs[0], model.outputs[0])
    return keras.Model(whole.inputs[0], [features, last(whole.outputs[0])])
