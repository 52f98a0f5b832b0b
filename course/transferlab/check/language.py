"""Checks on texts: ids, averages under a mask, classifiers on an embedding, controls, leaks.

A check uses only arrays and the public Keras API. To name a mistake, it makes that mistake itself
and compares the results.
"""

from collections.abc import Callable, Iterable, Sequence

import keras
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from transferlab.check import CheckFailed
from transferlab.check.answers import kind, listed, pair, returned_model
from transferlab.data import words
from transferlab.language import PADDING, UNKNOWN, encode


def encoded(answer: object, texts: Sequence[str], vocabulary: Sequence[str], length: int) -> None:
    """Check the ids of texts: whole numbers `(texts, length)`.

    Raises:
        CheckFailed: naming which rule of encoding was broken.
    """
    ids = _array(answer, (len(texts), length), "ids")
    if not np.array_equal(ids, np.round(ids)):
        raise CheckFailed(
            "Ids are whole numbers: positions in the vocabulary. Yours have fractions."
        )
    right = encode(texts, vocabulary, length)
    if np.array_equal(ids, right):
        return
    for mistake, message in _mistaken_ids(texts, vocabulary, length).items():
        wrong = np.frombuffer(mistake, np.int32).reshape(right.shape)
        if np.array_equal(ids, wrong):
            raise CheckFailed(message)
    row, place = np.argwhere(ids != right)[0]
    raise CheckFailed(
        f"Text {row}, {texts[row]!r}: at place {place} is id {int(ids[row, place])}, and "
        f"{right[row, place]} ({vocabulary[right[row, place]]!r}) belongs there. An id is the "
        "word's position in the vocabulary that was passed in. Split with `data.words(text)`, 1 "
        "for a word that is not in the vocabulary, 0 to fill up at the end."
    )


def _mistaken_ids(texts: Sequence[str], vocabulary: Sequence[str], length: int) -> dict[bytes, str]:
    """Return what each usual mistake gives for these texts -> the message for it."""
    ids = {word: number for number, word in enumerate(vocabulary)}
    sentences = [words(text) for text in texts]
    met = list(dict.fromkeys(word for sentence in sentences for word in sentence))
    own_order = "The ids come from another vocabulary, not from the one that was passed in. "
    silent = (
        "A model that was trained with one vocabulary reads the ids of another as other words, and "
        "there is no error. Use each word's position in `vocabulary`."
    )
    mistakes: list[tuple[Callable[[list[str]], list[int]], bool, str]] = [
        (
            lambda s: [ids.get(w, PADDING) for w in s][:length],
            False,
            "Unknown words got id 0, which means padding: the mask would hide them as if nothing "
            "were there. A word that is not in the vocabulary gets id 1.",
        ),
        (
            lambda s: [ids[w] for w in s if w in ids][:length],
            False,
            "Unknown words are left out, so that all words behind them move up. Keep their place: "
            "a word that is not in the vocabulary gets id 1.",
        ),
        (
            lambda s: [ids.get(w, UNKNOWN) for w in s][-length:],
            False,
            "Long texts lost their beginning. Keep the *first* `length` words: `[:length]`.",
        ),
        (
            lambda s: [ids.get(w, UNKNOWN) for w in s][:length],
            True,
            "The padding is in front. Here zeros go to the end, as with "
            "`keras.layers.TextVectorization`; this model has never seen them elsewhere.",
        ),
        (
            lambda s: [ids.get(w, UNKNOWN - 2) + 2 for w in s][:length],
            False,
            "Every id is too large by two. `vocabulary` has the padding and the unknown word in "
            "places 0 and 1 already: the id is the position, with nothing added.",
        ),
        (lambda s: [met.index(w) + 2 for w in s][:length], False, own_order + silent),
        (lambda s: [sorted(met).index(w) + 2 for w in s][:length], False, own_order + silent),
        (
            lambda s: [sorted(vocabulary).index(w) if w in ids else UNKNOWN for w in s][:length],
            False,
            own_order + "You sorted it. " + silent,
        ),
    ]
    found: dict[bytes, str] = {}
    for rule, in_front, message in mistakes:
        result = np.zeros((len(texts), length), np.int32)
        for row, sentence in zip(result, sentences, strict=True):
            numbers = rule(sentence)
            start = length - len(numbers) if in_front else 0
            row[start : start + len(numbers)] = numbers
        found.setdefault(result.tobytes(), message)
    found.pop(encode(texts, vocabulary, length).tobytes(), None)
    as_written = np.zeros((len(texts), length), np.int32)
    for row, text in zip(as_written, texts, strict=True):
        numbers = [ids.get(word, UNKNOWN) for word in text.split()][:length]
        row[: len(numbers)] = numbers
    found.setdefault(
        as_written.tobytes(),
        "The texts were split at spaces as they are, so that 'File,' is not 'file' and becomes "
        "unknown. Use the same splitting as when the vocabulary was made: `data.words(text)`.",
    )
    return found


