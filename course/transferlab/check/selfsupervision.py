"""Checks on self-supervision: images turned with the turns as labels, and leaks between images.

A check looks only at arrays. An image and its turned copies are recognised by their pixels.
"""

import numpy as np

from transferlab.check import CheckFailed
from transferlab.check.answers import pair, whole_number

TURNS = 4


def pretext(answer: object, images: np.ndarray) -> None:
    """Check that all images come in all four turns, each labelled with its quarter turns.

    Args:
        answer: what the student's function returned: (turned images, turns).
        images: float array `(n, side, side, 1)`, no two alike and none symmetric.

    Raises:
        CheckFailed: naming what the labels say instead, or what was done to the images.
    """
    turned, turns = (np.asarray(part) for part in pair(answer))
    n = len(images)
    if turned.ndim != 4 or turned.shape[1:] != images.shape[1:]:
        raise CheckFailed(
            f"The first thing that you returned has the shape {turned.shape}. Return images like "
            f"those that came in, `(4 * {n}, {', '.join(map(str, images.shape[1:]))})`: join the "
            "four turned stacks end to end with `np.concatenate`, and return the images first."
        )
    if turns.ndim != 1 or len(turns) != len(turned):
        raise CheckFailed(
            f"You returned {len(turned)} images and labels of shape {turns.shape}. Every turned "
            "image needs one label, a whole number: the count of its quarter turns."
        )
    if not set(turns.tolist()) <= set(range(TURNS)):
        raise CheckFailed(
            f"Your labels hold {_first(sorted(set(turns.tolist()) - set(range(TURNS))))}, which is "
            "no number of quarter turns. Only 0, 1, 2 and 3 are: not degrees, and not the class "
            "of the image. A label that a person gave must not leak into the pretext task."
        )
    done = [_find(image, images) for image in turned]
    if any(found is None for found in done):
        raise CheckFailed(_what_was_done(turned, images))
    found = [pair for pair in done if pair is not None]
    if len({turn for _, turn in found}) == 1:
        raise CheckFailed(
            "All your images stand the same way, so there is nothing to predict. Turn by `k` "
            "quarters in the round for `k`: `np.rot90(images, k, ...)`."
        )
    if len(set(found)) < TURNS * n or len(found) != TURNS * n:
        raise CheckFailed(
            f"Each of the {n} images should come once in each of the four turns, {TURNS * n} in "
            f"all. You returned {len(found)}, of which {len(set(found))} differ."
        )
    real = np.array([turn for _, turn in found])
    if np.array_equal(turns, real):
        return
    if np.array_equal(turns, -real % TURNS):
        raise CheckFailed(
            "Your labels count the turns the other way round: 1 and 3 are exchanged. `np.rot90` "
            "with k=1 and axes=(1, 2) turns to the left, and that is the turn labelled 1."
        )
    raise CheckFailed(
        f"The labels do not belong to the images: {np.mean(turns != real):.0%} of them name "
        "another turn than the one that their image has. Put images and labels into the same "
        "order: `np.concatenate` stacks all images of turn 0, then all of turn 1, so repeat each "
        "label as often (`np.repeat`, not `np.tile`), and shuffle both the same way or not at all."
    )


def leaked(answer: object, train: np.ndarray, test: np.ndarray) -> None:
    """Check a count of the test images that have a copy, turned or not, in `train`.

    Raises:
        CheckFailed: naming what was counted instead.
    """
    count = whole_number(answer)
    pairs = np.array([[_turn_between(a, b) for b in train] for a in test])
    right = int((pairs >= 0).any(axis=1).sum())
    if count == right:
        return
    mistakes = (
        (
            int((pairs == 0).any(axis=1).sum()),
            "only the copies that stand the same way. A turned copy shows the same digit by the "
            "same hand: compare each test image in all four turns.",
        ),
        (
            int((pairs > 0).any(axis=1).sum()),
            "only the turned copies. A copy that stands the same way is a leak as well: begin "
            "with a turn of 0.",
        ),
        (
            int((pairs >= 0).sum()),
            "pairs. A test image with two copies in the training images is one leaked image: "
            "stop at the first copy (`any`).",
        ),
        (
            int((pairs >= 0).any(axis=0).sum()),
            "training images. The question is how many *test* images have been seen before.",
        ),
        (
            len(test) - right,
            "the test images that are clean. Count the others.",
        ),
        (len(test), "all test images."),
    )
    for value, message in mistakes:
        if count == value:
            raise CheckFailed(f"You answered {count}; {right} is right. You counted {message}")
    raise CheckFailed(
        f"You answered {count}; {right} of the {len(test)} test images have a copy among the "
        "training images. Turn (do not mirror) each test image by 0, 1, 2 and 3 quarters, compare "
        "with every training image, and count a test image once when any comparison is equal."
    )


def _find(image: np.ndarray, images: np.ndarray) -> tuple[int, int] | None:
    """Return which of the images this is, and by how many quarters it was turned to the left."""
    for number, original in enumerate(images):
        turn = _turn_between(original, image)
        if turn >= 0:
            return number, turn
    return None


def _turn_between(original: np.ndarray, image: np.ndarray) -> int:
    """Return by how many quarters `original` has to be turned to be `image`, or -1."""
    for turn in range(TURNS):
        if np.allclose(np.rot90(original, turn), image, atol=1e-6):
            return turn
    return -1


def _what_was_done(turned: np.ndarray, images: np.ndarray) -> str:
    mirrored = [_find(image, images[:, :, ::-1]) is not None for image in turned]
    if all(here or _find(i, images) for here, i in zip(mirrored, turned, strict=True)):
        return (
            "Some of your images are mirrored, not turned. The axes of an array `(n, height, "
            "width, 1)` that turn an image are height and width: `axes=(1, 2)`, in this order."
        )
    return (
        "Some of your images are none of the images that came in, in any turn. Look at the axes: "
        "in an array `(n, height, width, 1)` axis 0 counts the images. Without `axes=(1, 2)`, "
        "`np.rot90` turns the stack of images and leaves no image whole."
    )


def _first(values: list) -> str:
    return ", ".join(str(value) for value in values[:4])
