"""What BatchNorm does to a transfer when it is left free: all convolutions are frozen here."""

from collections.abc import Mapping

import keras

from transferlab import backbones, data, training
from transferlab.experiment import Method
from transferlab.sweeps import Sweep

BACKBONE = "letters_resnet"
BATCHES = (2, 32)
RATE = 1e-3
EPOCHS = 4


def condition(batch: int) -> str:
    """Return the name of the condition with batches of that many images."""
    return f"batches of {batch}"


def accuracy(batch: int, seed: int, *, free: bool, rate: float = RATE) -> float:
    """Train a warmed-up head on frozen convolutions; return the accuracy on the test digits.

    At rate 0 nothing is trained: if BatchNorm is free, its moving statistics still move.
    """
    keras.utils.set_random_seed(seed)
    digits = data.digits("wild", seed=seed).few(10, seed=seed)
    base = training.extractor(backbones.load_backbone(BACKBONE))
    model = training.with_head(base, digits)
    training.warm_up(model, base, digits)
    for layer in base.layers:
        layer.trainable = free and isinstance(layer, keras.layers.BatchNormalization)
    steps = EPOCHS * len(digits.x_train) // batch
    training.fit(model, digits, rate, steps, batch=batch)
    return training.accuracy(model, digits)


def methods(name: str) -> Mapping[str, Method]:
    """Return training with BatchNorm frozen or free, each from a seed to a test accuracy."""
    batch = int(name.split()[-1])
    return {
        "BatchNorm frozen": lambda seed: accuracy(batch, seed, free=False),
        "BatchNorm free": lambda seed: accuracy(batch, seed, free=True),
        "BatchNorm free, rate 0": lambda seed: accuracy(batch, seed, free=True, rate=0.0),
    }


SWEEP = Sweep(
    title="digits in the wild from frozen convolutions, 10 labels each, by the size of a batch",
    methods=methods,
    conditions=tuple(map(condition, BATCHES)),
)
