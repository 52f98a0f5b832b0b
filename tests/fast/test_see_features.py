"""Scores show means and seeds, a confusion matrix its counts, the explorer all combinations."""

import numpy as np
import pytest

from transferlab.experiment import Comparison
from transferlab.see import features


def test_scores_have_a_row_for_each_method_and_a_marker_for_each_group() -> None:
    first = Comparison({"a": (0.2, 0.4), "b": (0.6, 0.8)})
    second = Comparison({"b": (0.1, 0.3)})
    axis = features.scores({"one": first, "other": second}, chance=0.1).axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["a", "b"]
    assert [text.get_text() for text in axis.texts] == ["0.30", "0.70", "0.20"]
    assert "accuracy (share of test images" in axis.get_xlabel()
    legend = [text.get_text() for text in axis.figure.legends[0].get_texts()]
    assert legend == ["one", "other", "guessing (0.10)"]
    paths = [collection.get_paths()[0].vertices.shape for collection in axis.collections]
    assert len(set(paths)) == 2, "the two groups need markers of two shapes"


def test_a_score_at_the_edge_is_drawn_whole() -> None:
    axis = features.scores({"one": Comparison({"a": (1.0, 1.0)})}).axes[0]
    assert not any(dots.get_clip_on() for dots in axis.collections)


def test_confusion_shows_counts_and_frames_what_is_right() -> None:
    matrix = np.array([[5, 2], [0, 7]])
    axis = features.confusion(matrix, ["cat", "dog"]).axes[0]
    assert sorted(text.get_text() for text in axis.texts) == ["2", "5", "7"]
    assert axis.get_xlabel() == "guessed class"
    assert axis.get_ylabel() == "true class"
    np.testing.assert_array_equal(axis.images[0].get_array(), [[0, 2], [0, 0]])
    assert [patch.get_xy() for patch in axis.patches] == [(-0.5, -0.5), (0.5, 0.5)]


def test_confusion_without_a_mistake_can_be_drawn() -> None:
    features.confusion(np.diag([3, 4, 5]), ["a", "b", "c"])


@pytest.fixture
def explorer():
    labels = np.repeat([0, 1], 10)
    apart = np.random.default_rng(0).normal(size=(20, 2)) + 100 * labels[:, None]
    mixed = np.random.default_rng(1).normal(size=(20, 2))
    planes = {"pixels": {"PCA": mixed, "t-SNE": mixed}, "features": {"PCA": apart, "t-SNE": apart}}
    return features.embedding_explorer(planes, labels)


def test_explorer_has_a_panel_for_each_description_and_layout(explorer) -> None:
    control, panels = explorer.children
    assert [label for label, _ in control.options] == ["pixels", "features"]
    for panel in panels.children:
        inner, pictures = panel.children
        assert [label for label, _ in inner.options] == ["PCA", "t-SNE"]
        assert all("<img alt=" in picture.value for picture in pictures.children)
    apart = panels.children[1].children[1].children[0].value
    assert "<strong>100%</strong>" in apart
    assert "20 digits as points in the plane, described by features" in apart
