"""Measure the shift between two domains and adapt to it.

It must not know any data set or lesson. Lesson 10 builds these functions by hand before it calls
them here.
"""

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler


def domain_gap(features_a: np.ndarray, features_b: np.ndarray, seed: int = 0) -> float:
    """Return how well two domains can be told apart: 0 not at all, 2 perfectly.

    This is the proxy A-distance, `2 (1 - 2 error)`, of a logistic regression on held-out rows
    (Ben-David et al., 2010, "A theory of learning from different domains"). Only
    as many rows of the larger domain are used as the smaller one has. Rows `(n, d)` and `(m, d)`.
    """
    rng = np.random.default_rng(seed)
    few = min(len(features_a), len(features_b))
    kept = [rows[rng.permutation(len(rows))[:few]] for rows in (features_a, features_b)]
    train, test, y_train, y_test = train_test_split(
        np.concatenate(kept), np.repeat([0, 1], few), test_size=0.5, random_state=seed
    )
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    error = 1 - classifier.fit(train, y_train).score(test, y_test)
    return float(2 * (1 - 2 * error))


def refreshed(model: keras.Model, images: np.ndarray) -> keras.Model:
    """Return a copy of `model` whose BatchNorm statistics are those of `images`.

    No label is used and no other weight is changed (Li et al., 2016, "Revisiting batch
    normalization for practical domain adaptation"). The images go through in one batch, with
    momentum 0, so that nothing is left of the old statistics. BatchNorm layers inside nested models
    are left alone.
    """
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    norms = [layer for layer in copy.layers if isinstance(layer, keras.layers.BatchNormalization)]
    kept = [(layer.trainable, layer.momentum) for layer in norms]
    for layer in norms:
        layer.trainable, layer.momentum = True, 0.0
    copy(images, training=True)
    for layer, (trainable, momentum) in zip(norms, kept, strict=True):
        layer.trainable, layer.momentum = trainable, momentum
    return copy


def from_both(
    source_features: np.ndarray,
    source_labels: np.ndarray,
    few_features: np.ndarray,
    few_labels: np.ndarray,
    weight: float = 1.0,
) -> Pipeline:
    """Return a logistic regression on both domains; each of the few rows counts `weight` times.

    Features `(n, d)` and `(m, d)`, labels `(n,)` and `(m,)`. It is the baseline that Daumé (2007),
    "Frustratingly easy domain adaptation", calls WEIGHTED.
    """
    rows = np.concatenate([source_features, few_features])
    labels = np.concatenate([source_labels, few_labels])
    weights = np.repeat([1.0, weight], [len(source_features), len(few_features)])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return classifier.fit(rows, labels, logisticregression__sample_weight=weights)
