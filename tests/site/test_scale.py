"""The page on scale: its simulation agrees with what can be worked out by hand."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builder import scale
from PIL import Image

ROOT = Path(__file__).parents[2]

COSTS = scale.Costs("here", (2.0,), 10.0, 0.5, 0.1, 50.0, 100.0, 200.0, 800.0)


def test_a_class_at_once_takes_its_share_of_each_core() -> None:
    # Two rounds of 2 s on two cores; then the last is recorded after the one beside it.
    assert scale.at_once(4, 2, COSTS) == 10 + 2 * 2.0 + 2 * 0.5
    # The writer is the slower one: the first ends at 2 s, eight are recorded one by one.
    assert scale.at_once(8, 8, COSTS) == 10 + 2.0 + 8 * 0.5


def test_who_comes_alone_waits_for_nobody() -> None:
    far_apart = np.array([0.0, 100.0, 200.0])
    assert (scale.recorded(far_apart, 1, COSTS) - far_apart).tolist() == [2.5, 2.5, 2.5]


def test_who_comes_together_waits_for_the_one_before() -> None:
    assert scale.recorded(np.zeros(3), 1, COSTS).tolist() == [2.5, 4.5, 6.5]


def test_half_of_the_class_comes_in_the_last_hours() -> None:
    arrived = scale.arrivals(20_000)
    assert (np.diff(arrived) >= 0).all()
    assert arrived.max() <= 0
    late = (arrived > -3600 * scale.HALF_WITHIN_HOURS).mean()
    assert late == pytest.approx(0.5, abs=0.02)


def test_at_work_are_those_whose_hour_holds_the_same_moment() -> None:
    # All within the last hour would be at work at once; nobody but oneself, if days apart.
    share = 1 - 0.5 ** (1 / scale.HALF_WITHIN_HOURS)  # who hands in within the last hour
    assert scale.at_work(20_000) == pytest.approx(20_000 * share, rel=0.05)


@pytest.mark.parametrize(
    ("change", "cores", "step"),
    [
        ({}, 2, "running"),
        ({}, 8, "recording"),
        ({"feedback_seconds": 9.0}, 8, "feedback pages"),
    ],
)
def test_the_step_that_takes_longest_is_named(change, cores, step) -> None:
    assert scale.bottleneck(cores, replace(COSTS, **change)) == step


@pytest.mark.parametrize(
    ("seconds", "said"), [(45.4, "45 s"), (90, "2 min"), (5399, "90 min"), (5400, "1.5 h")]
)
def test_durations_are_said_in_the_unit_that_fits(seconds: float, said: str) -> None:
    assert scale.duration(seconds) == said


def test_the_page_tells_what_was_measured(tmp_path: Path) -> None:
    costs = scale.read(ROOT / "book" / "scale.toml")
    facts = scale.facts(costs)
    assert f"{1000 * costs.record_seconds:.0f} ms" in facts["scale_costs"]
    assert facts["scale_machine"] == costs.machine
    assert all(f"{students:,} students" in facts["scale_at_once"] for students in scale.CLASSES)


def test_the_plot_is_drawn() -> None:
    with Image.open(io.BytesIO(scale.picture(COSTS))) as picture:
        assert np.asarray(picture.convert("L")).std() > 10
