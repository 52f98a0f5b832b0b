# %% right="one batch with momentum 0"
def refresh_statistics(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        layer.trainable = True
        if hasattr(layer, "moving_mean"):
            layer.momentum = 0.0
    copy(images, training=True)
    return copy


# %% right="random batches, forty calls"
def refresh_statistics(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        layer.trainable = True
    random = np.random.default_rng(0)
    for _ in range(40):
        copy(images[random.choice(len(images), 50, replace=False)], training=True)
    return copy


# %% right="means computed layer by layer and set"
def refresh_statistics(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            values = keras.Model(copy.inputs[0], layer.input)(images, training=False).numpy()
            axes = tuple(range(values.ndim - 1))
            layer.moving_mean.assign(values.mean(axis=axes))
            layer.moving_variance.assign(values.var(axis=axes))
    return copy


# %% wrong="kernels trained with fit" message="The kernels moved"
def refresh_statistics(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.trainable = True
    copy.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    copy.fit(images, copy(images).numpy().argmax(axis=1), epochs=5, verbose=0)
    return copy


# %% wrong="a clone without its weights" message="starts from random values"
def refresh_statistics(model, images):
    copy = keras.models.clone_model(model)
    copy.trainable = True
    for _ in range(40):
        copy(images, training=True)
    return copy


# %% wrong="predict moves nothing" message="Inference does not move them"
def refresh_statistics(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.predict(images, verbose=0)
    return copy


# %% wrong="training=False" message="Inference does not move them"
def refresh_statistics(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for _ in range(40):
        copy(images, training=False)
    return copy


# %% wrong="the model itself is changed" message="The model that was passed in has changed"
def refresh_statistics(model, images):
    for layer in model.layers:
        layer.trainable = True
    for _ in range(40):
        model(images, training=True)
    return model


# %% wrong="a second name instead of a copy" message="The model that was passed in has changed"
def refresh_statistics(model, images):
    copy = keras.Model(model.inputs[0], model.outputs[0])
    for _ in range(40):
        copy(images, training=True)
    return copy


# %% wrong="one call only" message="of the way is missing"
def refresh_statistics(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.trainable = True
    copy(images, training=True)
    return copy


# %% wrong="frozen layers left frozen" message="ignores `training=True`"
def refresh_statistics(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for _ in range(40):
        copy(images, training=True)
    return copy


# %% wrong="a flag that was True already" message="passes nothing on"
def refresh_statistics(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.trainable = True
    for _ in range(40):
        copy(images, training=True)
    return copy


# %% wrong="gamma and beta as well" message="it is no moving statistic"
def refresh_statistics(model, images):
    copy = adaptation.refreshed(model, images)
    for layer in copy.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.gamma.assign(np.ones(layer.gamma.shape))
            layer.beta.assign(np.zeros(layer.beta.shape))
    return copy


# %% wrong="images normalised first" message="as they are"
def refresh_statistics(model, images):
    return adaptation.refreshed(model, (images - images.mean()) / images.std())


# %% wrong="the features of the images" message="not a model"
def refresh_statistics(model, images):
    return model(images, training=True)
