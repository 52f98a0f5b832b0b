"""How fine-tuning at each learning rate serves the target task and what it does to the source."""

from collections.abc import Mapping
from functools import cache

from transferlab import backbones, data, training
from transferlab.experiment import Method
from transferlab.sweeps import Sweep

BACKBONE = "letters_resnet"
HEAD_ONLY = "head only"
RATES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
STEPS = 200
DIGITS = "digits"
LETTERS = "letters, old head"
LETTERS_NEW_HEAD = "letters, new head"


def condition(rate: float) -> str:
    """Return the name of the condition with that learning rate."""
    return f"{rate:g}"


@cache
def scores(name: str, seed: int) -> Mapping[str, float]:
    """Fine-tune on ten labels per digit; return the accuracy on both tasks, by method."""
    backbone = backbones.load_backbone(BACKBONE)
    digits = data.digits("wild", seed=seed).few(10, seed=seed)
    if name == HEAD_ONLY:
        on_digits = training.feature_extraction(backbone, digits)
    else:
        on_digits = training.fine_tuning(backbone, digits, seed, rate=float(name), steps=STEPS)
    return {
        DIGITS: on_digits,
        LETTERS: training.accuracy(backbone, data.letters(per_class=10)),
        LETTERS_NEW_HEAD: training.feature_extraction(backbone, data.letters(per_class=10)),
    }


def methods(name: str) -> Mapping[str, Method]:
    """Return the scores of one fine-tuned base, each from a seed to a test accuracy."""
    return {
        of: lambda seed, of=of: scores(name, seed)[of]  # type: ignore[misc]
        for of in (DIGITS, LETTERS, LETTERS_NEW_HEAD)
    }


SWEEP = Sweep(
    title="letters fine-tuned to digits in the wild, 10 labels each, by the learning rate",
    methods=methods,
    conditions=(HEAD_ONLY, *map(condition, RATES)),
)
