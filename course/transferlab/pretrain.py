"""Train the backbones that ship with the course: `python -m transferlab.pretrain letters`.

Same seed, same machine: the same file to the byte. Another processor adds numbers in another order,
so there the weights differ and only the accuracy agrees, within `TOLERANCE`. `--check` trains again
and compares, without changing anything. Knows no lesson.
"""

import argparse
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import layers
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from transferlab import backbones, data
from transferlab.data import Dataset
from transferlab.errors import TransferlabError

TOLERANCE = 0.01  # of accuracy on the test images, between machines
TIMESTAMP = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can hold


@dataclass(frozen=True)
class Recipe:
    """All that makes one backbone what it is."""

    build: Callable[[], keras.Sequential]
    dataset: Callable[[], Dataset]
    epochs: int
    batch_size: int = 64
    learning_rate: float = 1e-3
    seed: int = 0


def letters() -> keras.Sequential:
    """A small convolutional network for 26 letters; its last three layers are its head."""
    convolution = {"kernel_size": 3, "padding": "same", "activation": "relu"}
    return keras.Sequential(
        [
            layers.Input((data.SIDE, data.SIDE, 1), name="images"),
            layers.Conv2D(32, name="conv1", **convolution),
            layers.MaxPooling2D(name="pool1"),
            layers.Conv2D(64, name="conv2", **convolution),
            layers.MaxPooling2D(name="pool2"),
            layers.Conv2D(96, name="conv3", **convolution),
            layers.MaxPooling2D(name="pool3"),
            layers.Flatten(name="features"),
            layers.Dense(64, activation="relu", name="head_dense"),
            layers.Dropout(0.3, name="head_dropout"),
            layers.Dense(26, activation="softmax", name="head_letters"),
        ],
        name="letters",
    )


# The seed of the images is one that no lesson uses: lessons show the backbone new letters.
RECIPES = {
    "letters": Recipe(
        build=letters,
        dataset=lambda: data.letters(per_class=400, test_per_class=100, seed=1_000_003),
        epochs=10,
    )
}


def train(recipe: Recipe, dataset: Dataset, on_epoch: Callable[[], None]) -> keras.Sequential:
    """Train from the recipe's seed on the training images; calls `on_epoch` after each epoch."""
    keras.utils.set_random_seed(recipe.seed)
    model = recipe.build()
    model.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss="sparse_categorical_crossentropy",
    )
    model.fit(
        dataset.x_train,
        dataset.y_train,
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: on_epoch())],
    )
    return model


def save(model: keras.Sequential, path: Path) -> None:
    """Write the model without its optimizer and without dates: the same bytes each time."""
    bare = keras.Sequential.from_config(model.get_config())  # clone_model would compile it too
    bare.set_weights(model.get_weights())
    dated = path.with_suffix(".dated.keras")
    bare.save(dated)
    _without_dates(dated, path)
    dated.unlink()


