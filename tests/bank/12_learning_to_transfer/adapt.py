# %% right="calls fit with all points in one batch"
def adapt(model, weights, x, y, steps):
    model.set_weights(weights)
    path = [[array.copy() for array in weights]]
    for _ in range(steps):
        model.fit(x, y, batch_size=len(x), epochs=1, verbose=0)
        path.append([weight.numpy() for weight in model.weights])
    return path


# %% right="steps by hand, with the gradient from TensorFlow"
def adapt(model, weights, x, y, steps):
    import tensorflow as tf

    path = [weights]
    rate = float(model.optimizer.learning_rate.numpy())
    for _ in range(steps):
        model.set_weights(path[-1])
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x) - y) ** 2)
        gradients = tape.gradient(loss, model.trainable_weights)
        path.append([w - rate * g.numpy() for w, g in zip(path[-1], gradients, strict=True)])
    return path


# %% right="a comprehension, returned as a tuple"
def adapt(model, weights, x, y, steps):
    model.set_weights(weights)

    def after_a_step():
        model.train_on_batch(x, y)
        return tuple(model.get_weights())

    return (tuple(weights), *(after_a_step() for _ in range(steps)))


# %% wrong="starts where the model is" message="remembers the task before"
def adapt(model, weights, x, y, steps):
    path = [model.get_weights()]
    for _ in range(steps):
        model.train_on_batch(x, y)
        path.append(model.get_weights())
    return path


# %% wrong="keeps the weights instead of copies" message="change in place"
def adapt(model, weights, x, y, steps):
    model.set_weights(weights)
    path = [model.weights]
    for _ in range(steps):
        model.train_on_batch(x, y)
        path.append(model.weights)
    return path


# %% wrong="returns only the end" message="one moment only"
def adapt(model, weights, x, y, steps):
    model.set_weights(weights)
    for _ in range(steps):
        model.train_on_batch(x, y)
    return model.get_weights()


# %% wrong="left out the start" message="3 entries for 3 steps"
def adapt(model, weights, x, y, steps):
    model.set_weights(weights)
    path = []
    for _ in range(steps):
        model.train_on_batch(x, y)
        path.append(model.get_weights())
    return path


# %% wrong="the path begins after the first step" message="begins after the first step"
def adapt(model, weights, x, y, steps):
    model.set_weights(weights)
    path = []
    for _ in range(steps + 1):
        model.train_on_batch(x, y)
        path.append(model.get_weights())
    return path


# %% wrong="forgot to train" message="Nothing was learned"
def adapt(model, weights, x, y, steps):
    model.set_weights(weights)
    return [model.get_weights() for _ in range(steps + 1)]


# %% wrong="back to the start before every step" message="on from where the step before ended"
def adapt(model, weights, x, y, steps):
    path = [weights]
    for _ in range(steps):
        model.set_weights(weights)
        model.train_on_batch(x, y)
        path.append(model.get_weights())
    return path


# %% wrong="a step for every single point" message="all points of x and y in one batch"
def adapt(model, weights, x, y, steps):
    model.set_weights(weights)
    path = [model.get_weights()]
    for _ in range(steps):
        for point in range(len(x)):
            model.train_on_batch(x[point : point + 1], y[point : point + 1])
        path.append(model.get_weights())
    return path


# %% wrong="forgot to return" message="returned None"
def adapt(model, weights, x, y, steps):
    model.set_weights(weights)
    path = [model.get_weights()]
    for _ in range(steps):
        model.train_on_batch(x, y)
        path.append(model.get_weights())
