"""Pictures of regressors have units, a line for each network, and a panel for each source."""

import numpy as np

from transferlab.experiment import Comparison
from transferlab.see import regression


def test_true_and_predicted_has_units_and_the_diagonal() -> None:
    y = np.arange(8.0).reshape(4, 2)
    first, second = regression.true_and_predicted(y, y + 1, ["turn", "width"], ["°", "px"]).axes
    assert first.get_title(loc="left") == "turn"
    assert "(px)" in second.get_xlabel()
    assert all(len(axis.lines) == 1 for axis in (first, second))


def test_shares_draw_two_bars_for_each_target() -> None:
    groups = {"raw": np.array([0.9, 0.1]), "same": np.array([0.5, 0.5])}
    axis = regression.shares(groups, ["a", "b"]).axes[0]
    assert [round(bar.get_width(), 1) for bar in axis.patches] == [0.9, 0.1, 0.5, 0.5]
    assert axis.patches[0].get_hatch() != axis.patches[2].get_hatch()


def test_over_depth_joins_the_means_and_shows_each_seed() -> None:
    lines = {"one": [[0.2, 0.4], [0.6, 0.8]], "other": [[0.1], [0.2]]}
    figure = regression.over_depth({"here": lines, "there": lines}, ["a", "b"], {"here": 0.1})
    here, there = figure.axes
    np.testing.assert_allclose(here.lines[0].get_ydata(), [0.3, 0.7])
    assert here.lines[0].get_linestyle() != here.lines[1].get_linestyle()
    assert len(here.collections) == 2
    assert len(here.lines) == len(there.lines) + 1, "guessing is drawn where it is known"


def test_over_depth_shows_what_is_worse_than_the_mean() -> None:
    axis = regression.over_depth({"R²": {"one": [[-0.4], [0.6]]}}, ["a", "b"]).axes[0]
    assert axis.get_ylim()[0] < -0.4
    assert [0, 0] in [list(line.get_ydata()) for line in axis.lines], "zero is the mean's score"


def test_pushes_draw_a_line_for_each_loss() -> None:
    p = np.linspace(0, 1, 5)
    axis = regression.pushes(p, {"cross-entropy": 1 - p, "squared error": p * (1 - p)}).axes[0]
    assert len(axis.lines) == 2
    assert "probability" in axis.get_xlabel()


def test_explorer_has_a_small_panel_for_each_source() -> None:
    found = Comparison({"pose": (0.5, 0.6, 0.7), "random": (0.4, 0.5, 0.5)})
    x = np.zeros((3, 16, 16, 1), dtype="float32")
    control, panels = regression.source_explorer(
        {"pose": "How far <turned>?", "random": "Nothing."},
        {"pose": (x, ["1°"] * 3), "random": (x, [""] * 3)},
        {"digits": found, "letters": found},
        "random",
    ).children
    assert [label for label, _ in control.options] == ["pose", "random"]
    pose, random = (panel.value for panel in panels.children)
    assert "How far &lt;turned&gt;?" in pose
    assert "against random: +0.1" in pose
    assert "against" not in random
    assert max(len(pose), len(random)) < 40_000
