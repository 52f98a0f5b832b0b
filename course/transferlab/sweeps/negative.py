"""Two transfers that should not be made: an unrelated source, and a source that is too small."""

from collections.abc import Mapping
from dataclasses import replace

import keras

from transferlab import backbones, data, training
from transferlab.data import Dataset
from transferlab.experiment import Method
from transferlab.sweeps import Sweep

UNRELATED = "textures to plain digits"
TOO_SMALL = "digits 0-4 to digits 5-9"
LABELS = {UNRELATED: 10, TOO_SMALL: 5}  # per class


def half(dataset: Dataset, first: int) -> Dataset:
    """Return the five digits from `first` on, with labels that count from 0."""
    train, test = (
        (labels >= first) & (labels < first + 5) for labels in (dataset.y_train, dataset.y_test)
    )
    return replace(
        dataset,
        x_train=dataset.x_train[train],
        y_train=dataset.y_train[train] - first,
        x_test=dataset.x_test[test],
        y_test=dataset.y_test[test] - first,
        class_names=dataset.class_names[first : first + 5],
    )


def target(condition: str, seed: int) -> Dataset:
    """Return the digits to classify, with few labels."""
    digits = data.digits("plain", seed=seed)
    wanted = digits if condition == UNRELATED else half(digits, 5)
    return wanted.few(LABELS[condition], seed=seed)


def source(condition: str, seed: int) -> keras.Model:
    """Return the backbone: the shipped one, or one trained here on all digits from 0 to 4."""
    if condition == UNRELATED:
        return backbones.load_backbone("textures")
    keras.utils.set_random_seed(seed)
    digits = half(data.digits("plain", seed=seed), 0)
    base = keras.models.clone_model(training.extractor(backbones.load_backbone("letters")))
    training.fit(training.with_head(base, digits), digits, rate=2e-3)
    return base


def methods(condition: str) -> Mapping[str, Method]:
    """Return the ways to learn the digits without and with transfer, from seed to accuracy."""

    def digits(seed: int) -> Dataset:
        return target(condition, seed)

    def features(seed: int) -> float:
        return training.feature_extraction(source(condition, seed), digits(seed))

    def fine_tuned(seed: int) -> float:
        return training.fine_tuning(source(condition, seed), digits(seed), seed)

    return {
        "pixels": lambda seed: training.on_pixels(digits(seed)),
        "from scratch": lambda seed: training.from_scratch(
            backbones.load_backbone("letters"), digits(seed), seed
        ),
        "feature extraction": features,
        "fine-tuning": fine_tuned,
    }


SWEEP = Sweep(
    title="an unrelated source and a source that is too small",
    methods=methods,
    conditions=tuple(LABELS),
)
