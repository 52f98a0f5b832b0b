"""Checks on features and on the classifier that is trained on them.

A check looks at numbers, and at what a function does with the rows that it gets; it must not know
how they were made.
"""

from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np

from transferlab.check import CheckFailed
from transferlab.check.answers import kind, pair

Evaluate = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], object]


def extracted(answer: object, model: keras.Model, layer: str, images: np.ndarray) -> None:
    """Check the features of `images`: what the layer of that name gives, a row for each image.

    Args:
        answer: should be an array `(len(images), d)`.
        model: the model that was asked, with a single input.
        layer: the name of one of its layers.
        images: what it was asked about.

    Raises:
        CheckFailed: naming what was returned instead.
    """
    values = _array(answer, "the features")
    wanted = _outputs_of(model, layer, images)
    rows = wanted.reshape(len(images), -1)
    if _same(values, rows):
        return
    if _same(values, wanted):
        raise CheckFailed(
            f"The numbers are right and their shape is {values.shape}: those are maps. A "
            f"classifier takes one row for each image, here {rows.shape}: lay each image's maps "
            "out flat."
        )
    final = _outputs_of(model, model.layers[-1].name, images)
    if _same(values, final.reshape(len(images), -1)):
        raise CheckFailed(
            "These are the probabilities that the old head gives, not features. They say how "
            "much an image looks like each of the *old* classes, and what the head had no use for "
            f"is lost. Cut the model at the layer '{layer}' that was asked for."
        )
    for other in model.layers:
        if other.name != layer and _same(values, _rows_of(model, other.name, images)):
            raise CheckFailed(
                f"This is what the layer '{other.name}' gives, and '{layer}' was asked for. Find "
                "the layer by its name: `model.get_layer(...)`, then its `.output`."
            )
    if values.shape != rows.shape:
        raise CheckFailed(
            f"Your array has the shape {values.shape}; the layer '{layer}' gives {rows.shape} for "
            f"{len(images)} images, a row for each. Print the shape at each step."
        )
    again = _outputs_of(model, layer, images, training=True).reshape(len(images), -1)
    if not _same(again, rows):  # a model in which the mode makes a difference
        raise CheckFailed(
            "The shape is right and the numbers are not those of prediction. In training mode "
            "Dropout throws features away at random and BatchNorm uses the batch: extract with "
            "`training=False`, and from the model that was passed in, not from a clone."
        )
    raise CheckFailed(
        "The shape is right and the numbers are others. Are they from the model that was passed "
        "in? `clone_model` starts from random weights. Give it the images as they come."
    )


def evaluation(evaluate: Evaluate, classes: int = 3, seed: int = 0) -> None:
    """Check a function that trains on some rows and is scored on others, by giving it rows.

    Args:
        evaluate: `(train_features, train_labels, test_features, test_labels)` to
            `(accuracy, guesses)`.
        classes: how many classes the made-up rows have.
        seed: of the rows.

    Raises:
        CheckFailed: when a guess depends on chance, on other test rows or on the test labels,
            when the accuracy is not that of the test rows, or when nothing was learned.
    """
    x, y, x_test, y_test = _overlapping(classes, seed)
    random = np.random.default_rng(seed)
    accuracy, guesses = _evaluated(evaluate(x, y, x_test, y_test), y_test)
    right = float(np.mean(guesses == y_test))
    if not np.array_equal(guesses, _evaluated(evaluate(x, y, x_test, y_test), y_test)[1]):
        raise CheckFailed(
            "Called twice with the same rows, your function made different guesses. Give whatever "
            "is drawn at random a fixed seed (`random_state=0`): a number that can be believed can "
            "be computed again."
        )
    for label in range(classes):  # when all test labels are the same, the guesses must stay
        _, relabelled = _evaluated(evaluate(x, y, x_test, np.full_like(y_test, label)), y_test)
        if np.array_equal(guesses, relabelled):
            continue
        raise CheckFailed(
            "With other test labels your function made other guesses, so it has learned from the "
            "test labels. They may be used for one thing only: to count how many guesses are right."
        )
    singles = [slice(i, i + 1) for i in range(4)]
    alone = [_evaluated(evaluate(x, y, x_test[s], y_test[s]), y_test[s])[1][0] for s in singles]
    company = x_test.copy()
    company[4:, :2] += 100 * x.std(axis=0)[:2] * random.uniform(size=(len(x_test) - 4, 2))
    _, among_others = _evaluated(evaluate(x, y, company, y_test), y_test)
    if list(guesses[:4]) != alone or not np.array_equal(guesses[:4], among_others[:4]):
        raise CheckFailed(
            "What your function guesses for an image depends on the *other* test images: tested "
            "alone, or among others, the same image got another guess. That happens when the "
            "scaler is fitted on test data. Fit it on the training features only, and use that "
            "scaler, with `transform`, for the test features."
        )
    if not np.isclose(accuracy, right, atol=1e-6):
        raise CheckFailed(
            f"You returned an accuracy of {accuracy:.2f}, but of your own guesses {right:.2f} are "
            "right for the test labels. A score on the training data says how well the classifier "
            "remembers, not how well it will do. Score it on the test features and labels."
        )
    if right < 0.5 + 0.5 / classes:
        raise CheckFailed(
            f"Only {right:.0%} of your guesses are right, on rows that are easy to tell apart. Is "
            "the classifier trained on the *scaled* training features, and given *scaled* test "
            "features? Both must go through the same scaler."
        )


