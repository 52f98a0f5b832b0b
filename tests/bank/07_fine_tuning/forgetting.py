# %% right="a copy of the backbone that gets the tuned base's weights"
def forgetting(backbone, tuned, x, y):
    reader = keras.models.clone_model(backbone)
    kept = tuned.get_weights()
    reader.set_weights(kept + backbone.get_weights()[len(kept) :])

    def accuracy(model):
        return float(np.mean(model.predict(x, verbose=0).argmax(axis=1) == y))

    return accuracy(backbone) - accuracy(reader)


# %% right="the old head as a model of its own"
def forgetting(backbone, tuned, x, y):
    features = backbone.get_layer("features")
    head = keras.Model(features.output, backbone.outputs[0])
    before = np.argmax(backbone(x), axis=1) == y
    after = np.argmax(head(tuned(x)), axis=1) == y
    return before.mean() - after.mean()


# %% wrong="the sign" message="has the wrong sign"
def forgetting(backbone, tuned, x, y):
    features = backbone.get_layer("features")
    head = keras.Model(features.output, backbone.outputs[0])
    before = np.argmax(backbone(x), axis=1) == y
    after = np.argmax(head(tuned(x)), axis=1) == y
    return after.mean() - before.mean()


# %% wrong="in percent" message="is in percent"
def forgetting(backbone, tuned, x, y):
    features = backbone.get_layer("features")
    head = keras.Model(features.output, backbone.outputs[0])
    before = np.argmax(backbone(x), axis=1) == y
    after = np.argmax(head(tuned(x)), axis=1) == y
    return 100 * (before.mean() - after.mean())


# %% wrong="the accuracy that is left" message="How much was *lost*"
def forgetting(backbone, tuned, x, y):
    head = keras.Model(backbone.get_layer("features").output, backbone.outputs[0])
    return np.mean(np.argmax(head(tuned(x)), axis=1) == y)


# %% wrong="compares the backbone with itself" message="You compared the backbone with itself"
def forgetting(backbone, tuned, x, y):
    base = keras.Model(backbone.inputs[0], backbone.get_layer("features").output)
    head = keras.Model(backbone.get_layer("features").output, backbone.outputs[0])
    before = np.argmax(backbone(x), axis=1) == y
    after = np.argmax(head(base(x)), axis=1) == y
    return before.mean() - after.mean()


# %% wrong="a new head instead of the old one" message="A new head, or a copy with fresh weights"
def forgetting(backbone, tuned, x, y):
    classes = backbone.output_shape[-1]
    head = keras.layers.Dense(classes, activation="softmax")
    reader = keras.Model(tuned.inputs[0], head(tuned.outputs[0]))
    before = np.argmax(backbone(x), axis=1) == y
    after = np.argmax(reader(x), axis=1) == y
    return before.mean() - after.mean()


# %% wrong="reads the features as classes" message="reads the features as if they were classes"
def forgetting(backbone, tuned, x, y):
    before = np.argmax(backbone(x), axis=1) == y
    after = np.argmax(tuned(x), axis=1) == y
    return before.mean() - after.mean()


# %% wrong="puts the tuned weights into the backbone itself" message="has changed the weights"
def forgetting(backbone, tuned, x, y):
    def accuracy():
        return np.mean(np.argmax(backbone(x), axis=1) == y)

    before = accuracy()
    kept = tuned.get_weights()
    backbone.set_weights(kept + backbone.get_weights()[len(kept) :])
    return before - accuracy()


# %% wrong="takes the head to be two layers" message="In another case (a head of three layers)"
def forgetting(backbone, tuned, x, y):
    output = tuned.outputs[0]
    for layer in backbone.layers[-2:]:
        output = layer(output)
    reader = keras.Model(tuned.inputs[0], output)
    before = np.argmax(backbone(x), axis=1) == y
    after = np.argmax(reader(x), axis=1) == y
    return before.mean() - after.mean()


# %% wrong="as a share of the accuracy before" message="Return the plain difference"
def forgetting(backbone, tuned, x, y):
    head = keras.Model(backbone.get_layer("features").output, backbone.outputs[0])
    before = np.mean(np.argmax(backbone(x), axis=1) == y)
    after = np.mean(np.argmax(head(tuned(x)), axis=1) == y)
    return (before - after) / before


# %% wrong="leads from one model's features to the other's output" message="no path leads from these inputs"
def forgetting(backbone, tuned, x, y):
    head = keras.Model(tuned.outputs[0], backbone.outputs[0])
    before = np.argmax(backbone(x), axis=1) == y
    after = np.argmax(head(tuned(x)), axis=1) == y
    return before.mean() - after.mean()
