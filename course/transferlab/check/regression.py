"""Checks on regressors: their errors, classifiers made from them, and the choice between sources.

A check looks at numbers, what a model computes on fresh inputs, shared variables and flags. It must
not know how an answer was written.
"""

from collections.abc import Callable, Sequence

import keras
import numpy as np

from transferlab.check import CheckFailed
from transferlab.check.answers import kind, listed, pair, returned_model
from transferlab.check.heads import new_dense, only_head_learns, softmax_of
from transferlab.check.surgery import fresh_inputs, values_of
from transferlab.data import RegressionDataset
from transferlab.experiment import Comparison

Mistakes = Sequence[tuple[np.ndarray, str]]  # what a mistake gives, and what to say about it


def typical_error(answer: object, dataset: RegressionDataset, predictions: np.ndarray) -> None:
    """Check the root mean squared error on the test images, one per target, in its unit.

    Args:
        answer: should be an array `(k,)`.
        dataset: whose `y_test` is `(n, k)`, standardised.
        predictions: standardised, `(n, k)`.

    Raises:
        CheckFailed: naming the step that is missing, doubled or wrong.
    """
    gaps = np.asarray(predictions, dtype=float) - dataset.y_test
    standardised = _root_mean_square(gaps)
    right = standardised * dataset.deviation
    values = _one_per_target(answer, right)
    absolute = np.abs(gaps).mean(axis=0) * dataset.deviation
    test_deviation = (dataset.y_test * dataset.deviation).std(axis=0)
    _say_mistake(
        values,
        right,
        (
            (
                standardised,
                "These errors are still standardised: 1 means one standard deviation of that "
                "target. Multiply by `dataset.deviation`, and they have a unit.",
            ),
            (
                right + dataset.mean,
                "You have added the mean to an error. A *value* goes back to its unit by "
                "`* deviation + mean`. An error is the difference of two values, and the mean is "
                "in both: it cancels.",
            ),
            (
                _root_mean_square(gaps * dataset.deviation + dataset.mean),
                "You have put the mean into the errors. A *value* goes back to its unit by "
                "`* deviation + mean`. An error is the difference of two values, and the mean "
                "cancels: multiply by the deviation only.",
            ),
            (
                _root_mean_square(predictions * dataset.deviation + dataset.mean - dataset.y_test),
                "You have taken a standardised number from one with a unit: `dataset.y_test` is "
                "standardised, as the predictions are. Take the difference of two alike.",
            ),
            (
                np.sqrt((gaps**2).mean()) * dataset.deviation,
                "The mean went over all targets at once, so the poor ones spoil the good ones. "
                "Take it over the images only, `axis=0`.",
            ),
            (
                standardised / dataset.deviation,
                "You have divided by the deviation. That is how a value is standardised. On the "
                "way back it is multiplied.",
            ),
            (
                (gaps**2).mean(axis=0) * dataset.deviation**2,
                "The root is missing: these are squared errors, in squared degrees or squared "
                "pixels. Nobody can picture those.",
            ),
            (
                (gaps**2).mean(axis=0) * dataset.deviation,
                "The root is missing: take it before you multiply by the deviation.",
            ),
            (
                gaps.mean(axis=0) * dataset.deviation,
                "Errors to either side have cancelled: a network that is 10 degrees too far left, "
                "then 10 too far right, would get 0. Square before you take the mean.",
            ),
            (
                absolute,
                "This is the mean of the absolute errors, another sensible measure. Here the root "
                "of the mean *squared* error is wanted: it is what the network was trained on.",
            ),
            (
                standardised * test_deviation,
                "You have used the standard deviation of the test targets. The numbers were "
                "standardised with that of the training targets: `dataset.deviation`.",
            ),
        ),
    )


