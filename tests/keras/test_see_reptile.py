"""The pictures of lesson 12: axes with units, one panel for each task, small panels."""

import re

import numpy as np
import pytest

from transferlab import meta
from transferlab.experiment import Comparison
from transferlab.see import reptile, selfsupervision


@pytest.fixture(scope="module")
def tasks() -> list[meta.Task]:
    return meta.sine_tasks(3, seed=0)


def labels(figure) -> list[str]:
    return [axis.get_xlabel() for axis in figure.axes]


def test_waves_have_a_panel_for_each_task(tasks) -> None:
    assert labels(reptile.waves(tasks)) == ["x (no unit)"] * 3


def test_fits_write_the_error_beside_the_title(tasks) -> None:
    figure = reptile.fits({"flat": (tasks[0], np.zeros((50, 1))), "right": (tasks[1], tasks[1][3])})
    assert [axis.get_title(loc="left") for axis in figure.axes] == [
        f"flat:\nerror {np.mean(tasks[0][3] ** 2):.2f}",
        "right:\nerror 0.00",
    ]


def test_paths_start_at_the_origin_of_the_plane() -> None:
    start = [np.zeros((2, 2)), np.zeros(3)]
    ends = [[array + n for array in start] for n in (1, 2)]
    ends[1][1] = ends[1][1] * -1
    figure = reptile.weight_paths([[start, end] for end in ends], ends[0])
    for line in figure.axes[0].lines[:2]:
        np.testing.assert_allclose(line.get_xydata()[0], (0, 0), atol=1e-9)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_error_by_step_draws_each_start(logarithmic: bool) -> None:
    curves = {"one": np.ones((4, 6)), "two": np.full((4, 6), 0.5)}
    axis = reptile.error_by_step(curves, logarithmic=logarithmic).axes[0]
    assert [len(line.get_xdata()) for line in axis.lines] == [6 - logarithmic] * 2
    assert "(count)" in axis.get_xlabel()
    assert "(y²)" in axis.get_ylabel()


def test_explorer_has_a_small_panel_for_each_task_and_step(tasks) -> None:
    chosen = {"a": tasks[0], "b": tasks[1]}
    answers = {name: {"random": np.zeros((3, 50, 1))} for name in chosen}
    widget = reptile.adaptation_explorer(chosen, answers, steps=(0, 2))
    inner = widget.children[1].children
    assert len(inner) == 2
    for part in inner:
        pictures = [panel.value for panel in part.children[1].children]
        assert len(pictures) == 2
        assert all(re.search(r'alt="Answers .* after \d steps', value) for value in pictures)
        assert all(len(value) < 60_000 for value in pictures)


def test_turns_by_class_puts_the_hardest_first() -> None:
    axis = selfsupervision.turns_by_class(("A", "O", "F"), (0.6, 0.3, 0.9)).axes[0]
    assert [tick.get_text() for tick in axis.get_xticklabels()] == ["O", "A", "F"]
    assert axis.get_ylabel().endswith("(%)")


def test_sources_have_a_panel_for_each_target() -> None:
    result = Comparison({"pixels": (0.4, 0.5), "letters": (0.7, 0.8)})
    figure = selfsupervision.sources({"near": result, "far": result}, ["pixels", "letters"])
    assert labels(figure) == ["accuracy (%)"] * 2
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == ["pixels", "letters"]
