"""A comparison keeps every seed's score, and says how far the methods differ and how surely."""

import numpy as np
import pytest

from transferlab import experiment
from transferlab.experiment import Comparison, ExperimentError, compare

GAINS = Comparison({"old": (0.5, 0.6, 0.7), "new": (0.6, 0.7, 0.9)})


def test_every_method_meets_every_seed_in_order() -> None:
    met: list[tuple[str, int]] = []

    def method(name: str) -> experiment.Method:
        return lambda seed: met.append((name, seed)) or seed / 10

    found = compare({"a": method("a"), "b": method("b")}, seeds=[3, 1])
    assert met == [("a", 3), ("b", 3), ("a", 1), ("b", 1)]
    assert found.scores == {"a": (0.3, 0.1), "b": (0.3, 0.1)}


def test_mean_and_spread() -> None:
    assert GAINS.mean("old") == pytest.approx(0.6)
    assert GAINS.sd("old") == pytest.approx(0.1)
    assert Comparison({"a": (1.0,)}).sd("a") == 0


def test_difference_is_paired() -> None:
    difference = GAINS.difference("new", "old")
    assert difference.mean == pytest.approx(0.4 / 3)
    assert (difference.wins, difference.seeds) == (3, 3)
    # By hand: gaps .1, .1, .2; sd .0577; t(0.975, 2) is 4.303; 4.303 * .0577 / sqrt(3) = .1434.
    assert difference.low == pytest.approx(0.1333 - 0.1434, abs=1e-3)
    assert not difference.is_clear
    assert "higher in 3 of 3 seeds" in str(difference)


def test_a_constant_gap_is_clear_and_one_seed_never_is() -> None:
    assert Comparison({"a": (0.2, 0.4), "b": (0.1, 0.3)}).difference("a", "b").is_clear
    alone = Comparison({"a": (0.9,), "b": (0.1,)}).difference("a", "b")
    assert not alone.is_clear
    assert np.isinf(alone.high)


def test_table_names_the_metric_the_seeds_and_every_method() -> None:
    assert repr(GAINS).splitlines() == [
        "     accuracy, mean ± sd of 3 seeds",
        "old  0.600 ± 0.100",
        "new  0.733 ± 0.153",
    ]
    html = Comparison({"<b>": (0.5,)})._repr_html_()
    assert "&lt;b&gt;" in html
    assert "one seed: no spread" in html


def test_json_brings_back_the_same_comparison() -> None:
    assert Comparison.from_json(GAINS.as_json()) == GAINS


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(ExperimentError, match=r"no method 'newer'.*'old', 'new'"):
        GAINS.mean("newer")
    with pytest.raises(ExperimentError, match="at least one method"):
        compare({}, seeds=[0])
    with pytest.raises(ExperimentError, match="at least one method and one seed"):
        compare({"a": float}, seeds=[])
