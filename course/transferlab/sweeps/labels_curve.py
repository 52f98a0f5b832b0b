"""How accuracy grows with the number of labels, with transfer and without: letters to digits."""

from collections.abc import Mapping

import keras

from transferlab import backbones, data, training
from transferlab.data import Dataset
from transferlab.experiment import Method
from transferlab.sweeps import Sweep

BACKBONE = "letters_resnet"
LABELS = (2, 5, 10, 100)


def condition(labels: int) -> str:
    """Return the name of the condition with that many labels per class."""
    return f"{labels} per class"


def digits(labels: int, seed: int) -> Dataset:
    """Return the digits in the wild with that many labels per class."""
    return data.digits("wild", seed=seed).few(labels, seed=seed)


def methods(name: str) -> Mapping[str, Method]:
    """Return the ways to learn the digits, each from a seed to a test accuracy."""
    labels = int(name.split()[0])

    def backbone() -> keras.Model:
        return backbones.load_backbone(BACKBONE)

    return {
        "pixels": lambda seed: training.on_pixels(digits(labels, seed)),
        "from scratch": lambda seed: training.from_scratch(backbone(), digits(labels, seed), seed),
        "from scratch, augmented": lambda seed: training.from_scratch(
            backbone(), digits(labels, seed), seed, augment=True
        ),
        "feature extraction": lambda seed: training.feature_extraction(
            backbone(), digits(labels, seed)
        ),
        "fine-tuning": lambda seed: training.fine_tuning(backbone(), digits(labels, seed), seed),
    }


SWEEP = Sweep(
    title="letters to handwritten digits in the wild, by the number of labels",
    methods=methods,
    conditions=tuple(condition(labels) for labels in LABELS),
    goals={
        condition(5): {
            "from scratch, augmented": (0.689, 0.053),
            "feature extraction": (0.810, 0.020),
            "fine-tuning": (0.832, 0.017),
        },
        condition(10): {
            "from scratch, augmented": (0.778, 0.033),
            "feature extraction": (0.860, 0.022),
            "fine-tuning": (0.874, 0.013),
        },
        condition(100): {
            "from scratch, augmented": (0.920, 0.016),
            "feature extraction": (0.935, 0.007),
            "fine-tuning": (0.958, 0.004),
        },
    },
)
