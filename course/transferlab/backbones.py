"""Load a pretrained model by its name, verified and uncompiled.

It must not know any lesson and trains nothing. The small backbones ship with this package
(`SHIPPED`). Any model of `keras.applications` comes with its ImageNet weights when they are in
Keras's cache or can be downloaded.
"""

from __future__ import annotations

import difflib
import hashlib
import inspect
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from transferlab.errors import TransferlabError

if TYPE_CHECKING:  # importing it takes seconds, and `verify` does not need it
    import keras

WEIGHTS = Path(__file__).with_name("weights")
CHECKSUMS = "SHA256SUMS"
SHIPPED = tuple(sorted(card.stem for card in WEIGHTS.glob("*.md")))  # no model without its card
SECONDS_OF_SILENCE = 10.0


class BackboneError(TransferlabError):
    """A request for a backbone by an unknown name, or with an option that it does not have."""


class WeightsUnavailable(TransferlabError):
    """The weights of a backbone are missing, damaged or cannot be downloaded."""


def load_backbone(
    name: str, *, input_shape: tuple[int, int, int] | None = None, include_top: bool = True
) -> keras.Model:
    """Return a pretrained model, uncompiled; each call returns a new one.

    The following ship with the course. Those for images take float images `(n, 16, 16, 1)`, where 0
    is paper and 1 is ink. Each model is a `Sequential` unless stated otherwise:

    - `"letters"`: probabilities of the 26 capital letters `(n, 26)`; its last three layers are its
      head;
    - `"letters_resnet"`: the same with skip connections and BatchNorm, a functional model; its last
      two layers are its head;
    - `"measurements"`: 15 standardised measurements of a shape `(n, 15)`, in the order of
      `data.MEASUREMENTS`; its last two layers are its head;
    - `"pose"`: how an image was turned, shifted and shrunk `(n, 4)`, standardised, in the order of
      `data.POSE`; its last two layers are its head;
    - `"rotation"`: probabilities of the four quarter turns `(n, 4)`, learned without labels; its
      last three layers are its head;
    - `"textures"`: probabilities of the 12 textures `(n, 12)`, in the order of `data.TEXTURES`; its
      last three layers are its head;
    - `"words"`: takes the ids of words `(n, length)`, where 0 is padding and 1 an unknown word, and
      returns their vectors `(n, length, 64)` with a mask; it has no head.

    Their inputs and heads are fixed: they take no option.

    Any public name of `keras.applications`, such as `"MobileNetV2"` or `"ResNet50"`, gives that
    model with ImageNet weights. `input_shape` and `include_top` mean what they mean there.

    Raises `BackboneError` for an unknown name or an option that the model cannot have, and
    `WeightsUnavailable` when the weights are missing, damaged, or not available offline.
    """
    if name in SHIPPED:
        return _load_shipped(name, input_shape, include_top)
    if name in _applications():
        return _load_imagenet(name, input_shape, include_top)
    raise BackboneError(_unknown(name))


def _load_shipped(name: str, input_shape: tuple | None, include_top: bool) -> keras.Model:
    import keras

    verify(name)
    model = keras.models.load_model(WEIGHTS / f"{name}.keras", compile=False)
    shape = model.input_shape[1:]
    if input_shape not in (None, shape):
        raise BackboneError(f"{name!r} takes inputs of shape {shape} only: leave out input_shape.")
    if not include_top:
        raise BackboneError(
            f"{name!r} always comes whole: load it, and cut it before its head yourself."
        )
    return model


def load_vocabulary(name: str) -> tuple[str, ...]:
    """Return the words that a language backbone knows, by id: `load_vocabulary("words")`.

    Id 0 is padding (`""`) and id 1 stands for unknown words (`"[UNK]"`), as in
    `keras.layers.TextVectorization`.

    Raises `BackboneError` for a backbone without words, and `WeightsUnavailable` when the file is
    missing or damaged.
    """
    path = WEIGHTS / f"{name}.txt"
    if path.name not in read_checksums(WEIGHTS):
        raise BackboneError(f"The backbone {name!r} has no vocabulary: use 'words'.")
    _verify_file(path, name)
    return tuple(path.read_text(encoding="utf-8").removesuffix("\n").split("\n"))


def verify(name: str) -> None:
    """Compare the shipped file with the checksum that was recorded when it was trained.

    Raises:
        WeightsUnavailable: the file is missing, damaged or cannot be read.
    """
    _verify_file(WEIGHTS / f"{name}.keras", name)


def _verify_file(path: Path, name: str) -> None:
    remedy = f"reinstall transferlab, or run `python -m transferlab.pretrain {name}`."
    try:
        intact = checksum(path) == read_checksums(WEIGHTS).get(path.name)
    except OSError as error:
        raise WeightsUnavailable(
            f"The backbone file {path} cannot be read ({error.strerror}): {remedy}"
        ) from error
    if not intact:
        raise WeightsUnavailable(
            f"The backbone file {path} is damaged (it does not match its checksum): {remedy}"
        )


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_checksums(folder: Path) -> dict[str, str]:
    """Return file name -> SHA-256 from the folder's list; empty when it has no list."""
    path = folder / CHECKSUMS
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def write_checksums(checksums: dict[str, str], folder: Path) -> None:
    """Write the list of checksums in the format of the `sha256sum` command."""
    lines = (f"{digest}  {name}\n" for name, digest in sorted(checksums.items()))
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def _applications() -> list[str]:
    """Return the names of all models in `keras.applications`."""
    import keras

    return [
        name
        for name, build in inspect.getmembers(keras.applications, inspect.isfunction)
        if "weights" in inspect.signature(build).parameters
    ]


def _load_imagenet(name: str, input_shape: tuple | None, include_top: bool) -> keras.Model:
    import keras

    build = getattr(keras.applications, name)
    instead = 'or use load_backbone("letters"), which needs no download.'
    try:
        with _impatient():
            return build(weights="imagenet", input_shape=input_shape, include_top=include_top)
    except ValueError as error:
        raise BackboneError(f"{name} cannot be built like this: {_first_line(error)}") from error
    except Exception as error:
        if _is_download_failure(error):
            raise WeightsUnavailable(
                f"The ImageNet weights of {name} are not in Keras's cache ({_cache()}) and could "
                f"not be downloaded: call this again when you are online, {instead}"
            ) from error
        if isinstance(error, OSError):
            raise WeightsUnavailable(
                f"The ImageNet weights of {name} cannot be kept in Keras's cache ({_cache()}: "
                f"{_first_line(error)}): free some space or delete the damaged file there, then "
                f"call this again, {instead}"
            ) from error
        raise


def _is_download_failure(error: Exception) -> bool:
    """Return whether an error means that a download failed.

    Keras raises a bare `Exception` with this text; a broken connection raises its own types.
    """
    return isinstance(error, TimeoutError | ConnectionError) or "URL fetch failure" in str(error)


@contextmanager
def _impatient() -> Iterator[None]:
    """Make a silent network fail after some seconds; Keras's download would wait for minutes."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SECONDS_OF_SILENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _cache() -> Path:
    """Return where Keras keeps downloaded weights; it has no public function for this."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "models"


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _unknown(name: str) -> str:
    choices = [*SHIPPED, *_applications()]
    lower = {choice.lower(): choice for choice in choices}
    close = difflib.get_close_matches(str(name).lower(), lower, n=1)
    guess = f"did you mean {lower[close[0]]!r}? " if close else ""
    return f"There is no backbone {name!r}: {guess}Choose from {', '.join(choices)}."
