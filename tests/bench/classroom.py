"""Measures what a large class costs apart from grading: `python -m tests.bench.classroom`.

The report of 1,000 students on one lesson as `autograder report` makes it, from starting Python to
the files written, and the comparison of 1,000 submissions with each other by itself. Every student
of that class writes answers of their own, made at random; copies are planted, and all of them and
nobody else must be found. Figures are kept with the others in `_build/bench.json`.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from nbformat.v4 import new_output
from rich.console import Console

from autograder.class_report.similarity import similar_pairs
from autograder.lesson.release import release_lesson
from autograder.scoring.results import Result
from autograder.workspace.folders import Workspace, create_workspace
from tests.bench.figures import ROOT, Figure, keep, median, tell
from tests.grading.disguise import disguised, invented
from tests.grading.recorded import record, result, work

LESSON = "02_anatomy_and_freezing"
EXERCISES = ("count_trainable", "freeze", "freeze_base", "moved_weights", "train_in_two_phases")
COPIES = 20
FIGURE_BYTES = 25_000  # what a plot in an executed notebook takes, as text
console = Console()

Answers = dict[str, dict[str, str]]
Pairs = set[tuple[str, str]]


def make_answers(size: int, chance: random.Random) -> tuple[Answers, Pairs]:
    """A class of `size`, each exercise with ten statements, and the pairs that are copies."""
    answers = {
        f"student{number:05}": {name: invented(name, chance) for name in EXERCISES}
        for number in range(size - COPIES)
    }
    planted = set()
    for number, original in enumerate(list(answers)[:COPIES]):
        copy = f"zcopy{number:05}"
        answers[copy] = {name: disguised(c, chance) for name, c in answers[original].items()}
        planted.add((original, copy))
    return answers, planted


def measure_similarity(size: int, runs: int) -> dict[str, Figure]:
    """Seconds to compare all with all.

    Raises:
        AssertionError: a copy was not found, or somebody else was.
    """
    seconds = []
    for seed in range(runs):
        answers, planted = make_answers(size, random.Random(seed))
        began = time.perf_counter()
        pairs = similar_pairs(LESSON, answers, {})
        seconds.append(time.perf_counter() - began)
        assert {(pair.first, pair.second) for pair in pairs} == planted
        console.print(f"{size} students compared in {seconds[-1]:.1f} s")
    return {f"similarity_{size}_seconds": median(seconds, "s", 30.0)}


def measure_report(size: int, runs: int) -> dict[str, Figure]:
    """Seconds of `autograder report`, its comparison of submissions and its start included."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_class(Path(folder), size, random.Random(0))
        command = [Path(sys.executable).with_name("autograder"), "report", "-w", workspace.root]
        for _ in range(runs):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
            seconds.append(time.perf_counter() - began)
            console.print(f"report of {size} students in {seconds[-1]:.1f} s")
    return {f"report_{size}_seconds": median(seconds, "s", 10.0)}


def make_class(folder: Path, size: int, chance: random.Random) -> Workspace:
    """A graded class of `size` on one lesson, with notebooks as large as real ones."""
    workspace = create_workspace(folder / "grading")
    release_lesson(ROOT / "solutions" / f"{LESSON}.py", workspace)
    answers, _ = make_answers(size, chance)
    blank = result(workspace, LESSON, {})
    results = {s: made(blank, each, chance) for s, each in answers.items()}
    record(workspace, LESSON, results)
    for student in results:
        work(workspace, LESSON, student, chance.randrange(6), chance.randrange(20, 120))
    return workspace


def made(blank: Result, answers: dict[str, str], chance: random.Random) -> Result:
    """A result with these answers in the executed notebook, figures, and scores by chance."""
    notebook = json.loads(blank.notebooks[LESSON])
    figures = 0
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name].splitlines(keepends=True)
        elif cell["cell_type"] == "code" and figures < 4:
            figures += 1
            png = {"image/png": "".join(chance.choices("abcdefgh", k=FIGURE_BYTES))}
            cell["outputs"] = [dict(new_output("display_data", png))]
    ability = chance.random()
    checks = [
        {
            **asdict(check),
            "score": score,
            "reason": "" if score else f"It should learn and is frozen: {chance.randrange(5)}.",
        }
        for check in blank.checks
        for score in [check.max_score * (chance.random() < 0.3 + 0.6 * ability)]
    ]
    values = {**blank.as_dict(), "checks": checks, "notebooks": {LESSON: json.dumps(notebook)}}
    return Result.from_dict({**values, "seconds": 3 + chance.random()})


def main() -> None:
    """Measure what is asked for, and keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.classroom", description=__doc__)
    parser.add_argument("--only", choices=("report", "similarity"), help="only this part")
    parser.add_argument("--size", type=int, default=1000, help="the class (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="how often (default: %(default)s)")
    options = parser.parse_args()
    figures: dict[str, Figure] = {}
    if options.only in (None, "similarity"):
        figures |= measure_similarity(options.size, options.runs)
    if options.only in (None, "report"):
        figures |= measure_report(options.size, options.runs)
    keep(figures)
    tell(figures)


if __name__ == "__main__":
    main()
