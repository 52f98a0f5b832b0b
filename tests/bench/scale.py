"""Measures what one submission costs: `python -m tests.bench.scale` writes `book/scale.toml`.

The site's page on scale simulates large classes from these figures.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from autograder.grading.whole_class import Grading, find_submissions
from autograder.record.journal import STATE_FOLDER
from autograder.workspace.folders import Workspace
from tests.bench.figures import ROOT
from tests.bench.grading import BIN, make_class, ours, private_megabytes
from tests.bench.lessons import LESSONS, load, machine

COSTS = ROOT / "book" / "scale.toml"


def measure(lesson: Path, size: int, runs: int) -> dict[str, object]:
    """The costs of one submission of `lesson`, medians of some runs with a class of `size`."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_class(Path(folder), lesson, ROOT / "tests" / "bank", size)
        alone, whole, record, feedback = [], [], [], []
        for _ in range(runs):
            alone.append(one(workspace))
            seconds, outcomes = ours(workspace)
            whole.append(seconds)
            record.append(recording(workspace, size))
            feedback.append(pages(workspace, size))
        slope = (statistics.median(whole) - statistics.median(alone)) / (size - 1)
        seconds = slope * (os.cpu_count() or 1)
        cells = [outcome["seconds"] for outcome in outcomes]
        beside = seconds - statistics.mean(cells)
        results = list((workspace.root / STATE_FOLDER / "results").iterdir())
        work = [path.stat().st_size for path in workspace.submitted.rglob("*") if path.is_file()]
        return {
            "machine": f"Measured on {machine()}",
            "core_seconds": [round(max(0.0, each + beside), 2) for each in cells],
            "start_seconds": round(statistics.median(alone) - seconds, 1),
            "record_seconds": round(statistics.median(record), 4),
            "feedback_seconds": round(statistics.median(feedback), 3),
            "submission_kb": round(sum(work) / size / 1000, 1),
            "result_kb": round(statistics.mean(p.stat().st_size for p in results) / 1000, 1),
            "private_mb": round(private_megabytes(workspace, lesson.stem)),
            "kernel_mb": kernel_megabytes(),
        }


def one(workspace: Workspace) -> float:
    """Seconds for grading one submission and no more."""
    student = min(path.name for path in workspace.submitted.iterdir())
    shutil.rmtree(workspace.root / STATE_FOLDER, ignore_errors=True)
    return _seconds("grade", "-s", student, "-w", workspace.root)


def recording(workspace: Workspace, size: int) -> float:
    """Seconds for recording one result of a graded class again."""

    def again() -> float:
        began = time.monotonic()
        list(Grading(workspace, find_submissions(workspace, [], [])))
        return time.monotonic() - began

    again()  # modules are imported, files are read
    nothing = again()
    (workspace.root / STATE_FOLDER / "journal.jsonl").unlink()
    return (again() - nothing) / size


def pages(workspace: Workspace, size: int) -> float:
    """Seconds for one feedback page by one process, its start left out."""
    student = min(path.name for path in workspace.submitted.iterdir())
    command = ("feedback", "--jobs", "1", "-w", workspace.root)
    return (_seconds(*command) - _seconds(*command, "-s", student)) / (size - 1)


def kernel_megabytes() -> int:
    """Return the memory of a kernel in the median lesson, as `tests.bench.lessons` measured it."""
    figures = load()
    return round(statistics.median(figures[f"lesson_{number}_mb"].value for number in LESSONS))


def _seconds(*arguments: object) -> float:
    began = time.monotonic()
    command = [BIN / "autograder", *map(str, arguments)]
    subprocess.run(command, check=False, capture_output=True)
    return time.monotonic() - began


def main() -> None:
    """Measure, and write the figures where the page finds them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument("--size", type=int, default=36, help="the class (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="how often (default: %(default)s)")
    options = parser.parse_args()
    lesson = ROOT / "solutions" / "02_anatomy_and_freezing.py"
    costs = measure(lesson, options.size, options.runs)
    # JSON's strings, numbers and lists are TOML's, too.
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in costs.items()]
    COSTS.write_text("".join(lines), encoding="utf-8")
    print(COSTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
