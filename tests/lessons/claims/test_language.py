"""The effects that lesson 11 speaks of: read from its sweep, the quick ones recomputed."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from transferlab import backbones, data, language, sweeps

SEEDS = range(5)


@pytest.fixture(scope="module")
def vocabulary() -> tuple[str, ...]:
    return backbones.load_vocabulary("words")


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return backbones.load_backbone("words").get_layer("embedding").embeddings.numpy()


def mean(method: str, labels: int) -> float:
    return sweeps.load("topics")[f"{labels} per topic"].mean(method)


def test_frozen_words_beat_each_control_with_few_labels() -> None:
    for labels in (5, 10):
        found = sweeps.load("topics")[f"{labels} per topic"]
        for control in ("tf-idf", "tf-idf, unlabelled texts", "random vectors"):
            assert found.difference("words, frozen", control).mean > 0.08, (labels, control)


def test_the_advantage_melts_with_labels() -> None:
    gaps = [mean("words, frozen", n) - mean("tf-idf", n) for n in (5, 50, 200)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 0.03


def test_fine_tuning_hurts_with_few_labels_and_pays_with_many() -> None:
    assert mean("words, fine-tuned", 5) < mean("words, frozen", 5) - 0.02
    assert mean("words, fine-tuned", 200) > mean("words, frozen", 200)


def test_the_leak_changes_little() -> None:
    for labels in (5, 50):
        found = sweeps.load("topics")[f"{labels} per topic"]
        assert abs(found.difference("words, test texts leaked", "words, frozen").mean) < 0.03


def test_one_point_of_the_sweep_is_what_it_was() -> None:
    shipped = sweeps.load("topics")["5 per topic"].scores["words, frozen"][0]
    assert sweeps.recompute("topics", "5 per topic", "words, frozen", 0) == pytest.approx(
        shipped, abs=0.01
    )


def test_another_vocabulary_ruins_the_vectors(vectors, vocabulary) -> None:
    other = ("", "[UNK]", *sorted(vocabulary[2:]))
    few = [data.texts().few(10, seed) for seed in SEEDS]
    right = np.mean([language.on_vectors(vectors, vocabulary, one) for one in few])
    throughout = np.mean([language.on_vectors(vectors, other, one) for one in few])
    assert 0.28 < throughout < right - 0.25
    classifier = LogisticRegression(C=10, max_iter=1000)
    classifier.fit(language.mean_vectors(vectors, vocabulary, few[0].texts_train), few[0].y_train)
    mixed = classifier.score(
        language.mean_vectors(vectors, other, few[0].texts_test), few[0].y_test
    )
    assert mixed < 0.35


def test_the_mask_survives_more_padding_and_the_plain_mean_does_not(vectors, vocabulary) -> None:
    scores = []
    for seed in SEEDS:
        few = data.texts().few(5, seed)
        encoded = language.encode(few.texts_train, vocabulary, 40)
        classifier = LogisticRegression(C=10, max_iter=1000)
        classifier.fit(vectors[encoded].mean(axis=1), few.y_train)
        for length in (40, 160):
            plain = vectors[language.encode(few.texts_test, vocabulary, length)].mean(axis=1)
            scores.append(classifier.score(plain, few.y_test))
        scores.append(language.on_vectors(vectors, vocabulary, few))
    short, long, masked = np.reshape(scores, (-1, 3)).mean(axis=0)
    assert long < short - 0.1
    assert short < masked


@pytest.mark.parametrize(
    ("near", "far"),
    [(("socket", "connection"), "variance"), (("mean", "variance"), "socket")],
)
def test_words_of_one_topic_are_nearer(vectors, vocabulary, near, far) -> None:
    cosines = dict(language.nearest(near[0], vectors, vocabulary, len(vocabulary)))
    assert cosines[near[1]] > cosines[far] + 0.2


def test_documentation_has_its_own_meanings(vectors, vocabulary) -> None:
    """`tail` keeps no company with animals, and `read` shows the phrase of the User Guide."""
    assert {"svm", "rbf"} <= {w for w, _ in language.nearest("kernel", vectors, vocabulary, 8)}
    assert "guide" in {w for w, _ in language.nearest("read", vectors, vocabulary, 8)}
