"""How well topics are recognised from few labelled texts: pretrained vectors against tf-idf."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from transferlab import backbones, data, language
from transferlab.experiment import Method
from transferlab.pretrain import words as recipe
from transferlab.sweeps import Sweep

BACKBONE = "words"
LABELS = (2, 5, 10, 20, 50, 100, 200)


def condition(labels: int) -> str:
    """Return the name of the condition with that many labels per topic."""
    return f"{labels} per topic"


@cache
def vectors() -> NDArray[np.float32]:
    """Return the backbone's vectors, `(words, 64)`."""
    backbone = backbones.load_backbone(BACKBONE)
    found: NDArray[np.float32] = backbone.get_layer("embedding").embeddings.numpy()
    return found


@cache
def leaked() -> tuple[list[str], NDArray[np.float32]]:
    """Return a vocabulary and vectors by the same recipe, which reads the test texts as well."""
    dataset = data.texts()
    texts = [data.words(text) for text in (*dataset.unlabelled, *dataset.texts_test)]
    vocabulary = recipe.count_vocabulary(texts)
    return vocabulary, recipe.vectors(texts, vocabulary, seed=0)


@cache
def unlabelled_tfidf() -> TfidfVectorizer:
    """Return tf-idf whose weights of words come from the unlabelled texts."""
    return language.tfidf(data.texts().unlabelled)


def random_vectors(seed: int) -> NDArray[np.float32]:
    """Return random vectors of the same shape and mean length."""
    drawn = np.random.default_rng(seed).normal(size=vectors().shape)
    drawn[:2] = 0
    return (drawn / np.sqrt(drawn.shape[1])).astype(np.float32)


def methods(name: str) -> Mapping[str, Method]:
    """Return the ways to learn the topics, each from a seed to a test accuracy."""
    labels = int(name.split()[0])
    vocabulary = backbones.load_vocabulary(BACKBONE)

    def few(seed: int) -> data.TextDataset:
        return data.texts().few(labels, seed)

    return {
        "tf-idf": lambda seed: language.on_counts(few(seed)),
        "tf-idf, unlabelled texts": lambda seed: language.on_counts(few(seed), unlabelled_tfidf()),
        "random vectors": lambda seed: language.on_vectors(
            random_vectors(seed), vocabulary, few(seed)
        ),
        "words, frozen": lambda seed: language.on_vectors(vectors(), vocabulary, few(seed)),
        "words, fine-tuned": lambda seed: language.fine_tuning(
            backbones.load_backbone(BACKBONE), vocabulary, few(seed), seed
        ),
        "words, test texts leaked": lambda seed: language.on_vectors(
            leaked()[1], leaked()[0], few(seed)
        ),
    }


SWEEP = Sweep(
    title="topics of documentation from few labelled texts",
    methods=methods,
    conditions=tuple(condition(labels) for labels in LABELS),
    goals={
        condition(5): {"tf-idf": (0.625, 0.021), "words, frozen": (0.769, 0.021)},
    },
)
