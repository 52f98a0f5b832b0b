"""Gaps tell what is clear, shortcuts and the curse have units, the explorer has all panels."""

import numpy as np

from transferlab.experiment import Comparison
from transferlab.see import choosing

FOUND = Comparison(
    {
        "pixels": (0.50, 0.52, 0.51, 0.49),
        "good": (0.70, 0.71, 0.72, 0.70),
        "unsure": (0.40, 0.62, 0.52, 0.51),
        "bad": (0.30, 0.31, 0.32, 0.28),
    }
)


def test_gaps_fill_the_marker_of_what_is_clear() -> None:
    rows = {name: FOUND.difference(name, "pixels") for name in ("good", "unsure")}
    axis = choosing.gaps(rows, than="pixels").axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["good", "unsure"]
    assert "better than pixels" in axis.get_xlabel()
    markers = [line for line in axis.lines if line.get_marker() in "Do"]
    assert [line.get_marker() for line in markers] == ["D", "o"]
    assert markers[1].get_markerfacecolor() == "white"
    assert axis.texts[0].get_text() == "+20.2"


def test_shortcuts_have_a_panel_for_each_fact_and_name_all_sources() -> None:
    facts = {name: {"size": size, "probe": size / 9} for size, name in enumerate("xyz")}
    figure = choosing.shortcuts(facts, {"size": "size (count)"}, probe="probe")
    assert figure.axes[0].get_xlabel() == "size (count)"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["x", "y", "z"]


def test_winners_curse_draws_both_lines_over_the_counts() -> None:
    chosen_on = np.array([[0.4, 0.5], [0.5, 0.6]])
    axis = choosing.winners_curse([1, 50], chosen_on, chosen_on - 0.1).axes[0]
    assert [text.get_text().strip() for text in axis.texts] == [
        "on the images that chose it",
        "on fresh images",
    ]
    np.testing.assert_allclose(axis.lines[0].get_ydata(), [0.45, 0.55])
    assert "count" in axis.get_xlabel()


def test_within_noise_sorts_and_names_those_that_are_level() -> None:
    scores = {"low": np.full(4, 0.2), "near": np.full(4, 0.79), "top": np.array([0.7, 0.9] * 2)}
    axis = choosing.within_noise(scores).axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["top", "near", "low"]
    assert [text.get_text().split()[1:] for text in axis.texts] == [["level"], ["level"], []]


def test_explorer_has_maps_and_targets_with_text_for_those_who_do_not_see() -> None:
    widget = choosing.sources_explorer({"digits": FOUND, "letters": FOUND}, references=["pixels"])
    control, stack = widget.children
    assert [label for label, _ in control.options] == ["all targets", "one target, against pixels"]
    (maps, map_panels), (targets, target_panels) = (panel.children for panel in stack.children)
    assert [label for label, _ in maps.options] == ["accuracy", "gain over pixels"]
    assert [label for label, _ in targets.options] == ["digits", "letters"]
    assert "best: good for digits, good for letters" in map_panels.children[1].value
    assert "clear of zero: good, bad" in target_panels.children[0].value
