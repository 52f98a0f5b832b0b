# %% right="two lists side by side"
def moved_weights(model, x, y):
    before = [weight.numpy().copy() for weight in model.weights]
    model.fit(x, y, epochs=1, verbose=0)
    pairs = zip(model.weights, before, strict=True)
    return {weight.path for weight, old in pairs if np.any(weight.numpy() != old)}


# %% right="uses get_weights, and returns a list"
def moved_weights(model, x, y):
    before = model.get_weights()
    model.fit(x, y, verbose=0)
    after = model.get_weights()
    paths = [weight.path for weight in model.weights]
    return [path for path, a, b in zip(paths, before, after, strict=True) if (a != b).any()]


# %% wrong="kept the weights instead of copies" message="nothing moved"
def moved_weights(model, x, y):
    before = {weight.path: weight for weight in model.weights}
    model.fit(x, y, epochs=1, verbose=0)
    return {w.path for w in model.weights if not np.array_equal(before[w.path], w)}


# %% wrong="listed the flags instead of measuring" message="flags are a promise"
def moved_weights(model, x, y):
    model.fit(x, y, epochs=1, verbose=0)
    return {weight.path for weight in model.trainable_weights}


# %% wrong="looked at trainable weights only" message="BatchNorm's statistics"
def moved_weights(model, x, y):
    before = {weight.path: weight.numpy() for weight in model.trainable_weights}
    model.fit(x, y, epochs=1, verbose=0)
    moved = {w.path for w in model.trainable_weights if not np.array_equal(before[w.path], w)}
    return moved or {"none/at all"}


# %% wrong="names instead of paths" message="names, not paths"
def moved_weights(model, x, y):
    before = snapshot(model)
    model.fit(x, y, epochs=1, verbose=0)
    return {w.name for w in model.weights if not np.array_equal(before[w.path], w)}


# %% wrong="the weights themselves" message="use `weight.path`"
def moved_weights(model, x, y):
    before = snapshot(model)
    model.fit(x, y, epochs=1, verbose=0)
    return [w for w in model.weights if not np.array_equal(before[w.path], w)]


# %% wrong="forgot to train" message="nothing moved"
def moved_weights(model, x, y):
    before = snapshot(model)
    after = snapshot(model)
    return {path for path in before if not np.array_equal(before[path], after[path])}


# %% wrong="the comparison the wrong way round" message="Your set is not what happened"
def moved_weights(model, x, y):
    before = snapshot(model)
    model.fit(x, y, epochs=1, verbose=0)
    after = snapshot(model)
    return {path for path in before if np.array_equal(before[path], after[path])}


# %% wrong="returns everything" message="the frozen ones too"
def moved_weights(model, x, y):
    model.fit(x, y, epochs=1, verbose=0)
    return {weight.path for weight in model.weights}


# %% wrong="compiles anew" message="train the model as it was compiled"
def moved_weights(model, x, y):
    compile_for_digits(model)
    before = snapshot(model)
    model.fit(x, y, epochs=1, verbose=0)
    after = snapshot(model)
    return {path for path in before if not np.array_equal(before[path], after[path])}


# %% wrong="freezes the model instead of looking" message="nothing moved"
def moved_weights(model, x, y):
    model.trainable = False
    return {weight.path for weight in model.trainable_weights}
