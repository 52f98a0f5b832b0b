# %% right="another optimizer, compiled after freezing"
def train_in_two_phases(model, x, y):
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(), loss=loss, jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    between = snapshot(model)
    freeze_base(model)
    model.compile(keras.optimizers.Adam(), loss=loss, jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    return between, model


# %% right="eager mode looks at the flags in each step"
def train_in_two_phases(model, x, y):
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    model.fit(x, y, epochs=1, verbose=0)
    between = {weight.path: weight.numpy().copy() for weight in model.weights}
    for layer in model.layers[:-3]:
        layer.trainable = False
    model.fit(x, y, epochs=1, verbose=0)
    return between, model


# %% wrong="the colleague's function, unchanged" message="compile(...)` again, *before*"
def train_in_two_phases(model, x, y):
    return colleagues_training(model, x, y)


# %% wrong="compiled again before freezing, and fitted in between" message="base still moved"
def train_in_two_phases(model, x, y):
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    between = snapshot(model)
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    for layer in model.layers[:-3]:
        layer.trainable = False
    return between, model


# %% wrong="froze before phase 1" message="froze too early"
def train_in_two_phases(model, x, y):
    for layer in model.layers[:-3]:
        layer.trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    between = snapshot(model)
    model.fit(x, y, epochs=1, verbose=0)
    return between, model


# %% wrong="froze everything in phase 2" message="head learned nothing"
def train_in_two_phases(model, x, y):
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    between = snapshot(model)
    model.trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    return between, model


# %% wrong="froze the head instead" message="base still moved"
def train_in_two_phases(model, x, y):
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    between = snapshot(model)
    for layer in model.layers[-3:]:
        layer.trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    return between, model


# %% wrong="left out phase 2" message="Nothing moved in phase 2"
def train_in_two_phases(model, x, y):
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    between = snapshot(model)
    freeze_base(model)
    return between, model


# %% wrong="returns the model alone" message="Return two things"
def train_in_two_phases(model, x, y):
    between, model = colleagues_training(model, x, y)
    return model


# %% wrong="took the snapshot too early" message="from before phase 1"
def train_in_two_phases(model, x, y):
    between = snapshot(model)
    _, model = colleagues_training(model, x, y)
    return between, model


# %% wrong="counts the base from the front, as the visible model has it" message="base still moved"
def train_in_two_phases(model, x, y):
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    between = snapshot(model)
    for layer in model.layers[:1]:
        layer.trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    return between, model
