"""What each precaution of fine-tuning does for the target task, and for what the base knew."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

import keras

from transferlab import backbones, data, training
from transferlab.data import Dataset
from transferlab.experiment import Method
from transferlab.sweeps import Sweep

BACKBONE = "letters_resnet"
DIGITS, LETTERS = "digits", "letters, old head"
RATE = 1e-3
STEPS = 200
STAGES = ("block2", "block1", "stem")  # from the top down
DECAY = 2.6  # of the rate, from one layer to the next below (Howard and Ruder, 2018)

Way = Callable[[keras.Model, keras.Model, Dataset], None]


class AdamByDepth(keras.optimizers.Adam):
    """Adam that takes only a share of each step, with a separate share for each weight.

    Args:
        learning_rate: of the weights whose share is 1.
        shares: `weight.path` -> share of the step, from 0 to 1.
    """

    def __init__(self, learning_rate: float, shares: Mapping[str, float]) -> None:
        super().__init__(learning_rate)
        self.shares = shares

    def apply(self, grads: Sequence, trainable_variables: Sequence | None = None) -> None:
        """Let Adam take its step, then take part of it back."""
        variables = trainable_variables or []
        before = [keras.ops.copy(variable) for variable in variables]
        super().apply(grads, trainable_variables)
        for variable, old in zip(variables, before, strict=True):
            variable.assign(old + self.shares[variable.path] * (variable - old))


def shares_by_depth(base: keras.Model, decay: float = DECAY) -> dict[str, float]:
    """Return the share of each weight: 1 in the head, divided by `decay` in each layer below."""
    layers = [layer for layer in base.layers if isinstance(layer, keras.layers.Conv2D)]
    shares = {"head/kernel": 1.0, "head/bias": 1.0}
    for depth, layer in enumerate(reversed(layers), start=1):
        shares |= {weight.path: decay**-depth for weight in layer.weights}
    return shares


def all_at_once(model: keras.Model, base: keras.Model, digits: Dataset) -> None:
    """Train all layers together."""
    training.fit(model, digits, RATE, STEPS)


def gradually(model: keras.Model, base: keras.Model, digits: Dataset) -> None:
    """Train the top block, then the two top ones, then all: a third of the steps each."""
    convolutions = [layer for layer in base.layers if isinstance(layer, keras.layers.Conv2D)]
    for stage in range(1, len(STAGES) + 1):
        for layer in convolutions:
            layer.trainable = layer.name.startswith(STAGES[:stage])
        training.fit(model, digits, RATE, STEPS // len(STAGES))


def by_depth(model: keras.Model, base: keras.Model, digits: Dataset) -> None:
    """Train all layers together, with smaller steps the further down a layer is."""
    optimizer = partial(AdamByDepth, shares=shares_by_depth(base))
    training.fit(model, digits, RATE, STEPS, optimizer=optimizer)


def nothing(model: keras.Model, base: keras.Model, digits: Dataset) -> None:
    """Train nothing after the warm-up of the head."""


@cache
def scores(
    train: Way, seed: int, *, warm: bool = True, batchnorm: bool = False
) -> Mapping[str, float]:
    """Fine-tune in one way, with or without precautions; return the accuracy on both tasks."""
    keras.utils.set_random_seed(seed)
    backbone = backbones.load_backbone(BACKBONE)
    digits = data.digits("wild", seed=seed).few(10, seed=seed)
    base = training.extractor(backbone)
    model = training.with_head(base, digits)
    if warm:
        training.warm_up(model, base, digits)
    for layer in base.layers:
        layer.trainable = batchnorm or not isinstance(layer, keras.layers.BatchNormalization)
    train(model, base, digits)
    return {
        DIGITS: training.accuracy(model, digits),
        LETTERS: training.accuracy(backbone, data.letters(per_class=10)),
    }


WAYS: Mapping[str, Callable[[int], Mapping[str, float]]] = {
    "head only": lambda seed: scores(nothing, seed),
    "all at once": lambda seed: scores(all_at_once, seed),
    "… head not warmed up": lambda seed: scores(all_at_once, seed, warm=False),
    "… BatchNorm free": lambda seed: scores(all_at_once, seed, batchnorm=True),
    "gradually, from the top": lambda seed: scores(gradually, seed),
    "rates by depth": lambda seed: scores(by_depth, seed),
}


def methods(task: str) -> Mapping[str, Method]:
    """Return the ways to fine-tune, each from a seed to the test accuracy on that task."""
    return {name: lambda seed, way=way: way(seed)[task] for name, way in WAYS.items()}  # type: ignore[misc]


SWEEP = Sweep(
    title="ways to fine-tune letters to digits in the wild, 10 labels each, on both tasks",
    methods=methods,
    conditions=(DIGITS, LETTERS),
)
