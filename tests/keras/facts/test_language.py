"""What the installed Keras does with ids, embeddings and masks, where lesson 11 says so."""

import keras
import numpy as np
import pytest
from keras import layers

TABLE = np.random.default_rng(0).normal(size=(10, 3)).astype("float32")
SHORT = np.array([[4, 7]])
PADDED = np.array([[4, 7, 0, 0]])


@pytest.fixture
def embedding() -> keras.layers.Embedding:
    layer = layers.Embedding(10, 3, mask_zero=True)
    layer.build(None)
    layer.set_weights([TABLE])
    return layer


def heeds_the_mask(*steps) -> bool:
    inputs = outputs = keras.Input((None,), dtype="int32")
    for step in steps:
        outputs = step(outputs)
    model = keras.Model(inputs, outputs)
    return np.allclose(model(SHORT), model(PADDED), atol=1e-6)


def test_pooling_uses_the_mask_of_the_embedding(embedding) -> None:
    assert heeds_the_mask(embedding, layers.GlobalAveragePooling1D())
    pooled = layers.GlobalAveragePooling1D()(embedding(PADDED))
    np.testing.assert_allclose(pooled[0], TABLE[[4, 7]].mean(axis=0), rtol=1e-6)


def test_the_mask_leaves_a_nested_model_with_its_output(embedding) -> None:
    backbone = keras.Sequential([keras.Input((None,), dtype="int32"), embedding])
    assert heeds_the_mask(backbone, layers.GlobalAveragePooling1D())
    sequential = keras.Sequential([backbone, layers.GlobalAveragePooling1D()])
    assert np.allclose(sequential(SHORT), sequential(PADDED), atol=1e-6)


def test_dropout_hands_the_mask_on(embedding) -> None:
    assert heeds_the_mask(embedding, layers.Dropout(0.5), layers.GlobalAveragePooling1D())


@pytest.mark.parametrize(
    "operation", [lambda x: x * 1.0, lambda x: keras.ops.multiply(x, 1.0)], ids=["*", "ops"]
)
def test_operations_lose_the_mask(embedding, operation) -> None:
    assert not heeds_the_mask(embedding, operation, layers.GlobalAveragePooling1D()), (
        "This Keras hands masks through operations: rewrite 'The mask in Keras' in lesson 11, "
        "the question `mask_lost` of its quiz and the message in check/language.py."
    )


def test_mean_as_an_operation_averages_the_padding(embedding) -> None:
    assert not heeds_the_mask(embedding, lambda x: keras.ops.mean(x, axis=1)), (
        "This Keras heeds masks in keras.ops.mean: rewrite 'The mask in Keras' in lesson 11."
    )


def test_losing_the_mask_gives_no_warning(embedding, recwarn) -> None:
    heeds_the_mask(embedding, lambda x: x * 1.0, layers.GlobalAveragePooling1D())
    assert [str(w.message) for w in recwarn if "mask" in str(w.message)] == [], (
        "This Keras warns of a lost mask: say so in lesson 11."
    )


def test_without_mask_zero_there_is_no_mask() -> None:
    assert not heeds_the_mask(layers.Embedding(10, 3), layers.GlobalAveragePooling1D())


def test_pooling_an_empty_text_gives_nan(embedding) -> None:
    pooled = layers.GlobalAveragePooling1D()(embedding(np.zeros((1, 3), int)))
    assert np.isnan(pooled).all(), (
        "This Keras averages a text of padding without nan: rewrite the paragraph 'One gap "
        "remains' in lesson 11."
    )


def test_text_vectorization_reserves_two_ids_and_pads_at_the_end() -> None:
    layer = layers.TextVectorization(
        vocabulary=["the", "file"], standardize=None, output_sequence_length=4
    )
    assert list(layer.get_vocabulary()) == ["", "[UNK]", "the", "file"]
    assert layer(["file unheard"]).numpy().tolist() == [[3, 1, 0, 0]]
    assert layer(["the the the the file"]).numpy().tolist() == [[2, 2, 2, 2]]


def test_training_moves_only_the_rows_of_words_that_are_met() -> None:
    model = keras.Sequential(
        [layers.Embedding(10, 3), layers.GlobalAveragePooling1D(), layers.Dense(2)]
    )
    model(SHORT)
    before = model.layers[0].embeddings.numpy()
    model.compile(keras.optimizers.Adam(0.1), "mse", jit_compile=False)
    model.fit(SHORT, np.ones((1, 2)), epochs=2, verbose=0)
    moved = np.flatnonzero((model.layers[0].embeddings.numpy() != before).any(axis=1))
    assert moved.tolist() == [4, 7], (
        "An optimizer of this Keras moves rows of words that it has not met: rewrite 'Freeze, or "
        "fine-tune?' in lesson 11."
    )
