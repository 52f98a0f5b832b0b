"""Measure the lessons and JupyterLab: `python -m tests.bench.lessons`, or `--lesson 03` for one.

The figures of lessons that were measured one by one are kept; a whole run writes the table of the
README and the site's page on run times from them.
"""

import argparse
import json
import os
import platform
import re
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import nbclient
import nbformat

from autograder.lesson import write_solved
from autograder.lesson.source import find_lessons
from tests.bench.figures import OUT, ROOT, Figure, Figures, console, keep, median
from tests.support import jupyterlab_server
from tests.support.browser import chromium
from transferlab import course

README = ROOT / "README.md"
PAGE = ROOT / "book" / "timings.md"
LESSONS = {path.stem[:2]: path for path in find_lessons([], ROOT / "solutions")}
TABLE = re.compile(r"(<!-- bench:begin -->\n).*(<!-- bench:end -->)", re.DOTALL)
# Run at the end of a lesson: the most memory that its kernel ever held. macOS counts in bytes.
PEAK_MEMORY = """\
import resource, sys
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / (1024**2 if sys.platform == "darwin" else 1024))
"""
# What is measured of each lesson: the unit, and what it should stay below.
OF_A_LESSON = {
    "seconds": ("s", 60.0),
    "mb": ("MB", 1500.0),
    "check_seconds": ("s", 0.5),
    "slowest_check_seconds": ("s", 0.5),
}


def run_lesson(lesson: Path) -> dict[str, float]:
    """Run a solved lesson once, from a cold kernel.

    Returns:
        A value for each name in `OF_A_LESSON`: the seconds from starting the kernel to the end,
        the kernel's peak memory, the median and the longest time of a check cell.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = write_solved(lesson, Path(folder))
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(PEAK_MEMORY))
        client = nbclient.NotebookClient(
            notebook, resources={"metadata": {"path": folder}}, record_timing=True
        )
        start = time.perf_counter()
        client.execute()
        seconds = time.perf_counter() - start
    graded = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    checks = [_cell_seconds(cell) for cell in graded]
    return {
        "seconds": seconds,
        "mb": float(notebook.cells[-1].outputs[0].text),
        "check_seconds": statistics.median(checks),
        "slowest_check_seconds": max(checks),
    }


def _cell_seconds(cell: nbformat.NotebookNode) -> float:
    timing = cell.metadata.execution
    began = datetime.fromisoformat(timing["iopub.status.busy"])
    ended = datetime.fromisoformat(timing["shell.execute_reply"])
    return (ended - began).total_seconds()


def measure_lesson(number: str, runs: int) -> Figures:
    """Return the figures of one lesson, each the median of some runs."""
    with console.status(f"running lesson {number}, solved"):
        measured = [run_lesson(LESSONS[number]) for _ in range(runs)]
    return {
        f"lesson_{number}_{name}": median((run[name] for run in measured), unit, goal)
        for name, (unit, goal) in OF_A_LESSON.items()
    }


def measure_lab(runs: int) -> Figures:
    """Return how long JupyterLab takes to open the start page, after a start to warm the caches."""
    with (
        console.status("starting JupyterLab"),
        chromium() as browser,
        tempfile.TemporaryDirectory() as folder,
    ):
        copy = jupyterlab_server.copy_course(Path(folder) / "course")
        seconds = [jupyterlab_server.seconds_until_ready(copy, browser) for _ in range(1 + runs)]
    return {"lab_ready_seconds": median(seconds[1:], "s", 10.0)}


def load() -> Figures:
    """Return what was measured earlier, without lessons that are gone."""
    if not OUT.exists():
        return {}
    stored = json.loads(OUT.read_text())
    kept = {f"lesson_{number}_{name}" for number in LESSONS for name in OF_A_LESSON}
    return {name: Figure(**stored[name]) for name in stored if name in {*kept, "lab_ready_seconds"}}


def overall(figures: Figures) -> Figures:
    """Return the README's figures: over all lessons, and of JupyterLab."""

    def of_lessons(name: str) -> list[float]:
        wanted = (f"lesson_{number}_{name}" for number in LESSONS)
        return [figures[each].value for each in wanted if each in figures]

    def largest(name: str) -> Figure:
        unit, goal = OF_A_LESSON[name]
        return Figure(max(of_lessons(name)), unit, goal, of_lessons(name))

    lessons = {
        "lesson_median_seconds": median(of_lessons("seconds"), "s", 30.0),
        "lesson_slowest_seconds": largest("seconds"),
        "lesson_largest_mb": largest("mb"),
        "check_seconds": median(of_lessons("check_seconds"), "s", 0.5),
        "slowest_check_seconds": largest("slowest_check_seconds"),
    }
    return lessons | {name: figures[name] for name in figures if name == "lab_ready_seconds"}


