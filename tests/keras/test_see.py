"""Figures have axes and units; the explorer's panels tell the true counts."""

import ipywidgets as widgets
import keras
import numpy as np
import pytest

from transferlab import see
from transferlab.see import freezing


@pytest.fixture
def model() -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(3, name="first"),
            keras.layers.Dropout(0.5, name="drop"),
            keras.layers.Dense(2, name="last"),
        ]
    )
    model.layers[0].trainable = False
    return model


def values(model: keras.Model) -> dict[str, np.ndarray]:
    return {weight.path: weight.numpy() for weight in model.weights}


def test_parameters_names_layers_counts_and_states(model: keras.Model) -> None:
    axis = freezing.parameters(model).axes[0]
    assert axis.get_xlabel() == "parameters (count)"
    assert [bar.get_width() for bar in axis.patches] == [15, 0, 8]
    assert [bool(bar.get_hatch()) for bar in axis.patches] == [True, False, False]


def test_movement_shows_what_moved_in_percent(model: keras.Model) -> None:
    before = values(model)
    model.layers[2].kernel.assign(1.1 * model.layers[2].kernel)
    axis = freezing.movement(before, values(model), model).axes[0]
    assert "%" in axis.get_xlabel()
    lengths = dict(zip([t.get_text() for t in axis.get_yticklabels()], axis.patches, strict=True))
    assert lengths["last/kernel"].get_width() == pytest.approx(10, abs=0.01)
    assert lengths["first/kernel"].get_width() == 0
    assert sum("did not move" in text.get_text() for text in axis.texts) == 3


def test_images_captions_each_and_leaves_the_rest_of_the_grid_empty() -> None:
    figure = see.images(np.zeros((3, 4, 4, 1)), ["a", "b", "c"], columns=2)
    assert [axis.get_title() for axis in figure.axes] == ["a", "b", "c", ""]
    assert [len(axis.images) for axis in figure.axes] == [1, 1, 1, 0]


def test_figures_are_closed_so_that_a_cell_shows_them_once(model: keras.Model) -> None:
    import matplotlib.pyplot as plt

    plt.close("all")
    freezing.parameters(model)
    assert plt.get_fignums() == []


def test_explorer_has_a_panel_for_each_cut_with_its_true_count(model: keras.Model) -> None:
    control, panels = freezing.freezing_explorer(model).children
    assert isinstance(control, widgets.ToggleButtons)
    assert [label for label, _ in control.options] == [
        "nothing",
        "layers[:-2]",
        "layers[:-1]",
        "layers[:]",
    ]
    counts = [panel.value.split("</strong>")[0].split("<strong>")[1] for panel in panels.children]
    assert counts == ["23", "8", "8", "0"]
    assert panels.children[1].value.count("❄ frozen") == 1


def test_explorer_leaves_the_model_as_it_is(model: keras.Model) -> None:
    freezing.freezing_explorer(model)
    assert [layer.trainable for layer in model.layers] == [False, True, True]
