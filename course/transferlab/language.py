"""The ways to classify texts by topic from few labels that lesson 11 compares.

Each takes a `TextDataset` with few labels and returns the accuracy on its test texts. The lesson
builds them by hand before it calls them. No embedding is trained from scratch here.
"""

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from transferlab.data import TextDataset, words

LENGTH = 40  # ids per text
PADDING, UNKNOWN = 0, 1
INVERSE_PENALTY = 10.0  # C of every logistic regression here
STEPS, RATE, BATCH = 200, 1e-3, 32  # of fine-tuning


def encode(texts: Sequence[str], vocabulary: Sequence[str], length: int) -> NDArray[np.int32]:
    """Return the ids of each text's first words, `(n, length)`: 1 for unknown words, 0 for padding.

    Args:
        texts: n texts.
        vocabulary: the words by id; those at 0 and 1 stand for padding and unknown words.
        length: ids per text; longer texts lose their end.
    """
    ids = {word: number for number, word in enumerate(vocabulary)}
    encoded = np.zeros((len(texts), length), np.int32)
    for row, text in zip(encoded, texts, strict=True):
        found = [ids.get(word, UNKNOWN) for word in words(text)[:length]]
        row[: len(found)] = found
    return encoded


def mean_vectors(vectors: NDArray, vocabulary: Sequence[str], texts: Sequence[str]) -> NDArray:
    """Return the mean of the vectors of each text's words, padding left out: `(n, dimensions)`."""
    ids = encode(texts, vocabulary, LENGTH)
    present = (ids != PADDING)[..., None]
    return (vectors[ids] * present).sum(axis=1) / np.maximum(present.sum(axis=1), 1)


def on_vectors(vectors: NDArray, vocabulary: Sequence[str], dataset: TextDataset) -> float:
    """Return the test accuracy of a logistic regression on mean vectors, which stay frozen."""
    classifier = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000)
    classifier.fit(mean_vectors(vectors, vocabulary, dataset.texts_train), dataset.y_train)
    test = mean_vectors(vectors, vocabulary, dataset.texts_test)
    return float(classifier.score(test, dataset.y_test))


def on_counts(dataset: TextDataset, vectorizer: TfidfVectorizer | None = None) -> float:
    """Return the test accuracy of a logistic regression on tf-idf: the control without vectors.

    Args:
        dataset: with few labels.
        vectorizer: already fitted, on unlabelled texts; without it, one is fitted on the labelled
            texts.
    """
    vectorizer = vectorizer or tfidf(dataset.texts_train)
    classifier = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000)
    classifier.fit(vectorizer.transform(dataset.texts_train), dataset.y_train)
    return float(classifier.score(vectorizer.transform(dataset.texts_test), dataset.y_test))


def tfidf(texts: Sequence[str]) -> TfidfVectorizer:
    """Return tf-idf fitted on texts, with the same words as the embedding."""
    return TfidfVectorizer(tokenizer=words, token_pattern=None, sublinear_tf=True).fit(texts)


def classifier(backbone: keras.Model, classes: int) -> keras.Model:
    """Return a model on top of the backbone's embedding: masked mean, then a softmax head."""
    embedding = backbone.get_layer("embedding")
    return keras.Sequential(
        [
            layers.Input((None,), dtype="int32"),
            embedding,
            layers.GlobalAveragePooling1D(),
            layers.Dense(classes, activation="softmax", name="head"),
        ]
    )


def fine_tuning(
    backbone: keras.Model, vocabulary: Sequence[str], dataset: TextDataset, seed: int
) -> float:
    """Return the test accuracy after warming up the head and then training the vectors as well.

    Changes `backbone`.
    """
    keras.utils.set_random_seed(seed)
    vectors = backbone.get_layer("embedding").embeddings.numpy()
    linear = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000).fit(
        mean_vectors(vectors, vocabulary, dataset.texts_train), dataset.y_train
    )
    model = classifier(backbone, len(dataset.class_names))
    model.get_layer("head").set_weights([linear.coef_.T, linear.intercept_])
    ids = encode(dataset.texts_train, vocabulary, LENGTH)
    rounds = -(-STEPS * BATCH // len(ids))  # as one long epoch, to save the pauses between epochs
    order = np.concatenate([np.random.permutation(len(ids)) for _ in range(rounds)])
    model.compile(keras.optimizers.Adam(RATE), "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(ids[order], dataset.y_train[order], batch_size=BATCH, shuffle=False, verbose=0)
    guesses = model(encode(dataset.texts_test, vocabulary, LENGTH)).numpy().argmax(axis=1)
    return float(np.mean(guesses == dataset.y_test))


def nearest(
    word: str, vectors: NDArray, vocabulary: Sequence[str], count: int = 8
) -> list[tuple[str, float]]:
    """Return the `count` words whose vectors point most nearly the same way, with their cosines."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = vectors / np.where(lengths == 0, 1, lengths)
    similarity = directions @ directions[vocabulary.index(word)]
    order = [n for n in np.argsort(-similarity) if vocabulary[n] != word][:count]
    return [(vocabulary[n], float(similarity[n])) for n in order]