def table(figures: Figures) -> str:
    """Return the README's table, and the machine that it was measured on."""
    lines = ["| figure | measured | goal |", "|---|---|---|"]
    for name, row in figures.items():
        lines.append(f"| `{name}` | {row} {row.unit} | < {row.goal:g} {row.unit} |")
    return "\n".join([*lines, "", machine()])


def page(figures: Figures) -> str:
    """Return the site's page: the table of the lessons."""
    titles = {f"{lesson.number:02}": lesson.title for lesson in course.lessons(ROOT / "course")}
    rows = []
    for number, path in LESSONS.items():
        row = [figures.get(f"lesson_{number}_{name}") for name in OF_A_LESSON]
        if None not in row:
            cells = " | ".join(f"{figure} {figure.unit}" for figure in row if figure)
            rows.append(f"| [{int(number)}. {titles[number]}](lessons/{path.stem}) | {cells} |")
    goals = " | ".join(f"{goal:g} {unit}" for unit, goal in OF_A_LESSON.values())
    typical = overall(figures)["lesson_median_seconds"]
    return "\n".join(
        [
            "---\nhtml_theme.sidebar_secondary.remove: true\n---\n",
            "# How long the lessons run\n",
            "Each lesson is run with its exercises solved, from a cold kernel: the import of",
            "TensorFlow, each experiment, each check. Memory is the most that the kernel ever",
            "used. `make bench` measures again, takes medians and writes this page.\n",
            "| lesson | run time | peak memory | a check | slowest check |",
            "|---|---:|---:|---:|---:|",
            *rows,
            f"| stay below | {goals} |\n",
            f"The median lesson runs in {typical} s; it should stay below {typical.goal:g} s.\n",
            f"{machine()}\n",
        ]
    )


def machine() -> str:
    """What the figures were measured on, and when."""
    what = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    when = datetime.now(UTC).date()
    return f"{what}, Python {platform.python_version()}, {when}."


def publish(figures: Figures) -> None:
    """Put the figures into the README and onto the site's page."""
    text = README.read_text(encoding="utf-8")
    rows = table(overall(figures))
    README.write_text(TABLE.sub(rf"\g<1>{rows}\n\g<2>", text), encoding="utf-8")
    PAGE.write_text(page(figures), encoding="utf-8")


def main() -> None:
    """Measure what is asked for, keep it, and publish a whole run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lessons", description=__doc__)
    parser.add_argument(
        "--lesson",
        action="append",
        choices=LESSONS,
        metavar="NN",
        help="measure this lesson alone and publish nothing; may be repeated",
    )
    parser.add_argument("--runs", type=int, default=3, help="how often (default: %(default)s)")
    parser.add_argument(
        "--publish", action="store_true", help="measure nothing: write the tables from what is kept"
    )
    options = parser.parse_args()
    OUT.parent.mkdir(exist_ok=True)
    figures = load()
    if options.publish and not any(name.startswith("lesson_") for name in figures):
        parser.error("no lesson has been measured yet: run without --publish")
    for number in [] if options.publish else options.lesson or LESSONS:
        figures |= measure_lesson(number, options.runs)
    if not options.lesson and not options.publish:
        figures |= measure_lab(options.runs)
    everything = figures | overall(figures)
    keep(everything)
    if not options.lesson:
        publish(figures)
    console.print(table(everything), markup=False)


if __name__ == "__main__":
    main()
