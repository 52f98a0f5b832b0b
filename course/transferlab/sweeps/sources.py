"""Every image backbone as a source for every target, by linear probe; no network is trained."""

from collections.abc import Callable, Mapping
from functools import cache

import keras
import numpy as np

from transferlab import backbones, data, training
from transferlab.data import Dataset
from transferlab.experiment import Method
from transferlab.sweeps import Sweep

LABELS = 10  # per class
SOURCES = ("letters", "letters_resnet", "measurements", "pose", "rotation", "textures")
DIGITS = {"plain digits": "plain", "digits in the wild": "wild", "turned digits": "turned"}
LETTERS = "letters in the wild"  # the categories of one of the sources; the pictures are new


def target(name: str, seed: int) -> Dataset:
    """Return that target with few labels."""
    if name == LETTERS:
        return data.letters(per_class=LABELS, test_per_class=20, seed=seed)
    return data.digits(DIGITS[name], seed=seed).few(LABELS, seed=seed)


@cache
def source(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that turns images into features of that backbone, a row for each."""
    extract = training.extractor(backbones.load_backbone(name))
    return lambda images: extract(images).numpy()


def untrained(seed: int) -> keras.Model:
    """Return the extractor of `letters` with random weights."""
    keras.utils.set_random_seed(seed)
    return keras.models.clone_model(training.extractor(backbones.load_backbone("letters")))


def methods(condition: str) -> Mapping[str, Method]:
    """Return a linear probe on each description of the images, from seed to a test accuracy."""

    def probe(name: str) -> Method:
        return lambda seed: training.linear_probe(source(name), target(condition, seed))

    return {
        "pixels": lambda seed: training.on_pixels(target(condition, seed)),
        "untrained": lambda seed: training.linear_probe(untrained(seed), target(condition, seed)),
        **{name: probe(name) for name in SOURCES},
    }


SWEEP = Sweep(
    title="each source for each target by linear probe, 10 labels per class",
    methods=methods,
    conditions=(*DIGITS, LETTERS),
)
