"""The texts are what they say: disjoint, balanced, repeatable; and wrong requests say so."""

import numpy as np
import pytest

from transferlab import data


@pytest.fixture(scope="module")
def topics() -> data.TextDataset:
    return data.texts()


def key(text: str) -> str:
    return f" {' '.join(data.words(text))} "


def test_counts_types_and_balance(topics) -> None:
    assert np.bincount(topics.y_train).tolist() == [250] * 4
    assert np.bincount(topics.y_test).tolist() == [125] * 4
    assert topics.y_train.dtype == topics.y_test.dtype == np.int64
    assert len(topics.texts_train) == 1000
    assert len(topics.unlabelled) > 10_000
    assert topics.source
    assert "PSF" in topics.licence
    assert "1,000 training and 500 test texts" in repr(topics)


def test_no_two_labelled_texts_have_the_same_words(topics) -> None:
    keys = [key(text) for text in (*topics.texts_train, *topics.texts_test)]
    assert len(set(keys)) == len(keys)


def test_no_test_text_is_in_the_texts_for_pre_training(topics) -> None:
    books = "|".join(key(text) for text in topics.unlabelled)
    assert [text for text in topics.texts_test if key(text) in books] == []


def test_few_keeps_so_many_of_each_and_repeats(topics) -> None:
    few, again, other = topics.few(3, seed=1), topics.few(3, seed=1), topics.few(3, seed=2)
    assert np.bincount(few.y_train).tolist() == [3] * 4
    assert few.texts_train == again.texts_train != other.texts_train
    assert few.texts_test == topics.texts_test
    label_of = dict(zip(topics.texts_train, topics.y_train, strict=True))
    assert [label_of[text] for text in few.texts_train] == few.y_train.tolist()


@pytest.mark.parametrize("labels", [0, 251])
def test_few_says_how_many_there_are(topics, labels) -> None:
    with pytest.raises(data.DataError, match="from 1 to 250"):
        topics.few(labels)


def test_words() -> None:
    assert data.words("Read_bytes(of) the FILE, x2!") == ["read", "bytes", "of", "the", "file"]
    assert data.words("") == []
