"""The student's own photos as a data set, with an ImageNet backbone; without photos, the digits.

It reads pictures from a folder next to the notebook and trains nothing. It must not know any
lesson.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps  # matplotlib needs Pillow, and so does keras.utils.load_img

from transferlab import backbones, data, training
from transferlab.data import Dataset
from transferlab.errors import TransferlabError

FOLDER = "photos"
SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
SIDE = 160  # pixels: one of the sizes that MobileNetV2 was pretrained with
FEWEST = 8  # of each class: six to train on and two to test on
MOST = 2000  # in all: this many of 160 x 160 pixels take 0.6 GB
BATCH = 32

# How each architecture expects the values 0 to 255 to be changed.
PREPROCESS: dict[str, Callable] = {
    "MobileNetV2": keras.applications.mobilenet_v2.preprocess_input,
    "ResNet50": keras.applications.resnet50.preprocess_input,
}

HOW = (
    f"For your own photos, put at least {FEWEST} pictures of each class into a folder of the "
    f"class's name, `{FOLDER}/<class name>/`, next to this notebook, and run this cell again "
    "(online the first time, for the ImageNet weights)."
)


class PhotosError(TransferlabError):
    """A folder of photos is missing, or its content cannot be made into a data set."""


@dataclass(frozen=True, eq=False)
class Task:
    """Pictures to classify, and a pretrained base that turns them into features.

    Attributes:
        dataset: the pictures with their classes.
        base: a model from preprocessed pictures to features `(n, d)`; its last layers are called
            `features` (and, for the digits, `flat`).
        preprocess: turns pictures of the data set into what `base` expects.
        sentence: which pictures and which backbone these are, and how to get the others.
    """

    dataset: Dataset
    base: keras.Model
    preprocess: Callable
    sentence: str

    def features(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the features `(n, d)` of pictures of the data set, which stay unchanged."""
        batches = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
        # A copy, because Keras's preprocess_input writes into a float array.
        return np.concatenate([self.base(self.preprocess(b.copy())).numpy() for b in batches])


def task(
    folder: str | Path = FOLDER, name: str = "MobileNetV2", *, shipped: str = "letters"
) -> Task:
    """Return the student's photos with an ImageNet backbone, or the digits with a shipped one.

    Without the folder, it returns the digits and tries nothing else. If the photos or the weights
    cannot be used, it returns the digits and the sentence says why, so that a notebook can always
    continue.

    Args:
        folder: holds a folder of pictures for each class.
        name: `"MobileNetV2"` or `"ResNet50"`.
        shipped: the backbone for the digits; it needs a layer named `features`.

    Raises:
        PhotosError: when `name` is neither of these two.
    """
    if name not in PREPROCESS:
        raise PhotosError(f"There is no {name!r} for photos: use {' or '.join(PREPROCESS)}.")
    if not Path(folder).is_dir():
        return _digits(shipped, f"Here are the digits and the shipped backbone {shipped!r}. {HOW}")
    try:
        dataset = load(folder)
        backbone = backbones.load_backbone(name, input_shape=(SIDE, SIDE, 3), include_top=False)
    except (PhotosError, backbones.WeightsUnavailable) as error:
        return _digits(shipped, f"{error} Until then, here are the digits and {shipped!r}.")
    pooled = keras.layers.GlobalAveragePooling2D(name="features")(backbone.output)
    return Task(
        dataset,
        keras.Model(backbone.inputs[0], pooled),
        PREPROCESS[name],
        f"Here are your {len(dataset.x_train) + len(dataset.x_test)} photos of "
        f"{', '.join(dataset.class_names)}, and {name} with its ImageNet weights.",
    )


def _digits(shipped: str, sentence: str) -> Task:
    base = training.extractor(backbones.load_backbone(shipped))
    return Task(data.digits("wild").few(10), base, lambda images: images, sentence)


def load(folder: str | Path = FOLDER, *, side: int = SIDE, seed: int = 0) -> Dataset:
    """Return the photos in `folder/<class name>/` as a data set, three quarters to train on.

    The pictures are turned upright, cut to a centred square and brought to `side` x `side` pixels:
    float32 `(n, side, side, 3)` with values from **0 to 255**, for the backbone's own
    `preprocess_input`. Classes are the folders in the order of the alphabet.

    Raises:
        PhotosError: no folder, fewer than two classes, fewer than eight photos of a class, more
            than 2,000 in all, a picture that cannot be read, the same picture twice.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PhotosError(f"There is no folder {str(folder)!r}. {HOW}")
    classes = {
        sub.name: sorted(_pictures(sub)) for sub in sorted(folder.iterdir()) if _is_class(sub)
    }
    _verify_counts(folder, classes)
    rng = np.random.default_rng(seed)
    seen: dict[bytes, Path] = {}
    train, test = [], []
    for label, paths in enumerate(classes.values()):
        images = [(_read(path, side, seen), label) for path in paths]
        order = rng.permutation(len(images))
        held_out = len(images) // 4
        test += [images[i] for i in order[:held_out]]
        train += [images[i] for i in order[held_out:]]
    x_train, y_train = _stack(train, rng)
    x_test, y_test = _stack(test, rng)
    return Dataset(
        name=f"photos in {folder}",
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        class_names=tuple(classes),
        source=f"your own pictures in {folder}",
        licence="yours, or that of the person who took them",
    )


def _is_class(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _pictures(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.suffix.lower() in SUFFIXES and not path.name.startswith("."):
            yield path


def _verify_counts(folder: Path, classes: dict[str, list[Path]]) -> None:
    if len(classes) < 2:
        found = f"only the class {next(iter(classes))!r}" if classes else "no folder of a class"
        raise PhotosError(
            f"There is {found} in {str(folder)!r}, and a classifier needs two: make a folder for "
            f"each class, `{folder.name}/<class name>/`, and put its pictures there."
        )
    for name, paths in classes.items():
        if len(paths) < FEWEST:
            raise PhotosError(
                f"The class {name!r} has {len(paths)} pictures in {str(folder / name)!r}, and "
                f"{FEWEST} are needed, some of them to test on: add more "
                f"({', '.join(suffix[1:] for suffix in SUFFIXES)})."
            )
    total = sum(map(len, classes.values()))
    if total > MOST:
        raise PhotosError(
            f"There are {total:,} pictures in {str(folder)!r}, more than the {MOST:,} that fit in "
            "memory at once: move some of each class elsewhere."
        )


def _read(path: Path, side: int, seen: dict[bytes, Path]) -> NDArray[np.float32]:
    try:
        with Image.open(path) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PhotosError(
            f"The picture {str(path)!r} cannot be read: open it in a viewer and save it again as "
            "JPEG, or delete it."
        ) from error
    pixels = np.asarray(ImageOps.fit(upright, (side, side)), dtype=np.float32)
    same = seen.setdefault(hashlib.sha256(pixels.tobytes()).digest(), path)
    if same is not path:
        raise PhotosError(
            f"{str(path)!r} and {str(same)!r} are the same picture: one of them could be trained "
            "on and the other tested on, so delete one."
        )
    return pixels


def _stack(
    pairs: list[tuple[NDArray[np.float32], int]], rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return images and labels as two arrays, in shuffled order."""
    order = rng.permutation(len(pairs))
    images = np.stack([pairs[i][0] for i in order])
    return images, np.array([pairs[i][1] for i in order], dtype=np.int64)