def r_squared(answer: object, y: np.ndarray, predictions: np.ndarray) -> None:
    """Check the share of each target's variance that the predictions explain.

    Args:
        answer: should be an array `(k,)`.
        y, predictions: `(n, k)`, in any unit.

    Raises:
        CheckFailed: naming what was divided by what instead.
    """
    squares = ((y - predictions) ** 2).sum(axis=0)
    spread = ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    right = 1 - squares / spread
    values = _one_per_target(answer, right)
    columns = range(y.shape[1])
    correlation = np.array([np.corrcoef(y[:, k], predictions[:, k])[0, 1] for k in columns])
    spread_of_predictions = ((predictions - predictions.mean(axis=0)) ** 2).sum(axis=0)
    _say_mistake(
        values,
        right,
        (
            (
                squares / spread,
                "This is the share that is *not* explained: a perfect network would get 0. "
                "Take it from 1.",
            ),
            (
                1 - squares / len(y),
                "You have taken the squared error from 1. That is right only for targets with a "
                "variance of exactly 1. Divide by the squared error of the network that always "
                "answers with the mean.",
            ),
            (
                1 - squares / (y**2).sum(axis=0),
                "You compare with a network that always answers 0. The fair rival answers with "
                "the *mean* of each target: it knows nothing of the image either.",
            ),
            (
                1 - squares / ((y - y.mean()) ** 2).sum(axis=0),
                "You have used one mean for all targets. Each has its own mean: "
                "`axis=0` goes down the columns.",
            ),
            (
                1 - squares / spread_of_predictions,
                "You have divided by the spread of the *predictions*. A network that is unsure "
                "predicts close to the mean; what has to be explained is the spread of `y`.",
            ),
            (
                1 - (y - predictions).var(axis=0) / y.var(axis=0),
                "You have divided two variances. The variance of the errors forgives predictions "
                "that are all too high by the same amount; the squared error does not.",
            ),
            (
                ((predictions - y.mean(axis=0)) ** 2).sum(axis=0) / spread,
                "You have compared the spread of the predictions with that of `y`. Predictions may "
                "spread widely and be wrong: the errors, `y - predictions`, have to come in.",
            ),
            (
                correlation**2,
                "This is the square of the correlation. It forgives predictions that are all "
                "twice as large, or all too high. Compare the errors themselves.",
            ),
            (
                np.maximum(right, 0),
                "You have cut off what is below 0. A network can be worse than the mean, and "
                "then you want to know it.",
            ),
        ),
    )


def classifier(answer: object, regressor: keras.Model, layer: str, classes: int) -> None:
    """Check a classifier made from a regressor, and the loss to train it with.

    Args:
        answer: should be `(model, loss)`: the regressor up to `layer`, shared and frozen, one new
            softmax layer, and a loss that takes whole numbers as labels.
        regressor: the model it was made from.
        layer: the name of the layer after which it should have been cut.
        classes: the number of classes.

    Raises:
        CheckFailed: naming what was left inside, what is fresh, what the outputs are, or what is
            wrong with the loss.
    """
    first, loss = pair(answer)
    new = returned_model(first)
    if isinstance(loss, keras.Model):
        raise CheckFailed("Return the model first, then the loss.")
    x = fresh_inputs(regressor)
    base = keras.Model(regressor.inputs[0], regressor.get_layer(layer).output)
    _say_old_layers(new, regressor, base, layer)
    outputs = values_of(new, x)
    if len(outputs) != 1 or outputs[0].shape != (len(x), classes):
        shapes = [values.shape[1:] for values in outputs]
        raise CheckFailed(
            f"Your model gives {shapes} for an image. Wanted is one row of {classes} "
            "probabilities, one for each class."
        )
    _say_fresh(new, base)
    head = [weight for weight in new.weights if id(weight) not in _ids(base)]
    features = np.asarray(base(x))
    kernel, bias = new_dense(head, features.shape[-1], classes)
    softmax_of(features @ kernel + bias, outputs[0])
    only_head_learns(new, head)
    _say_loss(loss, outputs[0], classes)


def chosen(
    choose: Callable[[Comparison, str], object], comparison: Comparison, control: str
) -> None:
    """Check which source is chosen: the best of those that are clearly better than the control.

    Args:
        choose: the student's function, `(comparison, control)` to a name.
        comparison: sources and the control, a score for each seed.
        control: the name of the method without pretraining; right when no source is better.

    Raises:
        CheckFailed: naming how it may have been chosen.
    """
    answer = choose(comparison, control)
    names = list(comparison.scores)
    if not isinstance(answer, str) or answer not in names:
        raise CheckFailed(
            f"Your function returned {kind(answer)}. Return a name, one of {listed(names)}: the "
            "control's own, if no source is clearly better."
        )
    gaps = {name: comparison.difference(name, control) for name in names if name != control}
    better = [name for name in gaps if gaps[name].low > 0]
    right = max(better, key=comparison.mean, default=control)
    if answer == right:
        return
    if answer == control:
        raise CheckFailed(
            f"You decided for '{control}', but '{right}' is clearly better: {gaps[right]}. Compare "
            "seed by seed with `comparison.difference`: what the seeds have in common, easy and "
            "hard test images, then drops out."
        )
    if gaps[answer].high < 0:
        raise CheckFailed(
            f"'{answer}' differs clearly from '{control}', because it is clearly *worse*: "
            f"{gaps[answer]}. `is_clear` does not show the direction; `low > 0` does."
        )
    if answer in better:
        raise CheckFailed(
            f"'{answer}' is clearly better than '{control}', and so is '{right}', with the higher "
            "mean of all seeds. Do not choose by one seed, nor by the order of the names."
        )
    raise CheckFailed(
        f"'{answer}' has {comparison.mean(answer):.3f} against {comparison.mean(control):.3f} of "
        f"'{control}', but that is within the noise: {gaps[answer]}. A source has to be clearly "
        "better than no source, before it may be chosen."
    )


