# %% right="makes the model functional first, and looks the layer up in a loop"
def what_goes_into(model, name):
    functional = keras.Model(model.inputs[0], model.outputs[0])
    (tensor,) = [layer.input for layer in functional.layers if layer.name == name]
    return keras.Model(functional.input, tensor, name="before")


# %% right="hands over the lists of tensors"
def what_goes_into(model, name):
    return keras.Model(inputs=model.inputs, outputs=[model.get_layer(name).input])


# %% right="finds the start by the first layer's input"
def what_goes_into(model, name):
    first = model.layers[0]
    start = first.output if isinstance(first, keras.layers.InputLayer) else first.input
    return keras.Model(start, model.get_layer(name=name).input)


# %% wrong="a wrong cut: after the layer, not before it" message="ends with what layer 'head_dense' gives"
def what_goes_into(model, name):
    return keras.Model(model.inputs[0], model.get_layer(name).output)


# %% wrong="a wrong cut: one layer too early" message="The wrong cut: your model ends with"
def what_goes_into(model, name):
    names = [layer.name for layer in model.layers]
    return keras.Model(model.inputs[0], model.layers[names.index(name) - 2].output)


# %% wrong="a clone" message="Your model has fresh weights"
def what_goes_into(model, name):
    clone = keras.models.clone_model(model)
    return keras.Model(clone.inputs[0], clone.get_layer(name).input)


# %% wrong="a clone that was given the weights: right numbers, copied" message="they are copies"
def what_goes_into(model, name):
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    return keras.Model(clone.inputs[0], clone.get_layer(name).input)


# %% wrong="new layers from the config, with fresh weights" message="Your model has fresh weights"
def what_goes_into(model, name):
    names = [layer.name for layer in model.layers]
    layers = model.layers[: names.index(name)]
    new = [type(layer).from_config(layer.get_config()) for layer in layers]
    return keras.Sequential([keras.Input(model.input_shape[1:]), *new])


# %% wrong="asks a loaded Sequential for its input" message="`model.inputs[0]` and `model.outputs[0]`"
def what_goes_into(model, name):
    return keras.Model(model.input, model.get_layer(name).input)


# %% wrong="starts a new input that leads nowhere" message="no path leads from these inputs"
def what_goes_into(model, name):
    start = keras.Input(model.inputs[0].shape[1:])
    return keras.Model(start, model.get_layer(name).input)


# %% wrong="the layers in a row, which loses one of two paths" message="a layer that joins two paths gets only one"
def what_goes_into(model, name):
    names = [layer.name for layer in model.layers]
    return keras.Sequential(model.layers[: names.index(name)])


# %% wrong="the tensor instead of a model" message="a place in the graph"
def what_goes_into(model, name):
    return model.get_layer(name).input


# %% wrong="the whole model" message="You returned the model that was passed in"
def what_goes_into(model, name):
    keras.Model(model.inputs[0], model.get_layer(name).input)
    return model
