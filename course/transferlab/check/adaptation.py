"""Checks on adapting to another domain: the gap, the statistics, the data that may be used.

A check gives a student's function made-up domains whose truth is known.
"""

from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np

from transferlab import adaptation
from transferlab.check import CheckFailed
from transferlab.check.answers import number, pair, returned_model
from transferlab.data import Dataset

GapFunction = Callable[[np.ndarray, np.ndarray], object]
RefreshFunction = Callable[[keras.Model, np.ndarray], object]
AdaptFunction = Callable[[keras.Model, Dataset], object]
GuessFunction = Callable[..., object]

SAME = 1e-3  # models closer to each other than this share of the way count as the same
STILL_THE_OLD = 0.25  # share of the way to the new statistics that may be missing


def gap(domain_gap: GapFunction, seed: int = 0) -> None:
    """Check a function that measures how well two sets of rows can be told apart, from 0 to 2.

    Raises:
        CheckFailed: when the classifier was scored on rows it has learned from, when the domains
            can be told apart by their size, or when the number is an accuracy or an error.
    """
    random = np.random.default_rng(seed)

    def rows(n: int, columns: int, shift: float = 0.0) -> np.ndarray:
        return random.normal(size=(n, columns)) * 3 + 20 + 3 * shift * (np.arange(columns) == 0)

    far = number(domain_gap(rows(200, 5), rows(200, 5, shift=9.0)), "the distance, from 0 to 2")
    apart = number(domain_gap(rows(600, 3), rows(600, 3, shift=1.5)), "the distance, from 0 to 2")
    if far < 0.2 and apart > far:
        raise CheckFailed(
            f"Two domains that lie far apart got {far:.2f}, and two that overlap got {apart:.2f}: "
            "that is the wrong way round. The error is what the classifier gets *wrong*, "
            "1 - accuracy."
        )
    if 0.9 < far < 1.1:
        raise CheckFailed(
            f"Two domains that lie far apart got {far:.2f}. That is the accuracy, or an error that "
            "was doubled once: the distance is 2 * (1 - 2 * error), 2 for domains that never mix "
            "and 0 for domains that cannot be told apart."
        )
    if max(abs(far), abs(apart)) > 2.01:
        raise CheckFailed(
            f"You returned {far:.2f} for domains that lie far apart, and {apart:.2f} for domains "
            "that overlap. The proxy A-distance lies between -2 and 2: it comes from the error of "
            "a classifier, not from the features themselves."
        )
    same = number(domain_gap(rows(60, 80), rows(60, 80)), "the distance, from 0 to 2")
    if same > 0.9:
        raise CheckFailed(
            f"Two samples of *one* domain got {same:.2f}, as if they could be told apart. A "
            "classifier with many features remembers the rows that it has learned from. Train it "
            "on one half of the rows and take the error on the other half."
        )
    uneven = max(
        number(domain_gap(rows(400, 3), rows(40, 3)), "the distance, from 0 to 2"),
        number(domain_gap(rows(40, 3), rows(400, 3)), "the distance, from 0 to 2"),
    )
    if uneven > 0.9:
        raise CheckFailed(
            f"Two samples of one domain, of 400 and of 40 rows, got {uneven:.2f}. A classifier "
            "that always answers 'the larger one' is right in 91 % of the cases and has seen "
            "nothing. Take as many rows of the one as of the other."
        )
    if abs(far - 2) > 0.15 or abs(apart - 1.09) > 0.35 or abs(same) > 0.9 or abs(uneven) > 0.9:
        raise CheckFailed(
            f"For domains that never mix you got {far:.2f} instead of 2, for domains that overlap "
            f"{apart:.2f} instead of about 1.1, for samples of one domain {same:.2f} and "
            f"{uneven:.2f} instead of about 0. Each domain has to be in the training half and in "
            "the held-out half, and the distance is 2 * (1 - 2 * error)."
        )


def refreshing(refresh: RefreshFunction, model: keras.Model, images: np.ndarray) -> None:
    """Check a function that gives a copy of `model` the BatchNorm statistics of `images`.

    Args:
        refresh: `(model, images)` to a model.
        model: flat, with BatchNorm layers of momentum 0.9 or less.
        images: float array `(n, height, width, channels)`, of another domain.

    Raises:
        CheckFailed: when a kernel moved, a statistic did not (far enough), or `model` changed.
    """
    before = model.get_weights()
    expected = adaptation.refreshed(model, images)
    answer = returned_model(refresh(model, images.copy()))
    if not all(map(np.array_equal, before, model.get_weights())):
        raise CheckFailed(
            "The model that was passed in has changed. It still has to read its old domain: make "
            "a copy (`keras.models.clone_model`, then `set_weights`), and refresh the copy."
        )
    _only_statistics_moved(answer, model)
    _statistics(answer, model, expected)