def _one_per_target(answer: object, right: np.ndarray) -> np.ndarray:
    """Return an answer as an array of one number per target, or say that it is not one."""
    if answer is None:
        raise CheckFailed("Your function returned None. End it with `return` and the numbers.")
    try:
        values = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise CheckFailed(
            f"Your function returned {kind(answer)}. Return an array of numbers, one per target."
        ) from None
    if values.ndim == 0:
        raise CheckFailed(
            "You returned one number for all targets together. A network may measure one thing "
            "well and another badly: return one number for each target, with `axis=0`."
        )
    if values.shape != right.shape:
        raise CheckFailed(
            f"Your array has the shape {values.shape}. Wanted is one number for each target, "
            f"{right.shape}: take sums and means over the images, `axis=0`."
        )
    return values


def _root_mean_square(errors: np.ndarray) -> np.ndarray:
    return np.sqrt((errors**2).mean(axis=0))


def _say_mistake(values: np.ndarray, right: np.ndarray, mistakes: Mistakes) -> None:
    if np.allclose(values, right, rtol=1e-3, atol=1e-5):
        return
    for mistake, message in mistakes:
        if np.allclose(values, mistake, rtol=1e-3, atol=1e-5):
            raise CheckFailed(message)
    raise CheckFailed(
        f"For the first target you answered {values[0]:.4g}, and it is {right[0]:.4g}. Take two "
        "rows of made-up numbers and go through your steps with a pencil."
    )


def _ids(model: keras.Model) -> set[int]:
    return {id(weight) for weight in model.weights}


def _say_old_layers(
    new: keras.Model, regressor: keras.Model, base: keras.Model, layer: str
) -> None:
    """Fail when layers that come after the cut are still inside."""
    inside = _ids(new)
    if inside & {id(weight) for weight in regressor.layers[-1].weights}:
        count = regressor.output_shape[-1]
        raise CheckFailed(
            f"The regressor's output layer is still inside: your classifier reads {count} "
            "measured numbers, and whatever the network did not have to measure is lost before "
            f"your layer sees it. Cut before the output, at '{layer}'."
        )
    late = [w.path for w in regressor.weights if id(w) in inside - _ids(base)]
    if late:
        raise CheckFailed(
            f"You have cut later than '{layer}': {listed(late)} are still inside. The tensor that "
            "you need is `get_layer(layer).output`."
        )


def _say_fresh(new: keras.Model, base: keras.Model) -> None:
    """Fail when `new` lacks weights of the base."""
    missing = [weight.path for weight in base.weights if id(weight) not in _ids(new)]
    if not missing:
        return
    if len(missing) < len(base.weights):
        raise CheckFailed(f"You have cut too early: {listed(missing)} are not inside.")
    raise CheckFailed(
        "No weight of the regressor is inside: what it has learned is gone. `clone_model` makes "
        "new weights. Use the tensors of the regressor that was passed in."
    )


def _say_loss(loss: object, probabilities: np.ndarray, classes: int) -> None:
    """Fail when the loss is not the cross-entropy for labels that are whole numbers."""
    labels = np.arange(len(probabilities)) % classes
    right = -np.log(probabilities[np.arange(len(labels)), labels]).mean()
    y = labels[:, None]  # as a column: in one row they would fit no row of probabilities
    try:
        judge = keras.losses.get(loss() if isinstance(loss, type) else loss)
    except (ValueError, TypeError) as error:
        raise CheckFailed(
            f"Keras does not know the loss {loss!r}. Return a name such as 'mean_squared_error', "
            "but the one that suits."
        ) from error
    if judge is None:
        raise CheckFailed("You returned None for the loss. Without one nothing can be learned.")
    try:
        value = float(np.mean(judge(y, keras.ops.convert_to_tensor(probabilities))))
    except Exception as error:
        raise CheckFailed(
            f"The loss {loss!r} cannot read labels that are whole numbers, one per image: it wants "
            "a row for each. 'sparse' is the form for whole numbers."
        ) from error
    if np.isclose(value, right, atol=1e-4):
        return
    wrong = ("mean_squared_error", "mean_absolute_error", "huber")
    if any(np.isclose(value, _mean_loss(name, y, probabilities), atol=1e-5) for name in wrong):
        raise CheckFailed(
            f"{loss!r} is a loss for *amounts*. It compares each probability with the number "
            "of the class, as if a 9 were nine times a 1. A label is a name: minus the "
            "logarithm of its probability is its loss, the cross-entropy."
        )
    raise CheckFailed(
        f"The loss {loss!r} runs, but for these probabilities and labels it is {value:.3f}, and "
        f"the cross-entropy is {right:.3f}. The outputs are probabilities already; labels are "
        "whole numbers."
    )


def _mean_loss(name: str, y: np.ndarray, probabilities: np.ndarray) -> float:
    return float(np.mean(keras.losses.get(name)(y, keras.ops.convert_to_tensor(probabilities))))
