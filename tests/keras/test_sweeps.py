"""Sweeps can be found, shown and computed again; what is shipped is what its script tells of."""

from pathlib import Path

import pytest

from transferlab import sweeps
from transferlab.experiment import Comparison
from transferlab.sweeps import SweepError, __main__


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> sweeps.Sweep:
    """A sweep whose scores are known, in a folder of its own."""
    sweep = sweeps.Sweep(
        title="what a constant does",
        methods=lambda condition: {"plus": lambda seed: float(condition) + seed / 10},
        conditions=("1", "2"),
        seeds=(0, 1),
        goals={"1": {"plus": (1.05, 0.07)}},
    )
    monkeypatch.setattr(sweeps, "find", lambda name: sweep)
    monkeypatch.setattr(sweeps, "RESULTS", tmp_path)
    return sweep


def test_computed_kept_and_loaded(toy: sweeps.Sweep, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["toy"]) == 0
    assert sweeps.load("toy")["2"] == Comparison({"plus": (2.0, 2.1)})
    assert "1.050 ± 0.070" in capsys.readouterr().out  # the goal, beside the same figure


def test_a_missed_goal_is_shown_as_missed(
    toy: sweeps.Sweep, capsys: pytest.CaptureFixture[str]
) -> None:
    __main__.write(
        "toy", {"1": Comparison({"plus": (1.0, 1.1)}), "2": Comparison({"plus": (9.0,)})}
    )
    assert __main__.main(["toy", "--show"]) == 0
    assert "reached" in capsys.readouterr().out
    __main__.write("toy", {"1": Comparison({"plus": (7.0, 7.1)})})
    assert __main__.main(["toy", "--show"]) == 0
    assert "missed" in capsys.readouterr().out


def test_check_tells_whether_it_agrees(
    toy: sweeps.Sweep, capsys: pytest.CaptureFixture[str]
) -> None:
    __main__.write("toy", __main__.compute("toy"))
    assert __main__.main(["toy", "--check"]) == 0
    __main__.write("toy", {"1": Comparison({"plus": (7.0, 7.1)})})
    assert __main__.main(["toy", "--check"]) == 1
    assert "differs at 1" in " ".join(capsys.readouterr().out.split())


def test_one_point_is_computed_anew(toy: sweeps.Sweep) -> None:
    assert sweeps.recompute("toy", "2", "plus", seed=1) == 2.1
    with pytest.raises(SweepError, match="no condition '3'"):
        sweeps.recompute("toy", "3", "plus")
    with pytest.raises(SweepError, match="no method 'minus'"):
        sweeps.recompute("toy", "2", "minus")


def test_unknown_names_are_said() -> None:
    with pytest.raises(SweepError, match="There is no sweep 'nothing'"):
        sweeps.find("nothing")
    with pytest.raises(SweepError, match=r"run `python -m transferlab.sweeps nothing`"):
        sweeps.load("nothing")


@pytest.mark.parametrize("name", sweeps.names())
def test_shipped_result_belongs_to_its_script(name: str) -> None:
    sweep, kept = sweeps.find(name), sweeps.load(name)
    assert list(kept) == list(sweep.conditions)
    for condition, found in kept.items():
        assert list(found.scores) == list(sweep.methods(condition))
        assert all(len(scores) == len(sweep.seeds) for scores in found.scores.values())
        assert found.metric == sweep.metric
