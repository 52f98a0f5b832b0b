"""Measures what the project promises: writes `_build/bench.json` and the README's table.

Timings belong here and never in a pass/fail test: machines are shared and noisy.
"""

import json
import os
import platform
import re
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import nbclient
import nbformat
from rich.console import Console

from autograder import release
from autograder.workspace import find_repository
from tests.site import jupyterlab_server
from tests.site.browser import chromium

ROOT = find_repository()
LESSON = ROOT / "solutions" / "02_anatomy_and_freezing.py"
RUNS = 3
TABLE = re.compile(r"(<!-- bench:begin -->\n).*(<!-- bench:end -->)", re.DOTALL)
console = Console()


@dataclass(frozen=True)
class Figure:
    """A measured figure: the median of `runs`, beside what it should stay below."""

    value: float
    unit: str
    goal: float
    runs: list[float]


def figure(runs: list[float], goal: float) -> Figure:
    """Return the median of `runs` in seconds."""
    return Figure(round(statistics.median(runs), 2), "s", goal, [round(run, 3) for run in runs])


def run_lesson(lesson: Path) -> tuple[float, list[float]]:
    """Run a solved lesson from a cold kernel.

    Returns:
        The seconds from starting the kernel to the end, and the seconds of each check cell.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = release.write_solved(lesson, Path(folder))
        notebook = nbformat.read(path, as_version=4)
        client = nbclient.NotebookClient(
            notebook, resources={"metadata": {"path": folder}}, record_timing=True
        )
        start = time.perf_counter()
        client.execute()
        seconds = time.perf_counter() - start
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    return seconds, [_cell_seconds(cell) for cell in checks]


def _cell_seconds(cell: nbformat.NotebookNode) -> float:
    timing = cell.metadata.execution
    began = datetime.fromisoformat(timing["iopub.status.busy"])
    ended = datetime.fromisoformat(timing["shell.execute_reply"])
    return (ended - began).total_seconds()


def lab_ready() -> list[float]:
    """Return the seconds of `RUNS` warm starts of JupyterLab, after one that warms the caches."""
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        course = jupyterlab_server.copy_course(Path(folder) / "course")
        seconds = [jupyterlab_server.seconds_until_ready(course, browser) for _ in range(1 + RUNS)]
    return seconds[1:]


def measure() -> dict[str, Figure]:
    """Measure everything; the order is that of the table."""
    with console.status("running the solved lesson"):
        lessons = [run_lesson(LESSON) for _ in range(RUNS)]
    with console.status("starting JupyterLab"):
        lab = lab_ready()
    checks = [statistics.median(checks) for _, checks in lessons]
    slowest = [max(checks) for _, checks in lessons]
    return {
        "lesson_02_seconds": figure([seconds for seconds, _ in lessons], goal=30),
        "check_seconds": figure(checks, goal=0.5),
        "slowest_check_seconds": figure(slowest, goal=0.5),
        "lab_ready_seconds": figure(lab, goal=10),
    }


def table(figures: dict[str, Figure]) -> str:
    """Return the README's table, and the machine that it was measured on."""
    lines = ["| figure | median | goal | runs |", "|---|---|---|---|"]
    for name, row in figures.items():
        runs = ", ".join(f"{run:.2f}" for run in row.runs)
        lines.append(f"| `{name}` | {row.value} {row.unit} | < {row.goal} {row.unit} | {runs} |")
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    when = datetime.now(UTC).date()
    return "\n".join([*lines, "", f"{machine}, Python {platform.python_version()}, {when}."])


def main() -> None:
    """Measure, write the figures, and put the table into the README."""
    figures = measure()
    out = ROOT / "_build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(
        json.dumps({name: asdict(row) for name, row in figures.items()}, indent=2) + "\n"
    )
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(TABLE.sub(rf"\g<1>{table(figures)}\n\g<2>", text), encoding="utf-8")
    console.print(table(figures))


if __name__ == "__main__":
    main()
