"""Measures what a gradebook on PostgreSQL costs: `python -m tests.bench.postgres`.

The same class is graded on a server and on a file in one run on the same machine, in turns, whole:
the command from its start to its end. A lesson of the course is graded, as in
`tests.bench.grading`; with `--lesson 01_toy`, one that takes a tenth of the time, in which
recording weighs ten times as much.
The figure is kept with the others in `_build/bench.json`.
"""

import argparse
import os
import tempfile
from pathlib import Path

from rich.console import Console

from autograder.workspace.folders import CONFIG_FILE, CONFIG_TEXT, Workspace
from tests.bench.figures import Figure, keep, tell
from tests.bench.grading import ROOT, TOY, figure, make_class, ours
from tests.grading.postgres import running_server

GOAL = 1.05
console = Console()


def on_server(folder: Path, address: str) -> None:
    """Let the class that will be made in a folder keep its gradebook at an address."""
    root = folder / "class"
    root.mkdir(parents=True)
    own = f'c.CourseDirectory.db_url = "{address}"\n'
    (root / CONFIG_FILE).write_text(CONFIG_TEXT + own, encoding="utf-8")


def seconds(workspace: Workspace, size: int) -> float:
    """Grade a class of `size` by the command; how long that took, all of it recorded."""
    taken, outcomes = ours(workspace)
    assert len(outcomes) == size
    assert all(outcome["score"] is not None for outcome in outcomes)
    return taken


def measure(lesson: str, size: int, runs: int) -> dict[str, Figure]:
    """The same class on both, the order changed from run to run."""
    ratios = []
    home, bank = (TOY, TOY / "bank") if lesson == "01_toy" else (ROOT, ROOT / "tests" / "bank")
    source = home / "solutions" / f"{lesson}.py"
    with running_server(durable=True) as server, tempfile.TemporaryDirectory() as folder:
        os.environ["PGPASSFILE"] = str(server.password_file)
        on_server(Path(folder, "server"), server.new_database("class"))
        classes = {
            name: make_class(Path(folder, name), source, bank, size) for name in ("server", "file")
        }
        for number in range(runs):
            order = sorted(classes, reverse=bool(number % 2))
            taken = {name: seconds(classes[name], size) for name in order}
            ratios.append(taken["server"] / taken["file"])
            console.print(f"{size}: server {taken['server']:.2f} s, file {taken['file']:.2f} s")
    return {"postgres_over_sqlite": figure(ratios, "x", GOAL)}


def main() -> None:
    """Measure, and keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.postgres", description=__doc__)
    parser.add_argument("--lesson", default="02_anatomy_and_freezing", help="the lesson graded")
    parser.add_argument("--size", type=int, default=24, help="the class (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="how often (default: %(default)s)")
    options = parser.parse_args()
    figures = measure(options.lesson, options.size, options.runs)
    keep(figures)
    tell(figures)


if __name__ == "__main__":
    main()
