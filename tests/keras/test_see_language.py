"""Figures of lesson 11 have axes and tell ids, words and methods; the explorer has its panels."""

import numpy as np

from transferlab.experiment import Comparison
from transferlab.see import language

VOCABULARY = ("", "[UNK]", "read", "file", "socket")
VECTORS = np.array([[0, 0], [0, 0], [1, 0], [1, 0.2], [0, 1]], "float32")
RESULT = Comparison({"one": (0.5, 0.7), "two": (0.2, 0.2)})


def test_ids_marks_padding_and_unknown_words() -> None:
    figure = language.ids(np.array([[2, 1, 0], [3, 4, 2]]), VOCABULARY)
    (axis,) = figure.axes
    assert axis.get_xlabel() == "place in the text"
    assert [cell.get_hatch() or "" for cell in axis.patches] == ["", "..", "///", "", "", ""]
    assert "[UNK]" in [text.get_text() for text in axis.texts]


def test_word_map_names_each_word_and_group() -> None:
    groups = {"files": ["read", "file"], "networks": ["socket"]}
    figure = language.word_map(VECTORS[2:], VOCABULARY[2:], groups)
    (axis,) = figure.axes
    assert {text.get_text() for text in axis.texts} == {"read", "file", "socket"}
    assert [text.get_text() for text in axis.get_legend().get_texts()] == list(groups)


def test_accuracies_draws_a_panel_for_each_comparison() -> None:
    figure = language.accuracies({"first": RESULT, "second": RESULT}, chance=0.25)
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["first", "second"]
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    np.testing.assert_allclose(widths, [0.6, 0.2])
    assert "accuracy" in figure.axes[0].get_xlabel()


def test_by_labels_draws_a_line_and_a_band_for_each_method() -> None:
    figure = language.by_labels({"5 per topic": RESULT, "50 per topic": RESULT}, ["one", "two"])
    (axis,) = figure.axes
    assert [line.get_label() for line in axis.lines] == ["one", "two"]
    assert axis.lines[0].get_xdata().tolist() == [5, 50]
    assert len({line.get_linestyle() for line in axis.lines}) == 2
    assert len(axis.collections) == 2


def test_explorer_has_a_panel_for_each_word() -> None:
    control, panels = language.neighbours_explorer(VECTORS, VOCABULARY, ["read", "socket"]).children
    assert [label for label, _ in control.options] == ["read", "socket"]
    first = panels.children[0].value
    assert first.index("<code>file</code>") < first.index("<code>socket</code>")
