"""The pictures of lesson 10 name their axes and units; the explorer has a panel for each choice."""

import numpy as np

from transferlab.experiment import Comparison
from transferlab.see import adaptation

COMPARISON = Comparison({"nothing": (0.2, 0.4), "refresh": (0.6, 0.8)})


def legend(figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_by_class_has_a_marker_for_each_class_and_domain() -> None:
    figure = adaptation.by_class({"print": [1.0, 0.9], "hand": [0.8, 0.2]}, ["0", "1"])
    axis = figure.axes[0]
    assert legend(figure) == ["print", "hand"]
    assert axis.get_xlabel() == "true class"
    assert "0 to 1" in axis.get_ylabel()
    assert [label.get_text() for label in axis.get_xticklabels()] == ["0", "1"]


def test_statistics_stand_beside_those_stored() -> None:
    figure = adaptation.statistics(np.ones((2, 3)), {"found": np.zeros((2, 3))})
    assert legend(figure) == ["stored in the layer", "found"]
    assert figure.axes[0].get_xlabel() == "channel"
    assert "mean ± sd" in figure.axes[0].get_ylabel()


def test_ways_show_the_mean_of_each_way_for_each_shift() -> None:
    figure = adaptation.ways({"grey": COMPARISON, "noisy": COMPARISON}, chance=0.1)
    axis = figure.axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["grey", "noisy"]
    assert [text.get_text() for text in axis.texts] == ["0.30", "0.30", "0.70", "0.70"]
    assert legend(figure) == ["nothing", "refresh", "guessing (0.10)"]


def test_labels_curve_has_a_line_for_each_way_and_each_level() -> None:
    figure = adaptation.labels_curve({1: COMPARISON, 5: COMPARISON}, {"no labels": [0.5, 0.7]})
    assert legend(figure) == ["no labels", "nothing", "refresh"]
    axis = figure.axes[0]
    assert "logarithmic" in axis.get_xlabel()
    assert list(axis.lines[0].get_ydata()) == [0.6, 0.6]


def test_explorer_has_a_panel_for_each_paper_and_ink() -> None:
    adapted = adaptation.Adapted(np.zeros((3, 4, 4, 1)), {"nothing": 0.25, "refresh": 0.5})
    explorer = adaptation.contrast_explorer(
        {0.0: {0.3: adapted, 1.0: adapted}, 1.0: {0.0: adapted}}
    )
    control, papers = explorer.children
    assert [label for label, _ in control.options] == ["0", "1"]
    inks = [label for label, _ in papers.children[0].children[0].options]
    assert inks == ["0.3", "1"]
    panels = [panel.value for one in papers.children for panel in one.children[1].children]
    assert len(panels) == 3
    assert "accuracy: nothing 0.25, refresh 0.50" in panels[0]
    assert max(map(len, panels)) < 20_000
