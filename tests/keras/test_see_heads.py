"""The pictures of lesson 6: axes with units, and panels that say what is right and wrong."""

import keras
import numpy as np

from transferlab.see import heads


def small_model() -> keras.Model:
    inputs = keras.Input((4, 4, 1))
    row = keras.layers.Flatten(name="features")(inputs)
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax", name="old")(row))


def test_sizes_draws_a_bar_for_base_and_head_and_writes_the_head_out() -> None:
    figure = heads.sizes({"small": (1_000_000, 6147), "large": (1_000_000, 2_049_000)})
    (axis,) = figure.axes
    assert axis.get_xlabel() == "parameters (millions)"
    assert len(axis.patches) == 4
    assert [text.get_text().strip() for text in axis.texts] == ["head 6,147", "head 2,049,000"]


def test_scores_become_probabilities_that_sum_to_one() -> None:
    figure = heads.scores_to_probabilities(
        np.zeros((4, 4, 1)), np.array([1000.0, 999.0, -5.0]), ["a", "b", "c"]
    )
    _, _, right = figure.axes
    heights = [bar.get_height() for bar in right.patches]
    assert np.isclose(sum(heights), 1)
    assert np.isclose(heights[0], 1 / (1 + np.exp(-1)))
    assert "probability" in right.get_ylabel()


def test_loss_curves_have_a_line_for_each_seed_and_one_for_guessing() -> None:
    figure = heads.loss_curves({"one": [[2, 1], [2, 1.5]], "other": [[3, 2], [3, 2.5]]}, floor=1.1)
    (axis,) = figure.axes
    assert len(axis.lines) == 5
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("epoch", "training loss (cross-entropy)")
    assert len(axis.get_legend().get_texts()) == 3


def test_explorer_tells_right_heads_from_wrong_ones() -> None:
    model = small_model()
    row = model.get_layer("features").output

    def with_head(tensor: keras.KerasTensor, units: int, activation: str | None) -> keras.Model:
        return keras.Model(model.inputs[0], keras.layers.Dense(units, activation)(tensor))

    explorer = heads.head_explorer(
        {
            "old": model,
            "on top": with_head(model.outputs[0], 2, "softmax"),
            "right": with_head(row, 2, "softmax"),
            "sigmoid": with_head(row, 2, "sigmoid"),
            "too few": with_head(row, 1, "sigmoid"),
        },
        features="features",
        old="old",
        image=np.ones((4, 4, 1), dtype="float32"),
        names=["yes", "no"],
    )
    control, stack = explorer.children
    texts = [panel.value for panel in stack.children]
    assert len(control.options) == len(texts) == 5
    assert ["✔ Right" in text for text in texts] == [False, False, True, False, False]
    assert "3 old classes" in texts[0]
    assert "reads 3 probabilities" in texts[1]
    assert "sum to" in texts[3]
    assert "nothing can ever be taken for a no" in texts[4]
    assert all(len(text) < 40_000 for text in texts)
