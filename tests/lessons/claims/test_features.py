"""The effects that lesson 5 speaks of, each recomputed on three seeds."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from transferlab import backbones, data
from transferlab.training import extractor, linear_probe

SEEDS = range(3)
Change = Callable[[np.ndarray], np.ndarray]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def few() -> list[data.Dataset]:
    return [data.digits("wild", seed=seed).few(10, seed=seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def backbone() -> keras.Model:
    return backbones.load_backbone("letters")


@pytest.fixture(scope="module")
def from_features(few, backbone) -> float:
    return mean(few, extractor(backbone))


def mean(few: list[data.Dataset], extract: Callable) -> float:
    return float(np.mean([linear_probe(extract, task) for task in few]))


def pixels(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)


def test_architecture_helps_and_pretraining_helps_more(few, backbone, from_features) -> None:
    keras.utils.set_random_seed(0)
    untrained = mean(few, keras.models.clone_model(extractor(backbone)))
    assert untrained > mean(few, pixels) + 0.03
    assert from_features > untrained + 0.1


def test_features_fit_the_backbones_own_task_even_better(backbone, from_features) -> None:
    letters = data.letters(per_class=10, test_per_class=10)
    score = linear_probe(extractor(backbone), letters)
    assert score > from_features
    assert score > linear_probe(pixels, letters) + 0.3


def test_accuracy_over_depth_is_a_hill(few, backbone, from_features) -> None:
    def at(name: str) -> float:
        flat = keras.layers.Flatten()(backbone.get_layer(name).output)
        return mean(few, keras.Model(backbone.inputs[0], flat))

    pool1, pool2, hidden, letters = map(at, ("pool1", "pool2", "head_dense", "head_letters"))
    assert pool1 + 0.05 < pool2 < from_features - 0.05
    assert from_features > hidden > letters + 0.05


def trained(task: data.Dataset, extract: Callable, change: Change):
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return pipeline.fit(extract(change(task.x_train)).numpy(), task.y_train)


@pytest.mark.parametrize(
    "change",
    [lambda images: images / 255, lambda images: 1 - images, lambda images: 2 * images - 1],
    ids=["divided twice", "swapped", "-1 to 1"],
)
def test_wrong_preprocessing_is_loud_at_prediction_and_quiet_throughout(
    few, backbone, from_features, change: Change
) -> None:
    extract = extractor(backbone)
    keras.utils.set_random_seed(0)
    untrained = mean(few, keras.models.clone_model(extract))
    throughout = mean(few, lambda images: extract(change(images)))
    assert mean(few, pixels) < throughout < from_features - 0.1
    assert abs(throughout - untrained) < 0.12, "lesson 5: the pretraining is wasted"
    only = [
        trained(task, extract, lambda x: x).score(extract(change(task.x_test)).numpy(), task.y_test)
        for task in few
    ]
    assert np.mean(only) < min(throughout, from_features / 2)


def test_values_up_to_255_hardly_matter_throughout(few, backbone, from_features) -> None:
    extract = extractor(backbone)
    assert abs(mean(few, lambda images: extract(255 * images)) - from_features) < 0.04


def test_a_leaking_scaler_hardly_shows_and_is_useless_for_one_image(few, backbone) -> None:
    extract = extractor(backbone)
    gaps = []
    for task in few:
        train, test = extract(task.x_train).numpy(), extract(task.x_test).numpy()
        pipeline = trained(task, extract, lambda x: x)
        own = StandardScaler().fit_transform(test)
        both = StandardScaler().fit(np.concatenate([train, test]))
        leaky = LogisticRegression(max_iter=1000).fit(both.transform(train), task.y_train)
        right = pipeline.score(test, task.y_test)
        gaps += [
            pipeline[-1].score(own, task.y_test) - right,
            leaky.score(both.transform(test), task.y_test) - right,
        ]
    assert abs(np.mean(gaps)) < 0.03, "lesson 5 says that numbers 2 and 3 hardly differ from 1"
    assert not StandardScaler().fit_transform(test[:1]).any()


def test_same_digits_have_features_that_are_more_alike(few, backbone) -> None:
    for task in few:
        alike = np.corrcoef(extractor(backbone)(task.x_train).numpy())
        same = task.y_train[:, None] == task.y_train
        another = ~np.eye(len(alike), dtype=bool)
        assert alike[same & another].mean() > alike[~same].mean() + 0.03
