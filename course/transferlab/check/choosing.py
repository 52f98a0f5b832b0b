"""Checks on choosing a source: how candidates are scored, chosen, reported and compared.

A check gives a function made-up candidates whose worth is known. It must not know how the function
was written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from transferlab.check import CheckFailed
from transferlab.check.answers import kind, listed, number, pair
from transferlab.data import Dataset

Candidate = Callable[[np.ndarray], np.ndarray]
Facts = Mapping[str, Mapping[str, object]]
LEARNED = 0.2  # two accuracies further apart than this do not come from the same rows


def made_up_task(classes: int = 4, per_class: int = 12, seed: int = 0) -> Dataset:
    """Return a task in which two pixels name the class; training rows are sorted by class.

    Pixel 0 is right about every training image and wrong about 40 % of the test images; pixel 1 is
    wrong about 40 % of the training images and about 10 % of the test images. The rest is noise.
    """
    labels = np.repeat(np.arange(classes), per_class)
    rng = np.random.default_rng(seed)

    def mistaken(share: float) -> np.ndarray:
        wrong = rng.permutation(len(labels)) < share * len(labels)
        return (labels + wrong * rng.integers(1, classes, len(labels))) % classes

    def drawn(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        images = rng.normal(size=(len(labels), 16, 16, 1)).astype("float32")
        images[:, 0, 0, 0], images[:, 0, 1, 0] = first, second
        return images

    return Dataset(
        name="made up",
        x_train=drawn(labels, mistaken(0.4)),
        y_train=labels,
        x_test=drawn(mistaken(0.4), mistaken(0.1)),
        y_test=labels,
        class_names=tuple(f"class {label}" for label in range(classes)),
        source="made for this check",
        licence="CC0 1.0",
    )


def candidates(classes: int = 4) -> dict[str, Candidate]:
    """Return the functions that describe the images of `made_up_task`.

    `"reads"` is the best on training images; `"lucky"` and its twin, which is the same, are the
    best on test images; `"noise"` has nothing to do with the classes.
    """

    def pixel(column: int) -> Candidate:
        return lambda images: np.eye(classes)[images[:, 0, column, 0].astype(int)]

    return {
        "noise": lambda images: np.asarray(images)[:, 1:].reshape(len(images), -1),
        "lucky": pixel(1),
        "reads": pixel(0),
        "lucky's twin": pixel(1),
    }


def probe_scores(
    answer: Callable[[Mapping[str, Candidate], Dataset, int], object],
    classes: int = 4,
    folds: int = 4,
    seed: int = 0,
) -> None:
    """Check a function that scores candidates by cross-validation on the training images.

    Raises:
        CheckFailed: when a score is of rows that were trained on, of the test images, or of a
            single split, or when candidates do not share their folds.
    """
    task, made_up = made_up_task(classes, seed=seed), candidates(classes)
    scores = _scores(answer(made_up, task, folds), made_up, folds)
    if not _alike(scores, _scores(answer(made_up, task, folds), made_up, folds), made_up):
        raise CheckFailed(
            "Called twice with the same arguments, your function gives other scores. Give the "
            "folds a fixed seed: `StratifiedKFold(folds, shuffle=True, random_state=0)`."
        )
    blind = replace(task, y_test=np.zeros_like(task.y_test))
    if not _alike(scores, _scores(answer(made_up, blind, folds), made_up, folds), made_up):
        raise CheckFailed(
            "With other test labels your scores change: you have scored the candidates on the "
            "test images. A candidate chosen by the test images has an advantage on them. Hold out "
            "parts of `dataset.x_train` instead."
        )
    means = {name: float(values.mean()) for name, values in scores.items()}
    if means["noise"] > 1 / classes + 2 * LEARNED:
        raise CheckFailed(
            f"One candidate describes each image by noise, and you give it {means['noise']:.2f}. "
            "So it was scored on rows that its classifier has been trained on: those it knows by "
            "heart. Train on some folds and score on the one that was *held out*."
        )
    if means["reads"] < 1 - LEARNED:
        raise CheckFailed(
            f"One candidate tells every class apart, and you give it {means['reads']:.2f}. The "
            "training rows of this data set are sorted by class: does each of your folds hold "
            "every class? `StratifiedKFold` sees to it."
        )
    if not np.array_equal(scores["lucky"], scores["lucky's twin"]):
        raise CheckFailed(
            "Two candidates that describe the images in exactly the same way got different "
            "scores: they were tested on different folds. Make the folds once and use the same "
            "for all candidates, so that they can be compared pair by pair."
        )


def _scores(answer: object, made_up: Mapping[str, Candidate], folds: int) -> dict[str, np.ndarray]:
    """Return the answer as name -> scores of all folds, or say what is missing."""
    if not isinstance(answer, Mapping):
        raise CheckFailed(
            f"Your function returned {kind(answer)}. Return a dictionary: the name of the "
            "candidate -> the accuracies of its folds."
        )
    if set(answer) != set(made_up):
        raise CheckFailed(
            f"The keys of your dictionary are {listed(map(str, answer))}. Keep the names of the "
            f"candidates: {listed(made_up)}."
        )
    found = {}
    for name, values in answer.items():
        scores = np.asarray(values, dtype=float)
        if scores.ndim == 0 or len(scores) == 1:
            raise CheckFailed(
                f"For '{name}' there is one number. One split is an anecdote: it has no spread, "
                f"and without a spread you cannot tell a lead from luck. Return the accuracy of "
                f"each of the {folds} folds, `cross_val_score(..., cv=...)`."
            )
        if scores.shape != (folds,):
            raise CheckFailed(
                f"For '{name}' there are numbers of shape {scores.shape}. Return one accuracy for "
                f"each of the {folds} folds that were asked for."
            )
        if scores.min() < 0 or scores.max() > 1:
            raise CheckFailed(
                f"For '{name}' the scores reach from {scores.min():.3g} to {scores.max():.3g}. An "
                "accuracy is a share, from 0 to 1."
            )
        found[name] = scores
    return found


def _alike(
    one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray], names: Mapping[str, object]
) -> bool:
    return all(np.allclose(one[name], other[name]) for name in names)


def chosen(answer: object, facts: Facts) -> None:
    """Check the choice: the fastest candidate within one standard error of the best mean.

    Args:
        answer: should be the name of the candidate.
        facts: name -> `"source score"`, `"parameters"`, `"seconds"` and `"probe"`, the scores of
            its folds. The choice is clear: no candidate is near the edge of the band.

    Raises:
        CheckFailed: naming what the candidate was chosen by instead.
    """
    if not isinstance(answer, str) or answer not in facts:
        raise CheckFailed(
            f"Your function returned {answer!r}. Return the name of one candidate: {listed(facts)}."
        )
    probes = {name: np.asarray(of["probe"], dtype=float) for name, of in facts.items()}
    means = {name: float(scores.mean()) for name, scores in probes.items()}
    best = max(means, key=means.__getitem__)
    deviation = float(probes[best].std(ddof=1))
    error = deviation / np.sqrt(len(probes[best]))
    seconds = {name: number(of["seconds"], "the seconds") for name, of in facts.items()}

    def fastest(band: float) -> str:
        level = [name for name in means if means[name] >= means[best] - band]
        return min(level, key=seconds.__getitem__)

    right = fastest(error)
    if answer == right:
        return
    mistakes = {
        best: (
            f"'{best}' has the best mean. But '{right}' is within one standard error ({error:.3f}) "
            "of it, so your scores cannot tell the two apart, and it is faster. Decide within "
            "the noise: the cheapest of those that are level."
        ),
        min(seconds, key=seconds.__getitem__): (
            "You chose the fastest of all, however well it does. Its probe is far below the "
            "best. First keep those within one standard error of the best mean, then take the "
            "fastest of *these*."
        ),
        fastest(deviation): (
            "Your band is one standard *deviation* wide. That is how much single folds differ. "
            "How well the mean of n folds is known is the standard *error*: divide by the square "
            "root of n."
        ),
        max(probes, key=lambda name: probes[name].max()): (
            "You chose by the best single fold. One lucky fold is an anecdote: compare the means "
            "over all folds."
        ),
        max(probes, key=lambda name: probes[name][0]): (
            "You chose by the first fold alone. One split is an anecdote: compare the means over "
            "all folds."
        ),
        _most(facts, "source score"): (
            "You chose by the score on the *source* task. It says how well the candidate does "
            "its old work, and nothing of yours: compare the probes on your own task."
        ),
        _most(facts, "parameters"): (
            "You chose the largest model. Size is a cost, and no measure of how well its features "
            "fit your task: compare the probes."
        ),
        min(means, key=means.__getitem__): (
            "You chose the candidate with the lowest probe: the order is upside down. A higher "
            "accuracy is better."
        ),
    }
    # Where two mistakes lead to the same candidate, the one written last is the likelier.
    raise CheckFailed(
        mistakes.get(
            answer,
            f"The best mean is {means[best]:.3f} with a standard error of {error:.3f}. '{answer}' "
            f"has {means[answer]:.3f} and takes {seconds[answer]:.3g} s; '{right}' is level "
            "with the best and the fastest of those that are.",
        )
    )


def _most(facts: Facts, fact: str) -> str:
    return max(facts, key=lambda name: number(facts[name][fact], f"the {fact}"))


def reported(
    answer: Callable[[Mapping[str, Sequence[float]], Mapping[str, Candidate], Dataset], object],
    classes: int = 4,
    seed: int = 0,
) -> None:
    """Check a function that takes the winner of the held-out scores to the test images, once.

    Raises:
        CheckFailed: when the test images made the choice, or the number is not their accuracy.
    """
    task, made_up = made_up_task(classes, seed=seed), candidates(classes)
    test = {name: _test_accuracy(candidate, task) for name, candidate in made_up.items()}
    held_out = {"noise": (0.3, 0.5), "lucky": (0.4, 0.6), "reads": (0.7, 0.95)}
    scores = {**held_out, "lucky's twin": (0.5, 0.4)}
    first, second = pair(answer(scores, made_up, task))
    if not isinstance(first, str):
        raise CheckFailed(
            f"The first thing that you returned is {kind(first)}. Return the name of the winner "
            "first, then its accuracy on the test images."
        )
    accuracy = number(second, "the accuracy on the test images")
    best_on_test = max(test, key=test.__getitem__)
    if first != "reads":
        if first in (best_on_test, "lucky's twin"):
            raise CheckFailed(
                f"'{first}' is the best on the *test* images, and so you chose it by them. Then "
                "its test score is the luckiest of several, and no estimate of anything. Choose "
                "by the scores that are passed in; the test images only give the report."
            )
        raise CheckFailed(
            f"You chose '{first}', whose mean score is {np.mean(scores[first]):.2f}. Choose the "
            "highest mean of the scores that are passed in."
        )
    if np.isclose(accuracy, test["reads"], atol=0.5 / len(task.y_test)):
        return
    if np.isclose(accuracy, np.mean(scores["reads"])) or np.isclose(accuracy, 0.95):
        raise CheckFailed(
            "You reported the score by which it was chosen. The highest of several scores is too "
            "high on average, because luck has helped to choose. Report a score on images that "
            "had no say: the test images."
        )
    if np.isclose(accuracy, test[best_on_test], atol=0.5 / len(task.y_test)):
        raise CheckFailed(
            "You named the right winner and reported the best test score of all candidates. "
            "Report the winner's own, even if it disappoints."
        )
    if np.isclose(accuracy, 1.0):
        raise CheckFailed(
            "You reported the accuracy on the training images, which the classifier knows by "
            "heart. Score it on `dataset.x_test` and `dataset.y_test`."
        )
    raise CheckFailed(
        f"You reported {accuracy:.3f}. A linear probe on the winner's features, trained on all "
        f"training images, gets {test['reads']:.3f} of the test images right: "
        "`linear_probe(extract, dataset)`."
    )


def _test_accuracy(candidate: Candidate, task: Dataset) -> float:
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(candidate(task.x_train), task.y_train)
    return float(classifier.score(candidate(task.x_test), task.y_test))


def verdict(answer: object, transfer: Sequence[float], without: Sequence[float]) -> None:
    """Check the verdict on a transfer: `"negative"`, `"positive"` or `"undecided"`.

    Args:
        answer: should be one of the three words.
        transfer, without: accuracies of the same seeds, in the same order.

    Raises:
        CheckFailed: naming what was overlooked: the pairs, the spread, or the sign.
    """
    words = ("negative", "positive", "undecided")
    if not isinstance(answer, str) or answer not in words:
        raise CheckFailed(
            f"Your function returned {answer!r}. Return one of the words {listed(words)}."
        )
    differences = np.subtract(transfer, without)
    mean, n = float(differences.mean()), len(differences)
    reach = stats.t.ppf(0.975, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    right = _word(mean - reach, mean + reach)
    if answer == right:
        return
    interval = f"{mean - reach:+.3f} to {mean + reach:+.3f}"
    if right == "undecided":
        raise CheckFailed(
            f"The mean difference is {mean:+.3f}, but its 95 % interval reaches from {interval} "
            "and holds zero: these seeds do not decide. A mean without its spread, or a count of "
            "wins, is not enough."
        )
    if answer == "undecided":
        raise CheckFailed(
            f"Both groups spread widely, but they are *pairs*: seed by seed, transfer minus "
            f"without has a 95 % interval from {interval}, which leaves out zero. Take the "
            "difference of each seed first, and then its interval."
        )
    raise CheckFailed(
        f"The sign is the wrong way round: transfer minus without is {mean:+.3f} on average. "
        "Transfer is negative when it does *worse* than doing without."
    )


def _word(low: float, high: float) -> str:
    if high < 0:
        return "negative"
    return "positive" if low > 0 else "undecided"