def adapting(adapt: AdaptFunction, model: keras.Model, target: Dataset) -> None:
    """Check a function that adapts a model to a target and scores it, by what it depends on.

    Args:
        adapt: `(model, target)` to `(adapted model, accuracy)`.
        model: flat, with BatchNorm layers, a softmax at its end.
        target: some images.

    Raises:
        CheckFailed: when labels or test images were used to adapt, when kernels moved, when the
            statistics are not those of the target, or when the accuracy is wrong.
    """
    adapted, accuracy = _adapted(adapt, model, target)

    def differs(other: Dataset) -> bool:
        apart = _apart(adapted, _adapted(adapt, model, other)[0], model)
        if apart <= SAME:
            return False
        by_chance = _apart(adapted, _adapted(adapt, model, target)[0], model)
        return apart > 3 * by_chance + SAME

    # A function that chose this model by the test labels would now choose another: with these
    # labels the model gets no image right.
    classes = len(target.class_names)
    others = 1 + np.arange(len(target.y_test)) % (classes - 1)
    wrong = (_guesses(adapted, target.x_test) + others) % classes
    if differs(replace(target, y_train=target.y_train[::-1], y_test=wrong)):
        raise CheckFailed(
            "With other labels your function returned another model, so labels were used to "
            "adapt. The images are enough for the statistics. And a choice between two models "
            "by their test accuracy uses the test labels as well."
        )
    if differs(replace(target, x_test=3 - 2 * target.x_test)):
        raise CheckFailed(
            "With other test images your function returned another model, so test data were used "
            "to adapt. The test images stand for images that you have not got yet. Adapt with "
            "`target.x_train` only, and keep the test images for the score."
        )
    _only_statistics_moved(adapted, model)
    _statistics(adapted, model, adaptation.refreshed(model, target.x_train))
    right = _accuracy(adapted, target.x_test, target.y_test)
    if np.isclose(accuracy, right, atol=1e-6):
        return
    instead = {
        "the adapted model on the *training* images. Adapted or not, a score is taken on images "
        "that had no part in it": _accuracy(adapted, target.x_train, target.y_train),
        "the model *before* it was adapted. Score the one that you return": _accuracy(
            model, target.x_test, target.y_test
        ),
    }
    for what, value in instead.items():
        if np.isclose(accuracy, value, atol=1e-6):
            raise CheckFailed(f"You returned {accuracy:.3f}. That is the accuracy of {what}.")
    raise CheckFailed(
        f"You returned an accuracy of {accuracy:.3f}, and the model that you returned gets "
        f"{right:.3f} of the test images right. Use inference mode for the score "
        "(`training=False`), and return the share of right guesses."
    )


def weighted(guess: GuessFunction, seed: int = 0, *, classes: int = 2) -> None:
    """Check a function that learns from many source rows and few target rows, with a weight.

    Args:
        guess: `(source_features, source_labels, few_features, few_labels, weight, test_features)`
            to labels.
        seed: of the made-up rows.
        classes: how many classes the source has; the few rows show only the first two of them.

    Raises:
        CheckFailed: when a domain is ignored, when the weight is ignored or goes to the wrong
            rows, or when a guess depends on the other test rows.
    """
    random = np.random.default_rng(seed)
    # The border between classes 0 and 1 is at 0 in the source, and at 6 in the target.
    y = np.repeat(np.arange(classes), 150)
    y_few = np.repeat([0, 1], 5)
    x = _line(np.select([y == 0, y == 1], [-6.0, 6.0], default=30.0 * y), random)
    few = _line(np.where(y_few == 0, 3.0, 9.0), random)
    test = _line(np.full(40, 3.0), random)  # the source says 1, the target says 0
    shuffled = random.permutation(len(y))
    x, y = x[shuffled], y[shuffled]

    def guesses(weight: float, rows: np.ndarray) -> np.ndarray:
        return _labels(guess(x, y, few, y_few, weight, rows), rows)

    light = float(np.mean(guesses(1e-3, test) == 1))
    heavy = float(np.mean(guesses(1e3, test) == 0))
    if light > 0.8 and heavy < 0.2:
        raise CheckFailed(
            "Whatever the weight of the few rows, your guesses are those of the source. Either the "
            "few rows of the target are missing, or the weight is, or the weights are not in "
            "the order of the rows. `sample_weight` takes one number for each row, and `weight` "
            "belongs to each *target* row."
        )
    if light < 0.2 and heavy > 0.8:
        raise CheckFailed(
            "Whatever the weight of the few rows, your guesses are those of the target. With a "
            "weight near 0 the source should decide: train on the rows of *both* domains."
        )
    if light < 0.2 and heavy < 0.2:
        raise CheckFailed(
            "With a small weight your guesses follow the target, and with a large one the source: "
            "the weight is on the wrong rows. It says how often each row of the *target* counts; "
            "each row of the source counts once."
        )
    if light < 0.8 or heavy < 0.8:
        raise CheckFailed(
            f"Where the domains disagree, {light:.0%} of your guesses follow the source at weight "
            f"0.001 and {heavy:.0%} follow the target at weight 1000; both should be nearly all. "
            "Are labels and weights in the order of the rows: source first, then target?"
        )
    if classes > 2:
        rare = _line(np.full(20, 30.0 * (classes - 1)), random)
        if np.mean(guesses(1.0, rare) == classes - 1) < 0.8:
            raise CheckFailed(
                "A class that only the source has shown is not guessed. That knowledge is what the "
                "source rows are kept for: train on the rows of both domains."
            )
    between = _line(np.linspace(-3, 12, 60), random)  # rows from border to border, and beyond
    among_others = guesses(1.0, np.concatenate([between, between + 5000]))[: len(between)]
    alone = [guesses(1.0, row[None])[0] for row in between[::20]]
    together = guesses(1.0, between)
    if not np.array_equal(together, among_others) or list(together[::20]) != alone:
        raise CheckFailed(
            "What is guessed for a row depends on the other test rows: the test features were used "
            "in the training, perhaps to fit the scaler. Fit it on source and target rows that you "
            "train on (a pipeline does), and use it for the test rows."
        )


