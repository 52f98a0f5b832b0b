# %% right="asks for several classes first; names of classes"
def head_for(y, class_names):
    if y.ndim == 2 and np.any(y.sum(axis=-1) != 1):
        return len(class_names), "sigmoid", "BinaryCrossentropy"
    loss = "SparseCategoricalCrossentropy" if y.ndim == 1 else "CategoricalCrossentropy"
    return len(class_names), "softmax", loss


# %% right="scores without activation, losses that know it"
def head_for(y, class_names):
    units = len(list(class_names))
    if len(y.shape) == 1:
        return units, "linear", keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if set(y.sum(axis=1)) == {1}:
        return units, None, keras.losses.CategoricalCrossentropy(from_logits=True)
    return units, None, keras.losses.BinaryCrossentropy(from_logits=True)


# %% wrong="wrong number of classes: counts those that occur" message="Labels do not say how many"
def head_for(y, class_names):
    if y.ndim == 1:
        return len(np.unique(y)), "softmax", "sparse_categorical_crossentropy"
    if (y.sum(axis=1) == 1).all():
        return int((y.sum(axis=0) > 0).sum()), "softmax", "categorical_crossentropy"
    return y.shape[1], "sigmoid", "binary_crossentropy"


# %% wrong="wrong number of classes: the largest label" message="Ask `class_names`"
def head_for(y, class_names):
    if y.ndim == 1:
        return y.max(), "softmax", "sparse_categorical_crossentropy"
    loss = "categorical_crossentropy" if (y.sum(axis=1) == 1).all() else "binary_crossentropy"
    return y.shape[1], "softmax" if loss.startswith("c") else "sigmoid", loss


# %% wrong="softmax for several classes" message="With softmax the classes compete"
def head_for(y, class_names):
    if y.ndim == 1:
        return len(class_names), "softmax", "sparse_categorical_crossentropy"
    if (y.sum(axis=1) == 1).all():
        return len(class_names), "softmax", "categorical_crossentropy"
    return len(class_names), "softmax", "binary_crossentropy"


# %% wrong="all rows are taken for one-hot" message="some rows hold several ones, or none"
def head_for(y, class_names):
    if y.ndim == 1:
        return len(class_names), "softmax", "sparse_categorical_crossentropy"
    return len(class_names), "softmax", "categorical_crossentropy"


# %% wrong="looks for rows with several ones, and overlooks empty rows" message="multi-hot rows with at most one class"
def head_for(y, class_names):
    if y.ndim == 1:
        return len(class_names), "softmax", "sparse_categorical_crossentropy"
    if y.sum(axis=1).max() <= 1:
        return len(class_names), "softmax", "categorical_crossentropy"
    return len(class_names), "sigmoid", "binary_crossentropy"


# %% wrong="wrong activation: sigmoid for one class" message="With sigmoid each class says yes or no"
def head_for(y, class_names):
    loss = "sparse_categorical_crossentropy" if y.ndim == 1 else "binary_crossentropy"
    return len(class_names), "sigmoid", loss


# %% wrong="wrong activation: none, with a loss that wants probabilities" message="are not probabilities"
def head_for(y, class_names):
    return len(class_names), "linear", "sparse_categorical_crossentropy"


# %% wrong="dense loss for whole numbers" message="This loss cannot read these labels"
def head_for(y, class_names):
    if y.ndim == 1 or (y.sum(axis=1) == 1).all():
        return len(class_names), "softmax", "categorical_crossentropy"
    return len(class_names), "sigmoid", "binary_crossentropy"


# %% wrong="sparse loss for rows" message="wants rows as long as the output"
def head_for(y, class_names):
    if y.ndim == 1 or (y.sum(axis=1) == 1).all():
        return len(class_names), "softmax", "sparse_categorical_crossentropy"
    return len(class_names), "sigmoid", "binary_crossentropy"


# %% wrong="squared error for one-hot rows" message="it is not the one for these labels"
def head_for(y, class_names):
    if y.ndim == 1:
        return len(class_names), "softmax", "sparse_categorical_crossentropy"
    if (y.sum(axis=1) == 1).all():
        return len(class_names), "softmax", "mean_squared_error"
    return len(class_names), "sigmoid", "binary_crossentropy"


# %% wrong="a name that Keras does not know" message="Keras does not know the name"
def head_for(y, class_names):
    return len(class_names), "softmax", "sparse_crossentropy"


# %% wrong="returns the layer alone" message="Return three things"
def head_for(y, class_names):
    return keras.layers.Dense(len(class_names), activation="softmax")
