"""Boxes show what is nested; the explorer's panels tell what the outer model really trains."""

import re

import ipywidgets as widgets
import keras
import numpy as np
import pytest

from transferlab.see import nesting


@pytest.fixture
def outer() -> keras.Model:
    base = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(3, name="conv1"),
            keras.layers.Dropout(0.5, name="drop"),
            keras.layers.Dense(2, name="conv3"),
        ],
        name="base",
    )
    return keras.Sequential([keras.Input((4,)), base, keras.layers.Dense(1, name="head")])


def test_boxes_draw_each_layer_and_each_model_around_it(outer: keras.Model) -> None:
    outer.layers[0].layers[0].trainable = False
    figure = nesting.boxes(outer)
    axis = figure.axes[0]
    assert len(axis.patches) == 4 + 2  # layers without layers of their own, and models
    assert sum(bool(patch.get_hatch()) for patch in axis.patches) == 1
    assert any("base, a model: 23 parameters" in text.get_text() for text in axis.texts)
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["frozen", "trainable", "no weights"]


def test_similarities_have_one_plot_for_each_group() -> None:
    values = np.linspace(0, 1, 50)
    figure = nesting.similarities({"pixels": (values, values), "features": (values, values)})
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["pixels", "features"]
    assert all("cosine similarity" in axis.get_xlabel() for axis in figure.axes)
    assert "%" in figure.axes[0].get_ylabel()


def test_explorer_tells_what_the_outer_and_the_inner_model_report(outer: keras.Model) -> None:
    control, panels = nesting.nesting_explorer(outer).children
    assert isinstance(control, widgets.Dropdown)
    reports = {
        label: re.findall(r"<strong>([\d,]+)</strong>", panel.value)
        for (label, _), panel in zip(control.options, panels.children, strict=True)
    }
    assert reports == {
        "nothing: all flags are True": ["26", "23"],
        "base = False": ["3", "0"],
        "base = False, then conv3 = True": ["11", "0"],
        "base = False, then conv3 = True, then base = False": ["11", "0"],
        "base = False, then conv3 = True, then base = True": ["26", "23"],
        "each layer of base = False": ["3", "0"],
        "each layer of base = False, then base = True": ["3", "0"],
        "outer = False": ["0", "0"],
        "outer = False, then conv3 = True": ["0", "0"],
    }
    disagree = [panel for panel in panels.children if "do not agree" in panel.value]
    assert len(disagree) == 2


def test_explorer_leaves_the_model_as_it_is(outer: keras.Model) -> None:
    nesting.nesting_explorer(outer)
    assert len(outer.trainable_weights) == 6
