"""What is published of the measurements; nothing is measured here."""

import json
from pathlib import Path

import pytest

from tests.bench import lessons as bench


@pytest.fixture
def figures() -> bench.Figures:
    values = {"seconds": [21.04, 20.0, 99.0], "mb": [800.4], "check_seconds": [0.1]}
    values["slowest_check_seconds"] = [0.6]
    number = next(iter(bench.LESSONS))
    return {
        f"lesson_{number}_{name}": bench.median(values[name], unit, goal)
        for name, (unit, goal) in bench.OF_A_LESSON.items()
    }


def test_readme_shows_figures_over_all_lessons(figures: bench.Figures) -> None:
    figures["lab_ready_seconds"] = bench.median([7.7], "s", 10.0)
    table = bench.table(bench.overall(figures))
    for row in (
        "| `lesson_median_seconds` | 21.0 s | < 30 s |",
        "| `lesson_slowest_seconds` | 21.0 s | < 60 s |",
        "| `lesson_largest_mb` | 800 MB | < 1500 MB |",
        "| `slowest_check_seconds` | 0.60 s | < 0.5 s |",
        "| `lab_ready_seconds` | 7.7 s | < 10 s |",
    ):
        assert row in table


def test_page_shows_the_lessons_that_were_measured(figures: bench.Figures) -> None:
    page = bench.page(figures)
    assert page.count("](lessons/") == 1
    assert "| 21.0 s | 800 MB | 0.10 s | 0.60 s |" in page
    assert "| stay below | 60 s | 1500 MB | 0.5 s | 0.5 s |" in page


def test_lesson_that_is_gone_is_forgotten(
    figures: bench.Figures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = {"value": 1.0, "unit": "s", "goal": 1.0, "runs": [1.0]}
    kept = {name: figure.__dict__ for name, figure in figures.items()}
    monkeypatch.setattr(bench, "OUT", tmp_path / "bench.json")
    bench.OUT.write_text(json.dumps({**kept, "lesson_99_seconds": gone}))
    assert bench.load() == figures
    assert "<!-- bench:begin -->" in bench.README.read_text(encoding="utf-8")
