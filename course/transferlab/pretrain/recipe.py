"""How a backbone is made: the `Recipe` that each one has, and what the recipes for images share.

It must not know any backbone.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import r2_score

from transferlab.data import Dataset, RegressionDataset
from transferlab.pretrain import transfer

Progress = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Recipe(ABC):
    """All that the command line and the model card need to know about one backbone.

    Attributes:
        name: of the backbone and of its files.
        build: returns the untrained model. Each layer needs a name: unnamed ones are numbered as
            they are made, and the file would not be the same each time.
        about: what it does, what goes in and what comes out.
        limits: what it has never seen and should not be used for.
        epochs: how often training reports progress.
        tolerance: how far the score may differ on another machine.
        seed: fixes the first weights and everything drawn at random.
    """

    name: str
    build: Callable[[], keras.Model]
    about: str
    limits: str
    epochs: int
    tolerance: float = 0.01
    seed: int = 0

    @property
    @abstractmethod
    def training(self) -> str:
        """Return what it is trained on, from where, under which licence, and how."""

    @property
    @abstractmethod
    def metric(self) -> str:
        """Return what the score is and on which data it is measured."""

    @abstractmethod
    def train(self, on_epoch: Progress) -> keras.Model:
        """Return the model trained from the seed; call `on_epoch` after each epoch."""

    def companions(self) -> dict[str, str]:
        """Return the text files without which the weights are useless: name -> content."""
        return {}

    @abstractmethod
    def score(self, model: keras.Model) -> float:
        """Return how good the model is on data that it was not trained on; higher is better."""

    @abstractmethod
    def transfer(self, model: keras.Model) -> str:
        """Return in Markdown what the backbone brings to another task."""


@dataclass(frozen=True, kw_only=True)
class ImageRecipe(Recipe):
    """A classifier of images, trained with Adam.

    Attributes:
        make_data: returns the images that it is trained and tested on.
        batch_size, learning_rate: of the training.
    """

    loss: ClassVar[str] = "sparse_categorical_crossentropy"
    make_data: Callable[[], Dataset | RegressionDataset]
    batch_size: int = 64
    learning_rate: float = 1e-3

    @cached_property
    def data(self) -> Dataset | RegressionDataset:
        """The images, made once."""
        return self.make_data()

    @property
    def training(self) -> str:
        """Return what it is trained on, from where, under which licence, and how."""
        return (
            f"- Data: {len(self.data.x_train):,} images, `{self.data.name}`: {self.data.source}.\n"
            f"- Licence of the data: {self.data.licence}.\n"
            f"- {self.epochs} epochs of Adam at {self.learning_rate}, batches of "
            f"{self.batch_size}, seed {self.seed}."
        )

    @property
    def metric(self) -> str:
        """Return what the score is and on which data it is measured."""
        return f"accuracy on {len(self.data.x_test):,} test images"

    def train(self, on_epoch: Progress) -> keras.Model:
        """Return the model trained from the seed; call `on_epoch` after each epoch."""
        dataset = self.data
        keras.utils.set_random_seed(self.seed)
        model = self.build()
        model.compile(
            optimizer=keras.optimizers.Adam(self.learning_rate),
            loss=self.loss,
        )
        model.fit(
            dataset.x_train,
            dataset.y_train,
            epochs=self.epochs,
            batch_size=self.batch_size,
            verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: on_epoch())],
        )
        return model

    def score(self, model: keras.Model) -> float:
        """Return the share of test images that the model gets right."""
        guesses = self._answer(model).argmax(axis=1)
        return float(np.mean(guesses == self.data.y_test))

    def transfer(self, model: keras.Model) -> str:
        """Return a table: real digits, a linear classifier on the features and on the pixels."""
        return transfer.table(model)

    def _answer(self, model: keras.Model) -> NDArray[np.float32]:
        return model.predict(self.data.x_test, batch_size=256, verbose=0)


@dataclass(frozen=True, kw_only=True)
class RegressionRecipe(ImageRecipe):
    """A network that predicts numbers from images, trained with Adam on the squared error."""

    loss: ClassVar[str] = "mse"

    @property
    def metric(self) -> str:
        """Return what the score is and on which data it is measured."""
        return (
            f"of the variance explained (R², mean of {self.data.y_test.shape[1]} targets) on "
            f"{len(self.data.x_test):,} test images"
        )

    def score(self, model: keras.Model) -> float:
        """Return the share of the targets' variance that the model explains on the test images."""
        return float(r2_score(self.data.y_test, self._answer(model)))
