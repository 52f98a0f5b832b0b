# %% right="functional, the embedding layer taken out of the backbone"
def build_classifier(backbone, classes):
    embedding = backbone.get_layer("embedding")
    embedding.trainable = False
    inputs = keras.Input((None,), dtype="int32")
    pooled = keras.layers.GlobalAveragePooling1D()(embedding(inputs))
    return keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(pooled))


# %% right="a new embedding with the old vectors, and some Dropout"
def build_classifier(backbone, classes):
    table = backbone.get_weights()[0]
    embedding = keras.layers.Embedding(*table.shape, mask_zero=True, trainable=False)
    embedding.build(None)
    embedding.set_weights([table])
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            embedding,
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(classes),
            keras.layers.Softmax(),
        ]
    )


# %% wrong="the embedding can learn" message="The embedding can still learn"
def build_classifier(backbone, classes):
    return keras.Sequential(
        [backbone, layers.GlobalAveragePooling1D(), layers.Dense(classes, activation="softmax")]
    )


# %% wrong="the mask is lost in an operation" message="The mask was lost"
def build_classifier(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input((None,), dtype="int32")
    pooled = keras.ops.mean(backbone(inputs), axis=1)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(pooled))


# %% wrong="a new embedding without mask_zero" message="The mask was lost"
def build_classifier(backbone, classes):
    table = backbone.get_weights()[0]
    embedding = keras.layers.Embedding(*table.shape, trainable=False)
    embedding.build(None)
    embedding.set_weights([table])
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            embedding,
            layers.GlobalAveragePooling1D(),
            layers.Dense(classes, activation="softmax"),
        ]
    )


# %% wrong="fresh vectors" message="pretrained vectors are not in the model"
def build_classifier(backbone, classes):
    embedding = keras.layers.Embedding(
        *backbone.get_weights()[0].shape, mask_zero=True, trainable=False
    )
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            embedding,
            layers.GlobalAveragePooling1D(),
            layers.Dense(classes, activation="softmax"),
        ]
    )


# %% wrong="a clone, which forgets" message="pretrained vectors are not in the model"
def build_classifier(backbone, classes):
    backbone = keras.models.clone_model(backbone)
    backbone.trainable = False
    return keras.Sequential(
        [backbone, layers.GlobalAveragePooling1D(), layers.Dense(classes, activation="softmax")]
    )


# %% wrong="everything frozen" message="Nothing can learn"
def build_classifier(backbone, classes):
    model = keras.Sequential(
        [backbone, layers.GlobalAveragePooling1D(), layers.Dense(classes, activation="softmax")]
    )
    model.trainable = False
    return model


# %% wrong="no pooling: an answer for each word" message="Average over the words"
def build_classifier(backbone, classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.Dense(classes, activation="softmax")])


# %% wrong="no softmax" message="not probabilities"
def build_classifier(backbone, classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.GlobalAveragePooling1D(), layers.Dense(classes)])


# %% wrong="a fixed number of classes" message="one probability for each class"
def build_classifier(backbone, classes):
    backbone.trainable = False
    return keras.Sequential(
        [backbone, layers.GlobalAveragePooling1D(), layers.Dense(10, activation="softmax")]
    )