def most_confused(
    answer: object, y_true: np.ndarray, y_pred: np.ndarray, class_names: Sequence[str]
) -> None:
    """Check the pair (true name, guessed name) of the mistake that was made most often.

    Args:
        answer: the pair.
        y_true, y_pred: indices of classes `(n,)`; one mistake is more frequent than all
            others.
        class_names: one text per class.

    Raises:
        CheckFailed: naming what the pair is instead.
    """
    given = tuple(pair(answer))
    counts = np.zeros((len(class_names), len(class_names)), dtype=int)
    np.add.at(counts, (y_true, y_pred), 1)
    mistakes = counts - np.diag(np.diag(counts))

    def names(matrix: np.ndarray) -> tuple[str, str]:
        row, column = divmod(int(matrix.argmax()), len(matrix))
        return class_names[row], class_names[column]

    right = names(mistakes)
    if given == right:
        return
    if not all(isinstance(name, str) for name in given):
        raise CheckFailed(
            f"Your function returned {given[0]!r} and {given[1]!r}. Return the two *names*, out of "
            "`class_names`, and not their positions."
        )
    present = sorted({*map(int, y_true), *map(int, y_pred)})
    narrow = mistakes[np.ix_(present, present)]
    place = divmod(int(narrow.argmax()), len(class_names))  # read as if no class were missing
    shifted = names(narrow), tuple(class_names[index] for index in place)
    if len(present) < len(class_names) and given in shifted:
        raise CheckFailed(
            "A class that does not occur in these labels has shifted your names. "
            "`confusion_matrix` leaves such classes out: pass `labels=range(len(class_names))`."
        )
    if given[0] == given[1]:
        raise CheckFailed(
            f"'{given[0]}' taken for '{given[1]}' is no mistake: that is the diagonal, where the "
            "right guesses are counted. Set it to 0 before you look for the largest number."
        )
    if given == right[::-1]:
        raise CheckFailed(
            f"It is the wrong way round. The answer is what is *true* first, then what was "
            f"*guessed*: '{right[0]}' was taken for '{right[1]}'. In a confusion matrix of "
            "scikit-learn the rows are true and the columns are guessed."
        )
    if given in (names(mistakes + mistakes.T), names(mistakes + mistakes.T)[::-1]):
        raise CheckFailed(
            "You have added both directions up. '4 taken for 9' and '9 taken for 4' are two "
            "mistakes: do not add the transposed matrix."
        )
    shares = mistakes / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    if given == names(shares):
        raise CheckFailed(
            "You have divided by how many images a class has. Asked is the mistake made most "
            "often: compare the counts."
        )
    raise CheckFailed(
        f"The most frequent mistake is '{right[0]}' taken for '{right[1]}', {mistakes.max()} "
        f"times, and you answered {given!r}. Print the matrix and look for its largest number off "
        "the diagonal."
    )


def preprocessed(answer: object, scans: np.ndarray) -> None:
    """Check scans made ready for the `letters` backbone: ink 1, paper 0, one channel.

    Args:
        answer: should be a float array `(n, 16, 16, 1)`.
        scans: uint8 `(n, 16, 16)`, ink 0 (black), paper 255 (white).

    Raises:
        CheckFailed: naming the step that is missing, doubled or wrong.
    """
    values = _array(answer, "the images")
    expected = 1 - scans.astype(float) / 255
    if values.shape == scans.shape:
        raise CheckFailed(
            f"The shape is {values.shape}: the channel is missing. The backbone expects "
            f"{(*scans.shape, 1)}, with an axis of length 1 at the end (`[..., None]`)."
        )
    if values.shape != (*scans.shape, 1):
        raise CheckFailed(
            f"The shape is {values.shape}, and {(*scans.shape, 1)} is expected: all images, in "
            "their order, with one channel at the end."
        )
    values = values[..., 0].astype(float)
    if np.allclose(values, expected, atol=2e-3):
        return
    for mistake, why in _mistaken(scans).items():
        if np.allclose(values, why, atol=2e-3, rtol=1e-3):
            raise CheckFailed(mistake)
    if np.isclose(values.min(), 0, atol=1e-3) and np.isclose(values.max(), 1, atol=1e-3):
        raise CheckFailed(
            "Your values reach from 0 to 1 because you stretched them to. The amount then depends "
            "on what else is in the batch, and faint ink becomes strong. Divide by the fixed 255."
        )
    if abs(values.mean()) < 1e-2 and abs(values.std() - 1) < 1e-1:
        raise CheckFailed(
            "You have standardised: mean 0, standard deviation 1. This backbone was pretrained on "
            "values from 0 (paper) to 1 (ink). What it saw in pretraining decides, not what is "
            "common elsewhere."
        )
    raise CheckFailed(
        f"Your values reach from {values.min():.3g} to {values.max():.3g} with a mean of "
        f"{values.mean():.3g}; here they should reach from {expected.min():.3g} to "
        f"{expected.max():.3g} with a mean of {expected.mean():.3g}. Ink is 1 and paper is 0."
    )


