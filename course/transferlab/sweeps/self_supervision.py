"""What free labels are worth: labelled letters, turned letters without labels, and no source."""

from collections.abc import Mapping
from dataclasses import replace

import keras
import numpy as np

from transferlab import backbones, data, training
from transferlab.data import Dataset
from transferlab.experiment import Method
from transferlab.sweeps import Sweep

LABELS = 10  # per class
CONDITIONS = {"turned digits": "turned", "digits in the wild": "wild"}


def digits(name: str, seed: int) -> Dataset:
    """Return the digits of that condition, with few labels."""
    return data.digits(CONDITIONS[name], seed=seed).few(LABELS, seed=seed)


def in_four_turns(dataset: Dataset) -> Dataset:
    """Return the data set with each training image in all four turns, with its class."""
    turned = [np.rot90(dataset.x_train, turn, axes=(1, 2)) for turn in range(4)]
    return replace(
        dataset, x_train=np.concatenate(turned), y_train=np.concatenate([dataset.y_train] * 4)
    )


def untrained(seed: int) -> keras.Model:
    """Return the network of the backbones with random weights."""
    keras.utils.set_random_seed(seed)
    return keras.models.clone_model(backbones.load_backbone("letters"))


def methods(name: str) -> Mapping[str, Method]:
    """Return the ways to learn the digits, from seed to test accuracy; features stay frozen."""

    def features(backbone: str) -> Method:
        return lambda seed: training.feature_extraction(
            backbones.load_backbone(backbone), digits(name, seed)
        )

    def features_and_turns(backbone: str) -> Method:
        return lambda seed: training.feature_extraction(
            backbones.load_backbone(backbone), in_four_turns(digits(name, seed))
        )

    return {
        "pixels": lambda seed: training.on_pixels(digits(name, seed)),
        "untrained features": lambda seed: training.feature_extraction(
            untrained(seed), digits(name, seed)
        ),
        "from scratch": lambda seed: training.from_scratch(
            untrained(seed), digits(name, seed), seed
        ),
        "rotation": features("rotation"),
        "letters": features("letters"),
        "rotation, digits turned too": features_and_turns("rotation"),
        "letters, digits turned too": features_and_turns("letters"),
    }


SWEEP = Sweep(
    title="letters with labels or turned without, to digits with 10 labels per class",
    methods=methods,
    conditions=tuple(CONDITIONS),
)