def _line(places: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return rows `(n, 4)`: the first feature at these places, the others noise."""
    noise = random.normal(size=(len(places), 4))
    noise[:, 0] = places + 0.7 * noise[:, 0]
    return noise


def _labels(answer: object, rows: np.ndarray) -> np.ndarray:
    if answer is None:
        raise CheckFailed("Your function returned None. End it with `return` and the guesses.")
    labels = np.asarray(answer)
    if labels.shape != (len(rows),):
        raise CheckFailed(
            f"For {len(rows)} test rows you returned something of shape {labels.shape}. Return one "
            "label for each: `predict`, neither probabilities nor an accuracy."
        )
    return labels


def _adapted(adapt: AdaptFunction, model: keras.Model, target: Dataset) -> tuple:
    """Return the adapted model and the accuracy, after checking what they are."""
    before = model.get_weights()
    first, second = pair(adapt(model, target))
    adapted = returned_model(first)
    if isinstance(second, str | bool) or second is None or np.ndim(second):  # type: ignore[arg-type]
        raise CheckFailed(
            "Return the adapted model first and its accuracy second: one number, 0 to 1."
        )
    changed = not all(map(np.array_equal, before, model.get_weights()))
    if changed:
        model.set_weights(before)
        raise CheckFailed(
            "The model that was passed in has changed, so nobody can compare before with after. "
            "Adapt a copy."
        )
    return adapted, float(second)  # type: ignore[arg-type]


def _apart(one: keras.Model, other: keras.Model, original: keras.Model) -> float:
    """Return how far two adapted models are apart, as a share of the way from the original."""
    return max(
        float(np.max(np.abs(a - b)) / np.maximum(np.max(np.abs(a - start)), 1e-6))
        for a, b, start in zip(
            one.get_weights(), other.get_weights(), original.get_weights(), strict=True
        )
    )


def _only_statistics_moved(answer: keras.Model, model: keras.Model) -> None:
    """Check that the copy has the weights of `model`, except for the moving statistics."""
    if [w.shape for w in answer.weights] != [w.shape for w in model.weights]:
        raise CheckFailed(
            "The model that came back has other layers. Return a copy of the model that was "
            "passed in, from its input to its output."
        )
    statistics = {id(weight) for pair_ in _norm_pairs(answer, model) for weight in pair_[0]}
    moved = [
        old.path
        for new, old in zip(answer.weights, model.weights, strict=True)
        if id(new) not in statistics and not np.array_equal(new.numpy(), old.numpy())
    ]
    kernels = [weight.path for weight in model.weights if "kernel" in weight.path]
    if moved and set(kernels) <= set(moved):
        raise CheckFailed(
            f"The kernels moved ('{kernels[0]}' and others). `fit` trains, and needs labels; and "
            "`clone_model` without `set_weights` starts from random values. Only the moving "
            "statistics of BatchNorm may change: call the model in training mode, without `fit`."
        )
    if moved:
        raise CheckFailed(
            f"'{moved[0]}' moved, and it is no moving statistic. In BatchNorm, `gamma` and `beta` "
            "were trained with labels and stay; `moving_mean` and `moving_variance` are to change."
        )


def _statistics(answer: keras.Model, model: keras.Model, expected: keras.Model) -> None:
    """Check that the statistics have come (nearly) all the way from `model` to `expected`."""
    names = [layer.name for layer in _norms(model)]
    ways = zip(
        names,
        _norm_pairs(answer, model),
        (new for new, _ in _norm_pairs(expected, model)),
        strict=True,
    )
    missing = {
        name: [
            _missing(is_.numpy(), was.numpy(), wanted.numpy())
            for is_, was, wanted in zip(now, old, aim, strict=True)
        ]
        for name, (now, old), aim in ways
    }
    left = {name: max(shares) for name, shares in missing.items()}
    if all(share == 1 for shares in missing.values() for share in shares):
        raise CheckFailed(
            "No statistic moved. Inference does not move them: neither `predict` nor "
            "`training=False` does, and a BatchNorm layer whose `trainable` is False stays in "
            "inference mode whatever the call says. Set the flag on the copy's BatchNorm layers "
            "to True and call the copy with `training=True`."
        )
    still = [name for name, shares in missing.items() if all(share == 1 for share in shares)]
    if still:
        raise CheckFailed(
            f"The statistics of '{still[0]}' did not move, those of others did. A BatchNorm layer "
            "whose `trainable` is False ignores `training=True`: set the flag on every one of the "
            "copy's BatchNorm layers. (`copy.trainable = True` passes nothing on when the copy's "
            "own flag is True already.)"
        )
    worst = max(left, key=lambda name: left[name])
    if left[worst] > STILL_THE_OLD:
        raise CheckFailed(
            f"The statistics of '{worst}' moved, but they are not those of the new images: "
            f"{min(left[worst], 9.99):.0%} of the way is missing. After k batches a share of "
            "momentum ** k of the old value is left: pass over the images more often. And give "
            "the model these images as they are, all of them, and no others."
        )


def _missing(now: np.ndarray, old: np.ndarray, aim: np.ndarray) -> float:
    """Return which share of the way from `old` to `aim` is missing: 0 arrived, 1 not moved."""
    return float(np.linalg.norm(now - aim) / np.maximum(np.linalg.norm(old - aim), 1e-12))


def _norms(model: keras.Model) -> list[keras.Layer]:
    return [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]


def _norm_pairs(answer: keras.Model, model: keras.Model) -> list[tuple]:
    """Return for each BatchNorm layer its two statistics in `answer` and in `model`."""
    return [
        ((new.moving_mean, new.moving_variance), (old.moving_mean, old.moving_variance))
        for new, old in zip(_norms(answer), _norms(model), strict=True)
    ]


def _guesses(model: keras.Model, images: np.ndarray) -> np.ndarray:
    return np.asarray(model(images, training=False)).argmax(axis=1)


def _accuracy(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean(_guesses(model, images) == labels))


def small_reader(seed: int = 0, *, side: int = 8, classes: int = 3) -> keras.Model:
    """Return a small untrained network with two BatchNorm layers and made-up statistics."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((side, side, 1)),
            keras.layers.Conv2D(6, 3, use_bias=False, name="conv1"),
            keras.layers.BatchNormalization(momentum=0.9, name="norm1"),
            keras.layers.ReLU(name="relu1"),
            keras.layers.Conv2D(5, 3, use_bias=False, name="conv2"),
            keras.layers.BatchNormalization(momentum=0.9, name="norm2"),
            keras.layers.GlobalAveragePooling2D(name="features"),
            keras.layers.Dense(classes, activation="softmax", name="head"),
        ]
    )
    random = np.random.default_rng(seed)
    for layer in _norms(model):
        gamma, beta, mean, variance = layer.get_weights()
        shift = random.normal(size=mean.shape)
        layer.set_weights(
            [gamma + 0.1 * shift, beta + 0.1, mean + shift, variance + abs(shift) + 1]
        )
    return model


def small_target(seed: int = 0, *, side: int = 8, classes: int = 3) -> Dataset:
    """Return random grey images `(n, side, side, 1)` with labels: 60 to train on, 40 to test on."""
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(100) % classes)
    strength = np.linspace(0.3, 1, classes)[labels][:, None, None, None]
    images = (strength * random.uniform(size=(100, side, side, 1))).astype("float32")
    return Dataset(
        name="grey noise",
        x_train=images[:60],
        y_train=labels[:60],
        x_test=images[60:],
        y_test=labels[60:],
        class_names=tuple("abcdefghij"[:classes]),
        source="made up for a check",
        licence="CC0 1.0",
    )
