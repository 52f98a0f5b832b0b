"""Lesson 4 says that letters features tell pairs of digits apart better than pixels do."""

import keras
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.metrics.pairwise import cosine_similarity

from transferlab import backbones, data


def told_apart(rows: np.ndarray, y: np.ndarray) -> float:
    """Return the AUC over all pairs of two different images."""
    first, second = np.triu_indices(len(y), k=1)
    return roc_auc_score((y[first] == y[second]), cosine_similarity(rows)[first, second])


@pytest.mark.parametrize("seed", [0, 3])
def test_letters_features_beat_pixels_and_random_weights(seed: int) -> None:
    backbone = backbones.load_backbone("letters")
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output)
    keras.utils.set_random_seed(seed)
    untrained = keras.models.clone_model(base)
    wild = data.digits("wild", seed=seed)
    learned = told_apart(base(wild.x_test).numpy(), wild.y_test)
    assert learned > told_apart(wild.x_test.reshape(500, -1), wild.y_test) + 0.05
    assert learned > told_apart(untrained(wild.x_test).numpy(), wild.y_test) + 0.05
