# %% right="uses the size of each array"
def count_trainable(model):
    total = 0
    for weight in model.trainable_variables:
        total += weight.numpy().size
    return total


# %% right="goes layer by layer and multiplies with math.prod"
def count_trainable(model):
    import math

    if not model.trainable:
        return 0
    return sum(math.prod(w.shape) for layer in model.layers for w in layer.trainable_weights)


# %% right="all parameters less those that cannot learn, as a NumPy number"
def count_trainable(model):
    frozen = sum(np.prod(weight.shape) for weight in model.non_trainable_weights)
    return np.int64(model.count_params() - frozen)


# %% wrong="counted all parameters" message="the frozen ones too"
def count_trainable(model):
    return model.count_params()


# %% wrong="counted tensors" message="counts tensors"
def count_trainable(model):
    return len(model.trainable_weights)


# %% wrong="counted the frozen ones" message="cannot* learn"
def count_trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights)


# %% wrong="counted layers" message="counts layers"
def count_trainable(model):
    return len([layer for layer in model.layers if layer.trainable])


# %% wrong="counts BatchNorm's statistics" message="moving statistics"
def count_trainable(model):
    if not model.trainable:
        return 0
    return sum(layer.count_params() for layer in model.layers if layer.trainable)


# %% wrong="left out the biases" message="biases included"
def count_trainable(model):
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights if len(w.shape) > 1)


# %% wrong="printed instead of returning" message="returned None"
def count_trainable(model):
    print(sum(np.prod(weight.shape) for weight in model.trainable_weights))


# %% wrong="returns a list of sizes" message="add the sizes up"
def count_trainable(model):
    return [int(np.prod(weight.shape)) for weight in model.trainable_weights]


# %% wrong="freezes the model, so that there is nothing to count" message="changed what can learn"
def count_trainable(model):
    model.trainable = False
    return 0
