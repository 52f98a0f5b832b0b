# %% right="by what_goes_into, for the first layer of the head"
def cut_head(model, n):
    return what_goes_into(model, model.layers[-n].name)


# %% right="walks back from the answer, one input at a time"
def cut_head(model, n):
    tensor = model.outputs[0]
    for layer in reversed(model.layers[-n:]):
        tensor = layer.input
    return keras.Model(model.inputs, tensor)


# %% wrong="the colleague's chain" message="a connection was lost"
def cut_head(model, n):
    return colleagues_cut(model, n)


# %% wrong="the output of the last layer that is kept, which loses the `+`" message="a `+` between two tensors is in no list"
def cut_head(model, n):
    return keras.Model(model.inputs[0], model.layers[-n - 1].output)


# %% wrong="a wrong cut: off by one" message="ends with what layer 'head_dense' gives"
def cut_head(model, n):
    return keras.Model(model.inputs[0], model.layers[-n].output)


# %% wrong="a wrong cut: counted from the front" message="The wrong cut"
def cut_head(model, n):
    return keras.Model(model.inputs[0], model.layers[n].input)


# %% wrong="a clone" message="Your model has fresh weights"
def cut_head(model, n):
    clone = keras.models.clone_model(model)
    return keras.Model(clone.inputs[0], clone.layers[-n].input)


# %% wrong="a copy with the right numbers" message="they are copies"
def cut_head(model, n):
    copy = independent_copy(model)
    return keras.Model(copy.inputs[0], copy.layers[-n].input)


# %% wrong="took the layers out of the model itself" message="has lost layers"
def cut_head(model, n):
    for _ in range(n):
        model.pop()
    return keras.Model(model.inputs[0], model.outputs[0])


# %% wrong="takes from the copied list, and returns the model" message="You returned the model that was passed in"
def cut_head(model, n):
    for _ in range(n):
        model.layers.pop()
    return model


# %% wrong="always cuts three" message="it was cut too early"
def cut_head(model, n):
    return keras.Model(model.inputs[0], model.layers[-3].input)
