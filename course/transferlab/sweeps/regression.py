"""From regressors to classifiers of digits: how much their features and weights help."""

from collections.abc import Mapping

import keras

from transferlab import backbones, data, training
from transferlab.data import Dataset
from transferlab.experiment import Method
from transferlab.sweeps import Sweep

LABELS = 10  # per digit
SHAPE = "measurements to plain digits"
POSE = "pose to digits in the wild"
PAIRS = {SHAPE: ("measurements", "plain"), POSE: ("pose", "wild")}


def random_features(backbone: keras.Model, dataset: Dataset, seed: int) -> float:
    """Return the test accuracy on features of the architecture with random weights."""
    keras.utils.set_random_seed(seed)
    return training.feature_extraction(keras.models.clone_model(backbone), dataset)


def methods(condition: str) -> Mapping[str, Method]:
    """Return the ways to learn the digits, each from a seed to a test accuracy."""
    source, style = PAIRS[condition]

    def backbone() -> keras.Model:
        return backbones.load_backbone(source)

    def digits(seed: int) -> Dataset:
        return data.digits(style, seed=seed).few(LABELS, seed=seed)

    return {
        "pixels": lambda seed: training.on_pixels(digits(seed)),
        "from scratch": lambda seed: training.from_scratch(backbone(), digits(seed), seed),
        "random features": lambda seed: random_features(backbone(), digits(seed), seed),
        "feature extraction": lambda seed: training.feature_extraction(backbone(), digits(seed)),
        "fine-tuning": lambda seed: training.fine_tuning(backbone(), digits(seed), seed),
    }


SWEEP = Sweep(
    title="regressors to classifiers of handwritten digits, 10 labels per class",
    methods=methods,
    conditions=tuple(PAIRS),
    goals={
        SHAPE: {
            "from scratch": (0.90, 0.013),
            "feature extraction": (0.951, 0.003),
            "fine-tuning": (0.950, 0.010),
        },
        POSE: {
            "from scratch": (0.638, 0.030),
            "feature extraction": (0.509, 0.030),
            "fine-tuning": (0.631, 0.030),
        },
    },
)
