"""Checks on evidence: a baseline, a score on unseen pictures, a gain over seeds, a labels curve.

A check compares numbers with the data that it gives; it must not know how they were computed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import keras
import numpy as np

from transferlab.check import CheckFailed
from transferlab.check.answers import kind, number, pair
from transferlab.data import Dataset

CLOSE = 1e-6


def baseline(answer: object, y_train: np.ndarray, y_test: np.ndarray) -> None:
    """Check the test accuracy of always answering the most frequent training label.

    Raises:
        CheckFailed: naming what was computed instead.
    """
    share = number(answer, "the accuracy")
    common, common_in_test = _most_frequent(y_train), _most_frequent(y_test)
    right = float(np.mean(y_test == common))
    if _close(share, right):
        return
    if _close(share, np.mean(y_train == common)):
        raise CheckFailed(
            "This is how often the answer is right on the *training* labels. They decide what is "
            "answered; whether it is right is scored on `y_test`."
        )
    if _close(share, np.mean(y_test == common_in_test)):
        raise CheckFailed(
            "You answered the most frequent label of the *test* data. A baseline may not look at "
            "the test labels either: take the most frequent label of `y_train`."
        )
    _not_in_percent(share, right)
    if _close(share, 1 / len(np.unique(y_train))):
        raise CheckFailed(
            "One divided by the number of classes is what blind guessing gives. Here always the "
            "same label is answered, and how often that is right depends on `y_test`: compute it."
        )
    raise CheckFailed(
        f"You answered {share:.3f}; always answering {common} gets {right:.3f} of these test "
        "labels right. Compute it from the labels that are passed in: a typed-in number fits one "
        "data set only."
    )


def nearest_mean(dataset: Dataset) -> keras.Model:
    """Return a classifier that fits its training images better than others, without training.

    It answers the class whose mean training image is nearest; its outputs are probabilities
    `(n, classes)`.
    """
    classes = len(dataset.class_names)
    images = dataset.x_train.reshape(len(dataset.x_train), -1)
    means = np.stack([images[dataset.y_train == label].mean(axis=0) for label in range(classes)])
    model = keras.Sequential(
        [
            keras.Input(dataset.input_shape),
            keras.layers.Flatten(),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )
    model.layers[-1].set_weights([means.T, -(means**2).sum(axis=1) / 2])
    return model


def test_accuracy(
    answer: Callable[[keras.Model, Dataset], object], model: keras.Model, dataset: Dataset
) -> None:
    """Check a function that scores a model on the test images of a dataset.

    Raises:
        CheckFailed: naming what was scored instead, or that the images were not used.
    """
    share = number(answer(model, dataset), "the accuracy")
    probabilities = model(dataset.x_test).numpy()
    hits = probabilities.argmax(axis=1) == dataset.y_test
    right = float(hits.mean())
    if not _close(share, right):
        seen = model(dataset.x_train).numpy().argmax(axis=1) == dataset.y_train
        if _close(share, seen.mean()):
            raise CheckFailed(
                "This is the accuracy on the *training* pictures, which a model may know by heart. "
                "Use `dataset.x_test` and `dataset.y_test`."
            )
        if _close(share, hits.sum()):
            raise CheckFailed(
                "This counts the right answers. The accuracy is their share: divide by the number "
                "of pictures, or take the mean."
            )
        _not_in_percent(share, right)
        if _close(share, probabilities.max(axis=1).mean()):
            raise CheckFailed(
                "This is how sure the model is, not how often it is right. Compare its answers, "
                "`argmax(axis=1)`, with the labels."
            )
        raise CheckFailed(
            f"You answered {share:.3f}; this model gets {right:.3f} of the test pictures right. "
            "Ask the model that is passed in, take for each row the position of the largest "
            "probability (`argmax(axis=1)`), and compare it with the label."
        )
    turned = replace(dataset, y_test=(dataset.y_test + 1) % len(dataset.class_names))
    again = number(answer(model, turned), "the accuracy")
    expected = float(np.mean(probabilities.argmax(axis=1) == turned.y_test))
    if not _close(again, expected):
        raise CheckFailed(
            "With other test labels your function still gives the old score. Compute it from the "
            "model and the dataset that are passed in, and from nothing else."
        )


def gain(answer: object, before: Sequence[float], after: Sequence[float]) -> None:
    """Check the mean gain over paired scores, and the number of pairs that gained.

    Raises:
        CheckFailed: naming what was computed instead.
    """
    first, second = pair(answer)
    mean, wins = number(first, "the mean gain"), number(second, "the number of seeds")
    differences = np.subtract(after, before)
    right, higher = float(differences.mean()), int((differences > CLOSE).sum())
    if _close(mean, higher) and _close(wins, right):
        raise CheckFailed("The two numbers are right and in the wrong order: the mean comes first.")
    if not _close(mean, right):
        if _close(mean, -right):
            raise CheckFailed(
                "The sign is the wrong way round: a gain is *after minus before*, above zero when "
                "things got better."
            )
        if _close(mean, max(after) - max(before)):
            raise CheckFailed(
                "You compared the best seed of each side, which compares their luck. Take the "
                "difference for each pair, and then the mean over all pairs."
            )
        if any(_close(mean, difference) for difference in differences):
            raise CheckFailed(
                "This is the difference of a single seed. Take the mean over all of them: one seed "
                "is an anecdote."
            )
        if _close(mean, differences.sum()):
            raise CheckFailed("You added the differences up. Divide by how many there are.")
        raise CheckFailed(
            f"Your mean gain is {mean:+.3f}; after minus before has the mean {right:+.3f} here. "
            "Subtract pair by pair, then take the mean."
        )
    if not _close(wins, higher):
        if _close(wins, (differences > -CLOSE).sum()):
            raise CheckFailed("You counted a draw as a win. Count the pairs that are *above* zero.")
        if _close(wins, higher / len(differences)):
            raise CheckFailed("The second number is how many seeds, not which share of them.")
        raise CheckFailed(
            f"You counted {wins:g} seeds; *after* is higher in {higher} of {len(differences)}. "
            "Compare the two scores of each seed."
        )


def labels_curve(
    answer: Callable[[Callable, Sequence[int], Sequence[int]], object],
    labels: Sequence[int],
    seeds: Sequence[int],
) -> None:
    """Check a function that scores each number of labels with each seed.

    The scores that it gets depend on both, so that a missing call shows.

    Raises:
        CheckFailed: naming which calls are missing or how they were summed up wrongly.
    """
    calls: list[tuple[int, int]] = []

    def score(n: int, seed: int) -> float:
        calls.append((n, seed))
        return _made_up_score(n, seed)

    curve = answer(score, labels, seeds)
    if not isinstance(curve, Mapping):
        raise CheckFailed(
            f"Your function returned {kind(curve)}. Return a dictionary: number of labels -> "
            "(mean, standard deviation)."
        )
    if not calls:
        raise CheckFailed(
            "Your function never called `score`, so its numbers come from nowhere. Call "
            "`score(n, seed)` for each number of labels and each seed."
        )
    if set(curve) != set(labels):
        raise CheckFailed(
            f"The keys of your dictionary are {sorted(curve)}, and they should be the numbers of "
            f"labels, {sorted(labels)}: one entry for each."
        )
    wanted = {(n, seed) for n in labels for seed in seeds}
    if strange := set(calls) - wanted:
        n, seed = min(strange)
        raise CheckFailed(
            f"You called `score({n}, {seed})`, which nobody asked for. The number of labels comes "
            "first and the seed second, and both come from what is passed in."
        )
    if missing := wanted - set(calls):
        raise CheckFailed(
            f"{len(missing)} of {len(wanted)} calls are missing, such as `score{min(missing)}`. "
            "Every number of labels needs every seed: a loop within a loop."
        )
    for n in labels:
        _summed_up(curve[n], [_made_up_score(n, seed) for seed in seeds], n)


def _summed_up(answer: object, found: Sequence[float], n: int) -> None:
    first, second = pair(answer)
    mean, spread = number(first, "the mean"), number(second, "the standard deviation")
    if not _close(mean, np.mean(found)):
        raise CheckFailed(
            f"For {n} labels your mean is {mean:.4f}, and the scores of its seeds have the mean "
            f"{np.mean(found):.4f}. Collect the scores of all seeds of this number, and of no "
            "other, before you take the mean."
        )
    if _close(spread, np.std(found)):
        raise CheckFailed(
            "This is the standard deviation of a whole population. A few seeds are a sample of all "
            "that there could be: `np.std(..., ddof=1)`."
        )
    if not _close(spread, np.std(found, ddof=1)):
        raise CheckFailed(
            f"For {n} labels the mean is right and the spread is not: the standard deviation of "
            f"its scores is {np.std(found, ddof=1):.4f}. Use `np.std(..., ddof=1)`."
        )


def _made_up_score(n: int, seed: int) -> float:
    """Return a score that differs for each number of labels and each seed."""
    return float(1 - 1 / (1 + n) + 0.01 * np.sin(7 * n + 3 * seed))


def _not_in_percent(share: float, right: float) -> None:
    if _close(share, 100 * right):
        raise CheckFailed("This is in percent. Return the share, a number from 0 to 1.")


def _most_frequent(labels: np.ndarray) -> int:
    values, counts = np.unique(labels, return_counts=True)
    return int(values[counts.argmax()])


def _close(one: float, other: float | np.floating) -> bool:
    return abs(one - float(other)) < CLOSE
