"""The backbone of words: its vocabulary belongs to it, and its recipe does what it says."""

import numpy as np
import pytest

from transferlab import backbones, data, language
from transferlab.pretrain import words


def test_vocabulary_goes_with_the_weights() -> None:
    vocabulary = backbones.load_vocabulary("words")
    vectors = backbones.load_backbone("words").get_layer("embedding").embeddings.numpy()
    assert vectors.shape == (len(vocabulary), 64)
    assert vocabulary[:2] == ("", "[UNK]")
    assert len(set(vocabulary)) == len(vocabulary)
    assert not vectors[:2].any()
    assert np.linalg.norm(vectors[2:], axis=1).mean() == pytest.approx(1, abs=1e-4)


def test_vocabulary_is_that_of_the_shipped_texts() -> None:
    assert list(backbones.load_vocabulary("words")) == words.WORDS.vocabulary


def test_damaged_vocabulary_is_told(tmp_path, monkeypatch) -> None:
    (tmp_path / "words.txt").write_text("\n[UNK]\nother\n")
    (tmp_path / backbones.CHECKSUMS).write_text(f"{'0' * 64}  words.txt\n")
    monkeypatch.setattr(backbones, "WEIGHTS", tmp_path)
    with pytest.raises(backbones.WeightsUnavailable, match="damaged"):
        backbones.load_vocabulary("words")


def test_backbone_of_images_has_no_vocabulary() -> None:
    with pytest.raises(backbones.BackboneError, match="no vocabulary"):
        backbones.load_vocabulary("letters")


def test_rare_words_are_left_out_and_the_most_frequent_come_first() -> None:
    texts = [["often", "seldom"], *[["often", "some"]] * words.RAREST]
    assert words.count_vocabulary(texts) == ["", "[UNK]", "often", "some"]


def test_cooccurrence_is_symmetric_counts_near_words_more_and_ends_with_the_text() -> None:
    vocabulary = ["", "[UNK]", "a", "b", "c"]
    counts = words.cooccurrence([["a", "b", "x", "c"], ["c"]], vocabulary).toarray()
    assert np.array_equal(counts, counts.T)
    assert counts[2, 3] == 1
    assert counts[3, 4] == pytest.approx((words.WINDOW - 1) / words.WINDOW)
    assert counts[4, 4] == counts[:2].sum() == 0


def test_surprise_is_zero_where_chance_explains_a_pair() -> None:
    counts = words.cooccurrence([["a", "b"]] * 3 + [["c", "d"]] * 3, ["", "[UNK]", *"abcd"])
    surprise = words.surprise(counts).toarray()
    assert surprise[2, 3] > 0
    assert surprise[2, 4] == 0


def test_encode_and_mean() -> None:
    vocabulary = ("", "[UNK]", "read", "file")
    ids = language.encode(["Read a FILE now", ""], vocabulary, 4)
    assert ids.tolist() == [[2, 3, 1, 0], [0, 0, 0, 0]]
    vectors = np.array([[9.0], [0.0], [1.0], [3.0]])
    means = language.mean_vectors(vectors, vocabulary, ["read file", ""])
    assert means.tolist() == [[2.0], [0.0]]


def test_nearest_leaves_out_the_word_itself() -> None:
    vectors = np.array([[0, 0], [0, 0], [1, 0], [2, 0.1], [0, 1]])
    found = language.nearest("a", vectors, ["", "[UNK]", "a", "b", "c"], count=1)
    assert [word for word, _ in found] == ["b"]
    assert found[0][1] == pytest.approx(1, abs=0.01)


def test_same_texts_same_vectors() -> None:
    texts = [data.words(text) for text in data.texts().unlabelled[:400]]
    vocabulary = words.count_vocabulary(texts)
    once, twice = (words.vectors(texts, vocabulary, seed=0) for _ in range(2))
    assert np.array_equal(once, twice)
