"""The effects that lesson 8 speaks of: recomputed on three seeds, or read from the stored sweep."""

import warnings
from collections.abc import Iterator

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from transferlab import backbones, data, sweeps
from transferlab.training import linear_probe

SEEDS = range(3)
DEPTHS = ("features", "head_dense", "output")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture(scope="module")
def networks() -> dict[str, keras.Model]:
    found = {name: backbones.load_backbone(name) for name in ("measurements", "pose")}
    keras.utils.set_random_seed(0)
    return {**found, "random weights": keras.models.clone_model(found["pose"])}


def cut(network: keras.Model, layer: str) -> keras.Model:
    return keras.Model(network.inputs[0], network.get_layer(layer).output)


@pytest.fixture(scope="module")
def letter_read(networks) -> dict[str, list[float]]:
    letters = data.letters(per_class=10, test_per_class=20, seed=8)
    return {
        name: [linear_probe(cut(network, layer), letters) for layer in DEPTHS]
        for name, network in networks.items()
    }


def test_pose_forgets_the_letter_and_measurements_keeps_it(letter_read) -> None:
    features, _, output = letter_read["pose"]
    assert output < 0.1 < features - 0.3
    assert letter_read["measurements"][2] > 0.45
    assert abs(features - letter_read["measurements"][0]) < 0.15, "'close together' at features"
    assert features > letter_read["random weights"][0]


def test_the_turn_is_kept_by_pose_and_lost_by_measurements(networks) -> None:
    pose = data.pose(n=300, n_test=520, seed=13)

    def turn(name: str, layer: str) -> float:
        base = cut(networks[name], layer)
        reader = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-1, 4, 6)))
        reader.fit(base(pose.x_train).numpy(), pose.y_train[:, 0])
        return reader.score(base(pose.x_test).numpy(), pose.y_test[:, 0])

    assert turn("pose", "output") > 0.8
    assert turn("measurements", "output") < turn("measurements", "features") - 0.1


@pytest.fixture(scope="module")
def few() -> dict[str, list[data.Dataset]]:
    return {
        style: [data.digits(style, seed=seed).few(10, seed=seed) for seed in SEEDS]
        for style in ("plain", "wild")
    }


@pytest.mark.parametrize("style", ["plain", "wild"])
def test_sources_part_towards_the_output(networks, few, style: str) -> None:
    def means(name: str) -> np.ndarray:
        return np.array(
            [
                np.mean([linear_probe(cut(networks[name], layer), task) for task in few[style]])
                for layer in DEPTHS
            ]
        )

    shape, pose, random = map(means, ("measurements", "pose", "random weights"))
    gaps = shape - pose
    assert gaps[0] > -0.01, "Measurements is no longer the better source at features."
    assert gaps[0] + 0.04 < gaps[1] < gaps[2] - 0.1
    assert pose[2] < random[2] < shape[2]
    assert abs(pose[0] - random[0]) < 0.08, "At features pose is close to random weights."
    assert all(shape[0] > shape[1:])


def test_a_class_as_one_number_fails_and_as_ten_does_not(networks, few) -> None:
    base, one, ten, probabilities = cut(networks["measurements"], "features"), [], [], []
    for task in few["plain"]:
        scaler = StandardScaler().fit(base(task.x_train).numpy())
        x, x_test = (scaler.transform(base(x).numpy()) for x in (task.x_train, task.x_test))
        ridge = RidgeCV(np.logspace(-1, 4, 6))
        one.append(np.mean(np.round(ridge.fit(x, task.y_train).predict(x_test)) == task.y_test))
        amounts = ridge.fit(x, np.eye(10)[task.y_train]).predict(x_test)
        ten.append(np.mean(amounts.argmax(axis=1) == task.y_test))
        classifier = LogisticRegression(max_iter=1000).fit(x, task.y_train)
        probabilities.append(classifier.score(x_test, task.y_test))
    assert np.mean(one) < 0.5 < np.mean(ten)
    assert abs(np.mean(ten) - np.mean(probabilities)) < 0.05


def test_without_standardising_few_targets_own_the_squared_error() -> None:
    variance = data.measurements(n=300, n_test=20, seed=13).deviation ** 2
    assert np.sort(variance)[-2:].sum() > 0.8 * variance.sum()


def test_pose_brings_next_to_nothing_to_digits_in_the_wild() -> None:
    found = sweeps.load("regression")["pose to digits in the wild"]
    for method, control in (
        ("feature extraction", "random features"),
        ("fine-tuning", "from scratch"),
    ):
        gap = found.difference(method, control)
        assert gap.mean < 0.04, f"No null any more: rewrite 'Predicted; now see' ({gap})."
    assert found.difference("feature extraction", "pixels").low > 0


def test_random_features_are_nearly_enough_for_plain_digits() -> None:
    found = sweeps.load("regression")["measurements to plain digits"]
    assert found.difference("feature extraction", "random features").mean < 0.04
