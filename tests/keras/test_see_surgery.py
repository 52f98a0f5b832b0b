"""Graphs show every arrow and what is left out; feature maps have a row for each image."""

import ipywidgets as widgets
import keras
import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from transferlab.see import surgery

X = np.random.default_rng(0).uniform(size=(3, 16, 16, 1)).astype("float32")


@pytest.fixture
def chain() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((16, 16, 1)),
            keras.layers.Conv2D(10, 3, name="maps"),
            keras.layers.Flatten(name="flat"),
            keras.layers.Dense(4, activation="softmax", name="answer"),
        ]
    )


def test_graph_draws_a_skip_and_marks_what_is_left_out() -> None:
    inputs = keras.Input((4,))
    first = keras.layers.Dense(4, name="first")(inputs)
    joined = first + keras.layers.Dense(4, name="second")(first)
    model = keras.Model(inputs, keras.layers.Dense(2, name="head")(joined))
    axis = surgery.graph(model, kept=keras.Model(inputs, joined)).axes[0]
    boxes = [patch for patch in axis.patches if isinstance(patch, FancyBboxPatch)]
    arrows = [patch for patch in axis.patches if isinstance(patch, FancyArrowPatch)]
    assert (len(boxes), len(arrows)) == (5, 5)
    assert [box.get_linestyle() == "--" for box in boxes] == [False, False, False, False, True]
    assert [text.get_text() for text in axis.texts][1:] == [
        "first  (4)",
        "second  (4)",
        "Add, not a layer  (4)",
        "head  (2)",
    ]


def test_feature_maps_names_rows_and_columns() -> None:
    values = np.random.default_rng(1).uniform(size=(3, 8, 8, 10))
    values[..., 2] = 0  # a map in which nothing happens is not worth a column
    axis = surgery.feature_maps(X, values, ["a", "b", "c"]).axes[0]
    columns = [tick.get_text() for tick in axis.get_xticklabels()]
    assert columns[0] == "image"
    assert len(columns) == 9
    assert "map 2" not in columns
    assert [tick.get_text() for tick in axis.get_yticklabels()] == ["a", "b", "c"]
    assert axis.get_xlabel().startswith("8 of 10 maps, 8x8 numbers each")


@pytest.mark.parametrize("units", [(), ("A", "B", "C", "D")])
def test_feature_maps_draws_vectors_as_stripes(units: tuple[str, ...]) -> None:
    axis = surgery.feature_maps(X, np.eye(4)[:3], ["a", "b", "c"], units).axes[0]
    columns = [tick.get_text() for tick in axis.get_xticklabels()]
    assert columns == ["image", *(units or ["all 4 numbers"])]


def test_explorer_has_a_small_panel_for_each_layer(chain: keras.Model) -> None:
    control, panels = surgery.feature_maps_explorer(chain, X, ["a", "b", "c"], "ABCD").children
    assert isinstance(control, widgets.ToggleButtons)
    assert [label for label, _ in control.options] == ["maps", "flat", "answer"]
    for panel in panels.children:
        assert 'alt="What ' in panel.value
        assert len(panel.value) < 40_000 * 4 / 3
