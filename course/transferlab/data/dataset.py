"""The types of data sets: inputs and answers, split for training and testing; it makes none."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from transferlab.errors import TransferlabError

Images = NDArray[np.float32]
Labels = NDArray[np.int64]
Targets = NDArray[np.float32]


class DataError(TransferlabError):
    """A request that a data set cannot meet."""


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images and labels, split for training and testing.

    Attributes:
        name: such as `"digits, plain"`.
        x_train, x_test: float32 `(n, 16, 16, 1)`, values from 0 (paper) to 1 (ink).
        y_train, y_test: int64 `(n,)`, the index of the class in `class_names`.
        class_names: one text per class.
        source: where the images come from.
        licence: under which terms they may be used.
    """

    name: str
    x_train: Images
    y_train: Labels
    x_test: Images
    y_test: Labels
    class_names: tuple[str, ...]
    source: str
    licence: str

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one image: `(16, 16, 1)`."""
        return self.x_train.shape[1:]

    def few(self, labels_per_class: int, seed: int = 0) -> "Dataset":
        """Keep `labels_per_class` training images of each class; the test images stay as they are.

        The same seed keeps the same images, in shuffled order. Raises `DataError` when
        `labels_per_class` is below 1 or above what the rarest class has.
        """
        kept = few_of_each(self.name, self.y_train, len(self.class_names), labels_per_class, seed)
        return replace(self, x_train=self.x_train[kept], y_train=self.y_train[kept])

    def __repr__(self) -> str:
        return _in_one_line(self, f"{len(self.class_names)} classes")


def few_of_each(
    name: str, labels: Labels, classes: int, labels_per_class: int, seed: int
) -> NDArray[np.int64]:
    """Return the indices of the examples that a seed keeps, `labels_per_class` of each class.

    They are in shuffled order. Raises `DataError`, which names the data set, when the rarest class
    has fewer.
    """
    most = int(np.bincount(labels, minlength=classes).min())
    if not 1 <= labels_per_class <= most:
        raise DataError(
            f"{name!r} cannot give {labels_per_class} labels per class: "
            f"ask for a number from 1 to {most}."
        )
    order = np.random.default_rng(seed).permutation(len(labels))
    shuffled = labels[order]
    rank = np.empty_like(shuffled)  # the position of each example within its class
    for label in range(classes):
        of_class = shuffled == label
        rank[of_class] = np.arange(of_class.sum())
    return order[rank < labels_per_class]


@dataclass(frozen=True, eq=False, repr=False)
class RegressionDataset:
    """Images and numbers to predict from them, split for training and testing.

    Attributes:
        name: such as `"pose"`.
        x_train, x_test: float32 `(n, 16, 16, 1)`, values from 0 (paper) to 1 (ink).
        y_train, y_test: float32 `(n, k)`, standardised: over the training images each target has
            mean 0 and standard deviation 1.
        target_names: k texts, what the numbers measure.
        units: k texts, the unit of each target before it was standardised.
        mean, deviation: float32 `(k,)`; `y * deviation + mean` is in the unit again.
        source: where the images come from.
        licence: under which terms they may be used.
    """

    name: str
    x_train: Images
    y_train: Targets
    x_test: Images
    y_test: Targets
    target_names: tuple[str, ...]
    units: tuple[str, ...]
    mean: Targets
    deviation: Targets
    source: str
    licence: str

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one image: `(16, 16, 1)`."""
        return self.x_train.shape[1:]

    def __repr__(self) -> str:
        return _in_one_line(self, f"{len(self.target_names)} targets")


def _in_one_line(dataset: Dataset | RegressionDataset, answers: str) -> str:
    shape = "x".join(str(side) for side in dataset.input_shape)
    return (
        f"{type(dataset).__name__}({dataset.name!r}: {len(dataset.x_train)} training and "
        f"{len(dataset.x_test)} test images of {shape}, {answers})"
    )