def averaged(answer: object, vectors: NDArray, ids: NDArray) -> None:
    """Check the mean vector of each text, padding left out: `(n, dimensions)`.

    Raises:
        CheckFailed: naming what was averaged instead.
    """
    n, _, dimensions = vectors.shape
    found = _array(answer, (n, dimensions), "mean vectors")
    present = (ids != PADDING)[..., None]
    counts = present.sum(axis=1)
    right = (vectors * present).sum(axis=1) / np.maximum(counts, 1)
    empty = counts[:, 0] == 0
    if not np.allclose(found[~empty], right[~empty], atol=1e-5):
        known = (ids > UNKNOWN)[..., None]
        mistakes = (
            (
                vectors.mean(axis=1),
                "Padding went into the mean: the more padding, the more your result is the vector "
                "of nothing. Average only where `ids != 0`.",
            ),
            (
                (vectors * present).mean(axis=1),
                "The padding is taken out of the sum, but you still divide by the full length. "
                "Divide by the number of words that are there.",
            ),
            (
                vectors.sum(axis=1) / np.maximum(counts, 1),
                "You divide by the right number, but the padding is still in the sum. It adds "
                "nothing only where its vector is all zeros, and here it is not: multiply by "
                "`(ids != 0)[..., None]` before you add up.",
            ),
            (
                (vectors * present).sum(axis=1),
                "This is the sum and not the mean: a long text gets a long vector. Divide by the "
                "number of words that are there.",
            ),
            (
                (vectors * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1),
                "Unknown words (id 1) were left out together with the padding. They are in the "
                "text: only id 0 is padding.",
            ),
        )
        for mistake, message in mistakes:
            if np.allclose(found[~empty], mistake[~empty], atol=1e-5):
                raise CheckFailed(message)
        raise CheckFailed(
            "These are not the means. For each text add up the vectors at the places where "
            "`ids != 0`, and divide by how many such places there are."
        )
    if not np.allclose(found[empty], 0):
        raise CheckFailed(
            "A text in which everything is padding came out as "
            f"{'nan' if np.isnan(found[empty]).any() else 'something other than zeros'}: it has no "
            "words to divide by. Let it be zeros; `np.maximum(count, 1)` avoids the division by 0."
        )


def classifies_texts(answer: object, backbone_vectors: NDArray, classes: int) -> None:
    """Check a classifier of ids on top of a frozen embedding, with its mask and a softmax head.

    Args:
        answer: the model that the student's function returned.
        backbone_vectors: the backbone's vectors `(words, dimensions)` from before.
        classes: how many probabilities are wanted for each text.

    Raises:
        CheckFailed: naming which part is missing.
    """
    model = returned_model(answer)
    ids = np.array([[7, 9, 0, 0, 0, 0], [7, 9, 7, 9, 7, 9], [12, 30, 5, 8, 0, 0]], np.int32)
    probabilities = np.asarray(keras.ops.convert_to_numpy(model(ids)))
    if probabilities.shape != (len(ids), classes):
        raise CheckFailed(
            f"For {len(ids)} texts the output has the shape {probabilities.shape}; it should be "
            f"{(len(ids), classes)}, one probability for each class. Average over the words before "
            "the Dense layer, and give that layer as many units as there are classes."
        )
    if (probabilities < 0).any() or not np.allclose(probabilities.sum(axis=1), 1, atol=1e-4):
        raise CheckFailed(
            "The outputs of a text are not probabilities: they do not add up to 1. Texts have one "
            'topic each, so end with `activation="softmax"`.'
        )
    tables = [weight for weight in model.weights if weight.shape == backbone_vectors.shape]
    if not any(np.array_equal(table.numpy(), backbone_vectors) for table in tables):
        raise CheckFailed(
            "The pretrained vectors are not in the model: its embedding holds other numbers. A new "
            "`Embedding` starts from random values. Take the backbone that was passed in, or copy "
            "its weights."
        )
    trainable = {weight.path for weight in model.trainable_weights}
    if trainable & {table.path for table in tables}:
        raise CheckFailed(
            "The embedding can still learn: a quarter of a million numbers for a handful of texts. "
            "Freeze it before you return the model: `backbone.trainable = False`."
        )
    if not trainable:
        raise CheckFailed(
            "Nothing can learn, the head neither. Freeze the backbone only, not the whole model."
        )
    if not np.allclose(probabilities[0], probabilities[1], atol=1e-5):
        raise CheckFailed(
            "The mask was lost: two words and padding give another answer than the same two words "
            "over and over, although their mean is the same. Use a layer that respects the mask, "
            "`keras.layers.GlobalAveragePooling1D`, directly behind the embedding; "
            "`keras.ops.mean` and `Flatten` average or keep the padding too, and an `Embedding` of "
            "your own needs `mask_zero=True`."
        )
    if np.allclose(probabilities[0], probabilities[2], atol=1e-7):
        raise CheckFailed(
            "Two different texts get the same answer: the words do not reach the output."
        )


