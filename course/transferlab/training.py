"""The ways to learn a target task that the lessons compare, each from a seed to an accuracy.

A lesson builds these by hand before it calls them here. Every function takes a `Dataset` with few
labels and returns the accuracy on its test images. A backbone needs a layer named `features`;
what comes after it is its old head and is left out.
"""

from collections.abc import Callable

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from transferlab.data import Dataset

STEPS = 400  # of the optimizer, for every training of a whole network
BATCH = 32


def extractor(backbone: keras.Model) -> keras.Model:
    """Return the backbone up to its layer `features`; it shares the backbone's weights."""
    features = keras.layers.Flatten(name="flat")(backbone.get_layer("features").output)
    return keras.Model(backbone.inputs[0], features)


def linear_probe(extract: Callable, dataset: Dataset) -> float:
    """Return the test accuracy of a logistic regression on what `extract` makes of the images."""
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(np.asarray(extract(dataset.x_train)), dataset.y_train)
    return float(classifier.score(np.asarray(extract(dataset.x_test)), dataset.y_test))


def held_out_probe(extract: Callable, dataset: Dataset, folds: int = 5) -> np.ndarray:
    """Return the accuracies `(folds,)` of a linear probe on held-out parts of the training images.

    The folds are the same for every `extract`; the test images are not touched.
    """
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    split = StratifiedKFold(folds, shuffle=True, random_state=0)
    rows = np.asarray(extract(dataset.x_train))
    return cross_val_score(classifier, rows, dataset.y_train, cv=split)


def on_pixels(dataset: Dataset) -> float:
    """Return the test accuracy of a logistic regression on the pixels: the simplest baseline."""
    return linear_probe(lambda images: images.reshape(len(images), -1), dataset)


def feature_extraction(backbone: keras.Model, dataset: Dataset) -> float:
    """Return the test accuracy of a logistic regression on the backbone's features."""
    return linear_probe(extractor(backbone), dataset)


def from_scratch(
    backbone: keras.Model, dataset: Dataset, seed: int, *, augment: bool = False
) -> float:
    """Return the test accuracy of the backbone's architecture, trained from random weights."""
    keras.utils.set_random_seed(seed)
    fresh = keras.models.clone_model(extractor(backbone))
    model = with_head(fresh, dataset, augment=augment)
    fit(model, dataset, rate=2e-3)
    return accuracy(model, dataset)


def fine_tuning(
    backbone: keras.Model,
    dataset: Dataset,
    seed: int,
    *,
    rate: float = 5e-4,
    steps: int = STEPS,
    augment: bool = False,
) -> float:
    """Return the test accuracy after warming up a new head and then training all of the model.

    BatchNorm stays frozen, statistics included, as lesson 7 explains. Changes `backbone`.
    """
    keras.utils.set_random_seed(seed)
    base = extractor(backbone)
    model = with_head(base, dataset, augment=augment)
    warm_up(model, base, dataset)
    base.trainable = True
    for layer in base.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    fit(model, dataset, rate=rate, steps=steps)
    return accuracy(model, dataset)


def with_head(base: keras.Model, dataset: Dataset, *, augment: bool = False) -> keras.Model:
    """Return a model of augmentation (if wanted), the base and a new softmax head."""
    distort = [
        keras.layers.RandomRotation(25 / 360, fill_mode="constant"),
        keras.layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
        keras.layers.RandomZoom((0.0, 0.3), fill_mode="constant"),
    ]
    head = keras.layers.Dense(len(dataset.class_names), activation="softmax", name="head")
    inputs = keras.Input(dataset.input_shape)
    images = keras.Sequential(distort)(inputs) if augment else inputs
    return keras.Model(inputs, head(base(images)))


def warm_up(model: keras.Model, base: keras.Model, dataset: Dataset) -> None:
    """Give the head the weights of a logistic regression on the base's features; no epoch."""
    features = base(dataset.x_train).numpy()
    scaler = StandardScaler().fit(features)
    linear = LogisticRegression(max_iter=1000).fit(scaler.transform(features), dataset.y_train)
    kernel = linear.coef_.T / scaler.scale_[:, None]
    model.get_layer("head").set_weights([kernel, linear.intercept_ - scaler.mean_ @ kernel])


def fit(
    model: keras.Model,
    dataset: Dataset,
    rate: float,
    steps: int = STEPS,
    *,
    batch: int = BATCH,
    optimizer: Callable[..., keras.optimizers.Optimizer] = keras.optimizers.Adam,
) -> None:
    """Train for about `steps` steps; the rate of the new optimizer falls to zero along a cosine."""
    per_epoch = -(-len(dataset.x_train) // batch)
    epochs = max(1, round(steps / per_epoch))
    schedule = keras.optimizers.schedules.CosineDecay(rate, epochs * per_epoch)
    model.compile(optimizer(schedule), "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(dataset.x_train, dataset.y_train, batch_size=batch, epochs=epochs, verbose=0)


def accuracy(model: keras.Model, dataset: Dataset) -> float:
    """Return the share of test images that the model gets right."""
    guesses = model(dataset.x_test).numpy().argmax(axis=1)
    return float(np.mean(guesses == dataset.y_test))
