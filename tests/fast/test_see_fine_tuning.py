"""Curves show each training, bars each layer, and the explorer a panel for each rate."""

import numpy as np

from transferlab.experiment import Comparison
from transferlab.see import fine_tuning


def test_over_time_has_an_axis_per_task_and_a_line_per_training() -> None:
    curves = {"digits": {"warm": [0.7, 0.8], "cold": [0.1, 0.7]}, "letters": {"warm": [1.0, 0.9]}}
    first, second = fine_tuning.over_time(curves, every=8).axes
    assert [len(first.lines), len(second.lines)] == [2, 1]
    np.testing.assert_array_equal(first.lines[0].get_xdata(), [0, 8])
    assert first.lines[0].get_marker() != first.lines[1].get_marker()
    assert first.get_xlabel() == "optimizer steps"
    assert "accuracy (share" in first.get_ylabel()


def test_over_depth_has_a_bar_for_each_layer_and_way() -> None:
    changes = {"one rate": {"stem": 4.0, "head": 8.0}, "by depth": {"stem": 0.4, "head": 8.0}}
    axis = fine_tuning.over_depth(changes).axes[0]
    assert [bar.get_width() for bar in axis.patches] == [4.0, 8.0, 0.4, 8.0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["stem", "head"]
    assert "% of the weights' size" in axis.get_xlabel()
    assert axis.patches[0].get_hatch() != axis.patches[2].get_hatch()


def test_explorer_has_a_panel_for_each_rate_and_none_for_the_start() -> None:
    sweep = {
        name: Comparison({"digits": (height, height), "letters": (0.9, 0.7)})
        for name, height in (("head only", 0.7), ("0.001", 0.8), ("0.01", 0.4))
    }
    control, panels = fine_tuning.rates_explorer(sweep, ["digits", "letters"], "head only").children
    assert [label for label, _ in control.options] == ["0.001", "0.01"]
    low, high = (panel.value for panel in panels.children)
    assert 'alt="Accuracy on the tasks over the learning rate. At 0.001: digits 0.80' in low
    assert "<strong>0.400</strong> ± 0.000 (-0.300 against head only)" in high
    assert len(low) < 55_000