def _mistaken(scans: np.ndarray) -> Mapping[str, np.ndarray]:
    """Return what usual mistakes make of scans, by the message for each."""
    share = scans.astype(float) / 255
    wrapped = (
        "Bytes have wrapped around: a uint8 holds whole numbers from 0 to 255, so `1 - scans` "
        "cannot become negative or a fraction. Turn the scans into floats first, then calculate."
    )
    undivided = (
        "Your values reach up to 255. The backbone was pretrained on values from 0 to 1: divide "
        "by 255. A ReLU network answers all the same, and nothing warns you."
    )
    inverted = (
        "Ink and paper are swapped: in a scan paper is bright, and the backbone was pretrained "
        "with bright ink on dark paper. Turn the values over."
    )
    return {
        inverted: share,
        undivided: 255 - scans.astype(float),
        "You have turned the values over as if they reached to 1, and they reach to 255: divide "
        "by 255 first.": 1 - scans.astype(float),
        "You have divided by 255 twice: all images are nearly black now. Divide once.": (1 - share)
        / 255,
        "You have divided by 255 twice: what is left of the ink is lost in the paper. Divide "
        "once.": 1 - share / 255,
        "Your values reach from -1 to 1. MobileNetV2 expects that, and this backbone expects 0 to "
        "1: preprocessing belongs to the backbone.": 1 - 2 * share,
        "Your values reach from -1 to 0: the sign is lost. Paper is 0 and ink is 1.": share - 1,
        inverted + " They are not divided by 255 either.": scans.astype(float),
        wrapped: (np.uint8(1) - scans).astype(float),
        wrapped + " The division came too late.": (np.uint8(1) - scans) / 255,
    }


def _overlapping(classes: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return rows of features in which classes overlap, in shuffled order: 60 and 60.

    Each feature has its own mean and spread, so that unscaled rows do not pass for scaled ones.
    """
    random = np.random.default_rng(seed)
    centres = 1.6 * random.normal(size=(classes, 6))
    labels = random.permutation(np.arange(120) % classes)
    rows = centres[labels] + random.normal(size=(120, 6))
    rows = rows * random.uniform(2, 5, size=6) + 40 * random.normal(size=6)
    return rows[:60], labels[:60], rows[60:], labels[60:]


def _evaluated(answer: object, y_test: np.ndarray) -> tuple[float, np.ndarray]:
    """Return accuracy and guesses, or say what they are instead."""
    first, second = pair(answer)
    guesses = _array(second, "the guesses")
    if guesses.ndim == 2:
        raise CheckFailed(
            "The guesses have two axes: those are probabilities. Return one label for each test "
            "image: `predict`, not `predict_proba`."
        )
    if np.ndim(first) or isinstance(first, str | bool):  # type: ignore[arg-type]
        raise CheckFailed(
            "The first thing to return is the accuracy, one number; the second is the guesses."
        )
    if guesses.shape != y_test.shape:
        raise CheckFailed(
            f"There are {len(y_test)} test images and {guesses.size} guesses. Return one guess for "
            "each row of the *test* features."
        )
    accuracy = float(first)  # type: ignore[arg-type]
    if not 0 <= accuracy <= 1:
        raise CheckFailed(
            f"You returned an accuracy of {accuracy}: return the share of right guesses, 0 to 1."
        )
    return accuracy, guesses


def _outputs_of(
    model: keras.Model, layer: str, images: np.ndarray, *, training: bool = False
) -> np.ndarray:
    cut = keras.Model(model.inputs[0], model.get_layer(layer).output)
    return np.asarray(cut(images, training=training))


def _rows_of(model: keras.Model, layer: str, images: np.ndarray) -> np.ndarray:
    return _outputs_of(model, layer, images).reshape(len(images), -1)


def _same(values: np.ndarray, others: np.ndarray) -> bool:
    return values.shape == others.shape and np.allclose(values, others, rtol=1e-4, atol=1e-5)


def _array(answer: object, what: str) -> np.ndarray:
    """Return an answer as an array of numbers, or say that it is not one."""
    if answer is None:
        raise CheckFailed(f"Your function returned None. End it with `return` and {what}.")
    if isinstance(answer, keras.Model):
        raise CheckFailed(
            f"Your function returned a model. Call it on the images and return {what}."
        )
    if isinstance(answer, keras.KerasTensor):
        raise CheckFailed(
            "Your function returned a symbolic tensor, which holds no numbers (lesson 3). Make a "
            "`keras.Model` that ends in it, and call that on the images."
        )
    try:
        values = np.asarray(answer)
    except ValueError:
        raise CheckFailed(
            f"The rows of what you returned differ in length. Return {what} as one array."
        ) from None
    if values.dtype.kind not in "fiub":
        raise CheckFailed(f"Your function returned {kind(answer)}. Return {what} as an array.")
    return values
