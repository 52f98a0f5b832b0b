"""Measured figures: how they are made of runs, kept in `_build/bench.json`, and shown.

Timings belong in benchmarks and never in a pass/fail test: machines are shared and noisy.
"""

import json
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from rich.console import Console

from autograder.workspace import find_repository

ROOT = find_repository()
OUT = ROOT / "_build" / "bench.json"
console = Console()


@dataclass(frozen=True)
class Figure:
    """A measured figure: its value, made of `runs`, and what it should stay below."""

    value: float
    unit: str
    goal: float
    runs: list[float]

    def __str__(self) -> str:
        return f"{self.value:.{0 if self.unit == 'MB' else 1 if self.value >= 1 else 2}f}"


Figures = dict[str, Figure]


def median(runs: Iterable[float], unit: str, goal: float) -> Figure:
    """Return the median of `runs`."""
    runs = [round(run, 3) for run in runs]
    return Figure(round(statistics.median(runs), 2), unit, goal, runs)


def keep(figures: Figures) -> None:
    """Write figures next to those of other benchmarks, in place of earlier ones."""
    OUT.parent.mkdir(exist_ok=True)
    kept = json.loads(OUT.read_text()) if OUT.exists() else {}
    kept |= {name: asdict(row) for name, row in figures.items()}
    OUT.write_text(json.dumps(kept, indent=2) + "\n")


def tell(figures: Figures) -> None:
    """Show figures, a line each."""
    for name, row in figures.items():
        line = f"{name}: {row.value} {row.unit} (goal {row.goal:g}; runs {row.runs})"
        console.print(line, markup=False)
