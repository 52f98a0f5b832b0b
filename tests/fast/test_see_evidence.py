"""Labels curves have axes and units; the explorer tells the true difference in words."""

import ipywidgets as widgets

from transferlab.experiment import Comparison
from transferlab.see.evidence import curves, labels_explorer

FOUND = Comparison(
    {"pixels": (0.4, 0.5), "feature extraction": (0.7, 0.8), "fine-tuning": (0.75, 0.9)}
)


def test_curves_name_both_axes_and_draw_a_band_for_each() -> None:
    curve = {2: (0.4, 0.1), 10: (0.6, 0.05)}
    axis = curves({"one": curve, "other": curve}).axes[0]
    assert "labels per class (count" in axis.get_xlabel()
    assert axis.get_ylabel() == "accuracy (share of test images)"
    assert (len(axis.lines), len(axis.collections)) == (2, 2)


def test_explorer_has_a_panel_for_each_condition() -> None:
    control, stack = labels_explorer({"2 per class": FOUND, "5 per class": FOUND}).children
    assert isinstance(control, widgets.ToggleButtons)
    assert [label for label, _ in control.options] == ["2 per class", "5 per class"]
    text = stack.children[0].value
    assert "best with transfer (plain bars) is <em>fine-tuning</em> (0.825)" in text
    assert "best without (hatched) is <em>pixels</em> (0.450)" in text
    assert "higher in 2 of 2 seeds" in text
    assert 'alt="Accuracy of 3 methods with 2 per class' in text
