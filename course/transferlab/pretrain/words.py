"""The backbone that knows words: a vector for each, computed from the words around it.

Skip-gram with negative sampling implicitly factorises the matrix of how much more often than by
chance two words occur together (Levy and Goldberg, 2014). Here the matrix is computed explicitly
and factorised by a singular value decomposition: no epochs, no learning rate, a few seconds.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

from transferlab import data, language
from transferlab.pretrain.recipe import Progress, Recipe
from transferlab.pretrain.transfer import spread

PADDING, UNKNOWN = "", "[UNK]"  # ids 0 and 1, as in keras.layers.TextVectorization
DIMENSIONS = 64
WINDOW = 8  # words to either side
RAREST = 8  # a word must occur at least this often
SMOOTHING = 0.75  # of the counts of contexts, as in word2vec


def count_vocabulary(texts: list[list[str]]) -> list[str]:
    """Return the words by id: padding, unknown, then all that are not rare, most frequent first."""
    counts = Counter(word for text in texts for word in text)
    frequent = [word for word, count in counts.items() if count >= RAREST]
    return [PADDING, UNKNOWN, *sorted(frequent, key=lambda word: (-counts[word], word))]


def cooccurrence(texts: list[list[str]], vocabulary: list[str]) -> sparse.csr_array:
    """Return how often each two words occur together: `(words, words)`, weighted by nearness."""
    ids = {word: number for number, word in enumerate(vocabulary)}
    here = np.array([ids.get(word, 1) for text in texts for word in text])
    text = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    counts = sparse.csr_array((len(ids), len(ids)))
    for distance in range(1, WINDOW + 1):
        left, right = here[:-distance], here[distance:]
        known = (left > 1) & (right > 1) & (text[:-distance] == text[distance:])
        weight = np.full(known.sum(), (WINDOW - distance + 1) / WINDOW)
        pairs = sparse.coo_array((weight, (left[known], right[known])), shape=counts.shape).tocsr()
        counts = counts + pairs + pairs.T
    return counts


def surprise(counts: sparse.csr_array) -> sparse.csr_array:
    """Return the positive pointwise mutual information of each pair, 0 where chance explains it."""
    of_word = counts.sum(axis=1)
    of_context = counts.sum(axis=0) ** SMOOTHING
    pairs = counts.tocoo()
    expected = of_word[pairs.row] * of_context[pairs.col] / of_context.sum()
    information = np.maximum(np.log(pairs.data / expected), 0)
    result = sparse.coo_array((information, (pairs.row, pairs.col)), shape=counts.shape).tocsr()
    result.eliminate_zeros()
    return result


def vectors(texts: list[list[str]], vocabulary: list[str], seed: int) -> NDArray[np.float32]:
    """Return a vector for each word, `(words, 64)`, of mean length 1; zeros for ids 0 and 1."""
    svd = TruncatedSVD(DIMENSIONS, n_iter=7, random_state=seed)
    scores = svd.fit_transform(surprise(cooccurrence(texts, vocabulary)))
    found = scores / np.sqrt(svd.singular_values_)
    found[:2] = 0
    return (found / np.linalg.norm(found[2:], axis=1).mean()).astype(np.float32)


def build(words: int) -> keras.Sequential:
    """Return the model from ids to vectors: one embedding that masks id 0."""
    return keras.Sequential(
        [
            layers.Input((None,), dtype="int32", name="ids"),
            layers.Embedding(words, DIMENSIONS, mask_zero=True, name="embedding"),
        ],
        name="words",
    )


@dataclass(frozen=True, kw_only=True)
class WordsRecipe(Recipe):
    """An embedding that is factorised, not trained, and its vocabulary."""

    @cached_property
    def texts(self) -> list[list[str]]:
        """The texts to learn from, as words."""
        return [data.words(text) for text in data.texts().unlabelled]

    @cached_property
    def vocabulary(self) -> list[str]:
        """The words by id."""
        return count_vocabulary(self.texts)

    @property
    def training(self) -> str:
        """Return what it is trained on, from where, under which licence, and how."""
        texts = data.texts()
        return (
            f"- Data: {len(texts.unlabelled):,} unlabelled texts of {sum(map(len, self.texts)):,} "
            f"words, {texts.source}. None holds a test text.\n"
            f"- Licence of the data: {texts.licence}.\n"
            f"- Positive pointwise mutual information of words at most {WINDOW} apart, factorised "
            f"to {DIMENSIONS} dimensions; words seen at least {RAREST} times; seed {self.seed}.\n"
            f"- The vocabulary, {self.name}.txt, has one word on a line; the first line is id 0."
        )

    @property
    def metric(self) -> str:
        """Return what the score is and on which data it is measured."""
        return f"accuracy on {len(data.texts().texts_test)} test texts, from all training labels"

    def train(self, on_epoch: Progress) -> keras.Model:
        """Return the model with the vectors that the seed gives; call `on_epoch` at the end."""
        found = vectors(self.texts, self.vocabulary, self.seed)
        model = self.build()
        model.set_weights([found])
        on_epoch()
        return model

    def companions(self) -> dict[str, str]:
        """Return the vocabulary, one word on each line."""
        return {f"{self.name}.txt": "\n".join(self.vocabulary) + "\n"}

    def score(self, model: keras.Model) -> float:
        """Return the accuracy of a linear classifier on the mean of a text's vectors."""
        return language.on_vectors(self._vectors(model), self.vocabulary, data.texts())

    def transfer(self, model: keras.Model) -> str:
        """Return a table: four topics from few labels, with the vectors and with tf-idf."""
        rows = ["| labels per class | mean of the vectors | tf-idf |", "|---|---|---|"]
        for count in (5, 50):
            few = [data.texts().few(count, seed) for seed in range(5)]
            found = [language.on_vectors(self._vectors(model), self.vocabulary, one) for one in few]
            control = [language.on_counts(one) for one in few]
            rows.append(f"| {count} | {spread(found)} | {spread(control)} |")
        return "Four topics of documentation, mean and standard deviation of 5 draws:\n\n" + (
            "\n".join(rows)
        )

    @staticmethod
    def _vectors(model: keras.Model) -> NDArray[np.float32]:
        return model.get_layer("embedding").embeddings.numpy()


WORDS: WordsRecipe = WordsRecipe(
    name="words",
    build=lambda: build(len(WORDS.vocabulary)),
    about="A Keras `Sequential` model of one embedding, made to be transferred to short texts on "
    "programming.\nInput: the ids of words `(n, length)`, 0 is padding and 1 an unknown word. "
    "Output: their vectors `(n, length, 64)`, with a mask that leaves out the padding.",
    limits="It knows the English of documentation strings, in which a `pipe` carries bytes and a "
    "`tail` is part of a distribution.",
    epochs=1,
)
