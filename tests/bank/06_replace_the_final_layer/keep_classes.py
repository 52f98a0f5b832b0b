# %% right="one column after the other, softmax as a layer of its own"
def keep_classes(model, wanted):
    kernel, bias = model.layers[-1].get_weights()
    columns = np.stack([kernel[:, position] for position in wanted], axis=1)
    scores = keras.layers.Dense(len(wanted))
    tensor = scores(model.layers[-1].input)
    scores.set_weights([columns, np.array([bias[position] for position in wanted])])
    return keras.Model(model.inputs, keras.layers.Softmax()(tensor))


# %% right="with initializers instead of set_weights"
def keep_classes(model, wanted):
    kernel, bias = model.layers[-1].get_weights()
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    new = keras.layers.Dense(
        len(wanted),
        activation="softmax",
        kernel_initializer=lambda shape, dtype=None: keras.ops.cast(kernel[:, wanted], dtype),
        bias_initializer=lambda shape, dtype=None: keras.ops.cast(bias[wanted], dtype),
    )
    return keras.Sequential([keras.Input(model.input_shape[1:]), base, new])


# %% wrong="a new layer with random weights" message="A new Dense layer starts from random values"
def keep_classes(model, wanted):
    new = keras.layers.Dense(len(wanted), activation="softmax")
    return keras.Model(model.inputs[0], new(model.layers[-1].input))


# %% wrong="picks the old probabilities" message="Your outputs do not sum to 1"
def keep_classes(model, wanted):
    chosen = keras.ops.take(model.outputs[0], wanted, axis=1)
    return keras.Model(model.inputs[0], chosen)


# %% wrong="softmax on the old probabilities" message="softmax to probabilities"
def keep_classes(model, wanted):
    chosen = keras.ops.take(model.outputs[0], wanted, axis=1)
    return keras.Model(model.inputs[0], keras.ops.softmax(chosen))


# %% wrong="the old probabilities, shared out anew" message="the old final layer is still inside"
def keep_classes(model, wanted):
    chosen = keras.ops.take(model.outputs[0], wanted, axis=1)
    return keras.Model(model.inputs[0], chosen / keras.ops.sum(chosen, axis=1, keepdims=True))


# %% wrong="wrong activation: none" message="Your outputs are scores"
def keep_classes(model, wanted):
    old = model.layers[-1]
    new = keras.layers.Dense(len(wanted))
    outputs = new(old.input)
    new.set_weights([old.kernel.numpy()[:, wanted], old.bias.numpy()[wanted]])
    return keras.Model(model.inputs[0], outputs)


# %% wrong="forgot the biases" message="The biases did not come along"
def keep_classes(model, wanted):
    old = model.layers[-1]
    new = keras.layers.Dense(len(wanted), activation="softmax")
    outputs = new(old.input)
    new.set_weights([old.kernel.numpy()[:, wanted], np.zeros(len(wanted))])
    return keras.Model(model.inputs[0], outputs)


# %% wrong="in the old order" message="The classes are in the wrong order"
def keep_classes(model, wanted):
    old = model.layers[-1]
    places = sorted(wanted)
    new = keras.layers.Dense(len(wanted), activation="softmax")
    outputs = new(old.input)
    new.set_weights([old.kernel.numpy()[:, places], old.bias.numpy()[places]])
    return keras.Model(model.inputs[0], outputs)


# %% wrong="a Dense stacked on the old head" message="random values"
def keep_classes(model, wanted):
    new = keras.layers.Dense(len(wanted), activation="softmax")
    return keras.Model(model.inputs[0], new(model.outputs[0]))


# %% wrong="sets the other biases of the old layer far down" message="answers differently now"
def keep_classes(model, wanted):
    old = model.layers[-1]
    kernel, bias = old.get_weights()
    others = [position for position in range(old.units) if position not in wanted]
    bias[others] = -1e9
    old.set_weights([kernel, bias])
    return keras.Model(model.inputs[0], keras.ops.take(model.outputs[0], wanted, axis=1))


# %% wrong="wrong number of classes: keeps all" message="one probability for each of the 3 classes"
def keep_classes(model, wanted):
    return keras.Model(model.inputs[0], model.outputs[0])


# %% wrong="takes rows of the kernel" message="your code stopped with ValueError"
def keep_classes(model, wanted):
    old = model.layers[-1]
    new = keras.layers.Dense(len(wanted), activation="softmax")
    outputs = new(old.input)
    new.set_weights([old.kernel.numpy()[: len(wanted)], old.bias.numpy()[wanted]])
    return keras.Model(model.inputs[0], outputs)