def tfidf_matrices(answer: object, texts_train: Sequence[str], texts_test: Sequence[str]) -> None:
    """Check two matrices of tf-idf, fitted on the training texts.

    Args:
        answer: what the student's function made of the texts.
        texts_train: the first is also the first test text; the third has two words, one of which
            is in all training texts and one in no other.
        texts_test: the second has no word of the training texts.

    Raises:
        CheckFailed: when it was fitted on test texts, fitted twice, or only counts.
    """
    train, test = (_matrix(part) for part in pair(answer))
    if (len(train), len(test)) != (len(texts_train), len(texts_test)):
        raise CheckFailed(
            f"The matrices have {len(train)} and {len(test)} rows for {len(texts_train)} training "
            f"and {len(texts_test)} test texts. Return one row for each text, first the training "
            "matrix, then the test matrix."
        )
    if train.shape[1] != test.shape[1]:
        raise CheckFailed(
            f"Training texts have {train.shape[1]} columns and test texts {test.shape[1]}: two "
            "vocabularies. Fit once, on the training texts, and call only `transform` on the test "
            "texts."
        )
    if test[1].any():
        raise CheckFailed(
            f"The words of {texts_test[1]!r} are in test texts only, and yet they have a column: "
            "the test texts took part in fitting. Fit on the training texts alone."
        )
    if not np.allclose(train[0], test[0], atol=1e-6):
        raise CheckFailed(
            "The same text has one row in training and another one in testing: it was fitted "
            "twice. Call `fit` once and `transform` for both."
        )
    weights = train[2][train[2] != 0]
    if len(weights) != 1 and np.ptp(weights) < 1e-6:
        raise CheckFailed(
            f"In {texts_train[2]!r} the word that is in every text weighs as much as the rare "
            "one: these are counts. The part *idf* lowers frequent words: use `TfidfVectorizer`, "
            "with its `use_idf` left on."
        )


def leaked(answer: object, pretraining: Sequence[str], test: Sequence[str]) -> None:
    """Check the positions of the test texts whose words are in a row in a pre-training text.

    Raises:
        CheckFailed: naming a leak that was missed, or a text that was accused wrongly.
    """
    found = _positions(answer, test)
    books = [f" {' '.join(words(text))} " for text in pretraining]
    keys = [" ".join(words(text)) for text in test]
    right = {n for n, key in enumerate(keys) if any(f" {key} " in book for book in books)}
    if found == right:
        return
    missed, accused = sorted(right - found), sorted(found - right)
    if accused:
        position = accused[0]
        cut = any(keys[position] in book for book in books)
        raise CheckFailed(
            f"Test text {position}, {test[position]!r}, did not leak. "
            + (
                "Its letters are in a pre-training text, but only as the beginning of a longer "
                "word. Compare whole words: put a space before and after both."
                if cut
                else "Its words may all occur, but not in a row in one text. Compare the words in "
                "their order."
            )
        )
    exact = {n for n, text in enumerate(test) if text in pretraining}
    if found == exact:
        raise CheckFailed(
            f"You found the exact copies only. Test text {missed[0]}, {test[missed[0]]!r}, leaked "
            "too: in other case, with other spaces or inside a longer text. Compare what the model "
            "reads, the words: `data.words(text)`."
        )
    position = missed[0]
    if keys[position] in {" ".join(words(text)) for text in pretraining}:
        why = "the same words are in a pre-training text, in other case or with other signs"
    else:
        why = "it is inside a longer pre-training text"
    raise CheckFailed(
        f"Test text {position}, {test[position]!r}, leaked and you did not find it: {why}. Join "
        "the words of both with single spaces, then look whether one is in the other."
    )


def _positions(answer: object, test: Sequence[str]) -> set[int]:
    if answer is None:
        raise CheckFailed("Your function returned None. End it with `return` and the positions.")
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise CheckFailed(f"Your function returned {kind(answer)}. Return a list of positions.")
    items = list(answer)
    texts = [item for item in items if isinstance(item, str)]
    if texts:
        raise CheckFailed(
            f"You returned texts, such as {listed(texts[:1])}. Return their positions in "
            "`test_texts`: whole numbers, from 0."
        )
    if any(isinstance(item, bool | np.bool_) for item in items):
        raise CheckFailed(
            "You returned a list of True and False. Return the positions where it is True."
        )
    return {int(item) for item in items}


def _array(answer: object, shape: tuple[int, ...], name: str) -> NDArray:
    if answer is None:
        raise CheckFailed(f"Your function returned None. End it with `return` and the {name}.")
    try:
        array = np.asarray(keras.ops.convert_to_numpy(answer))
    except (TypeError, ValueError):
        array = np.empty(0, object)
    if array.dtype.kind not in "iuf":
        raise CheckFailed(
            f"Your function returned {kind(answer)} that is not an array of numbers of shape "
            f"{shape}. Are all rows of the same length?"
        )
    if array.shape != shape:
        raise CheckFailed(
            f"Your array of {name} has the shape {array.shape}; it should be {shape}: one row for "
            "each text."
        )
    return array


def _matrix(part: object) -> NDArray:
    if sparse.issparse(part):
        return np.asarray(part.toarray())  # type: ignore[attr-defined]
    array = np.asarray(part)
    if array.dtype.kind not in "iuf" or array.ndim != 2:
        raise CheckFailed(
            f"You returned {kind(part)} where a matrix should be: one row for each text, one "
            "column for each word. Return what `transform` gives."
        )
    return array