def _without_dates(source: Path, target: Path) -> None:
    """Copy a .keras file without the moments at which it and its parts were written."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "metadata.json":
                content = json.dumps({"keras_version": keras.__version__}).encode()
            new.writestr(zipfile.ZipInfo(name, TIMESTAMP), content, zipfile.ZIP_DEFLATED)


def accuracy(model: keras.Model, dataset: Dataset) -> float:
    """The share of test images that the model gets right."""
    guesses = model.predict(dataset.x_test, batch_size=256, verbose=0).argmax(axis=1)
    return float(np.mean(guesses == dataset.y_test))


def transfer(model: keras.Sequential, style: str, seeds: int = 5) -> list[tuple[float, float]]:
    """Accuracies on real digits from 10 labels per class: (on the base's features, on the pixels).

    Both by logistic regression, so that the features make the difference; one pair per seed.
    """
    base = keras.Sequential(model.layers[:-3])
    pairs = []
    for seed in range(seeds):
        digits = data.digits(style, seed=seed).few(10, seed=seed)
        pairs.append((_linear_accuracy(digits, base), _linear_accuracy(digits, layers.Flatten())))
    return pairs


def _linear_accuracy(dataset: Dataset, extract: Callable) -> float:
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(np.array(extract(dataset.x_train)), dataset.y_train)
    return float(classifier.score(np.array(extract(dataset.x_test)), dataset.y_test))


def model_card(name: str, model: keras.Sequential, recipe: Recipe, dataset: Dataset) -> str:
    """The Markdown page that goes with the weights: what they are, how good, how made."""
    rows = "\n".join(
        f"| `{layer.name}` | {type(layer).__name__} | {tuple(layer.output.shape[1:])} "
        f"| {layer.count_params():,} |"
        for layer in model.layers
    )
    gains = "\n".join(
        f"| {style} | " + " | ".join(map(_spread, zip(*transfer(model, style), strict=True))) + " |"
        for style in data.STYLES
    )
    return f"""# Model card: `{name}`

Written by `python -m transferlab.pretrain {name}`; do not edit by hand.

A small Keras `Sequential` model that reads capital letters, made to be transferred to handwritten
digits. Input: grey images {model.input_shape[1:]}, 0 is paper and 1 is ink. Output: the
probabilities of {len(dataset.class_names)} classes, {dataset.class_names[0]} to \
{dataset.class_names[-1]}. {model.count_params():,} parameters.

| layer | type | output | parameters |
|---|---|---|---|
{rows}

The last three layers are the head.

## Training

- Data: {len(dataset.x_train):,} images, {dataset.source}; style "wild".
- {recipe.epochs} epochs of Adam at {recipe.learning_rate}, batches of {recipe.batch_size}, seed \
{recipe.seed}, Keras {keras.__version__}.
- Same machine, same seed: the same file to the byte. Elsewhere: test accuracy within {TOLERANCE}.
  `python -m transferlab.pretrain {name} --check` trains again and compares.

## Accuracy

{accuracy(model, dataset):.3f} on {len(dataset.x_test):,} test letters: new drawings in the fonts \
of the training images.

On 500 real handwritten digits, a logistic regression trained on 10 labels per class (mean +- sd of
5 seeds), on the output of `features` and on the pixels:

| digits | features | pixels |
|---|---|---|
{gains}

## Limits

It has seen printed capitals only, light on dark, one to an image. It is made for teaching.

The weights have the licence of this package, MIT.
"""


def _spread(accuracies: Sequence[float]) -> str:
    return f"{np.mean(accuracies):.3f} +- {np.std(accuracies, ddof=1):.3f}"


def write(name: str, folder: Path, console: Console) -> None:
    """Train a backbone; put its weights, checksum and model card into the folder when all is done.

    Raises `OSError` before training when the folder cannot be written.
    """
    recipe = RECIPES[name]
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        draft = Path(temporary)
        dataset = recipe.dataset()
        model = _train_with_progress(name, recipe, dataset, console)
        weights = draft / f"{name}.keras"
        save(model, weights)
        checksums = backbones.read_checksums(folder) | {weights.name: backbones.checksum(weights)}
        backbones.write_checksums(checksums, draft)
        (draft / f"{name}.md").write_text(model_card(name, model, recipe, dataset))
        for file in draft.iterdir():
            file.replace(folder / file.name)
    console.print(f"Wrote {name}.keras and {name}.md to {folder}.")


def check(name: str, console: Console) -> bool:
    """Train a backbone again and tell whether it is the shipped one, within the tolerance."""
    shipped = backbones.load_backbone(name)
    recipe = RECIPES[name]
    dataset = recipe.dataset()
    again = _train_with_progress(name, recipe, dataset, console)
    if same_weights(shipped, again):
        console.print(f"{name}: the same weights to the bit.")
        return True
    before, after = accuracy(shipped, dataset), accuracy(again, dataset)
    agrees = abs(before - after) <= TOLERANCE
    console.print(
        f"{name}: other weights; test accuracy {after:.3f}, shipped {before:.3f}, "
        f"{'within' if agrees else 'NOT within'} the tolerance of {TOLERANCE}."
    )
    return agrees


def same_weights(one: keras.Model, other: keras.Model) -> bool:
    """Whether two models hold the same numbers, to the bit."""
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def _train_with_progress(
    name: str, recipe: Recipe, dataset: Dataset, console: Console
) -> keras.Sequential:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        bar = progress.add_task(f"Training {name}, epoch", total=recipe.epochs)
        return train(recipe, dataset, lambda: progress.advance(bar))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 0 when done, 1 when it failed or differs."""
    parser = argparse.ArgumentParser(
        prog="python -m transferlab.pretrain",
        description="Train a backbone that ships with the course, or check that it can be remade.",
    )
    parser.add_argument("name", choices=sorted(RECIPES), help="the backbone")
    parser.add_argument(
        "--check", action="store_true", help="train again and compare; change nothing"
    )
    options = parser.parse_args(arguments)
    console = Console(soft_wrap=True)
    try:
        if options.check:
            return 0 if check(options.name, console) else 1
        write(options.name, backbones.WEIGHTS, console)
    except KeyboardInterrupt:
        print("Stopped; nothing was changed.", file=sys.stderr)
        return 130
    except TransferlabError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        reason = error.strerror or error
        print(
            f"Cannot write to {backbones.WEIGHTS} ({reason}): make the folder writable or free "
            "some space, then run this again.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
