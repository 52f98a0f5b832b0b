"""Measures the grader against nbgrader's own: `python -m tests.bench.grading`.

Both grade the same class in one run on the same machine, everything counted. Stock nbgrader grades
one submission after the other, so a part of the class tells its time for all; the rest of the
figures are ours alone. They are kept with the others in `_build/bench.json`.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import jupyter_client
import nbformat
from jupyter_client.provisioning import KernelProvisionerFactory
from rich.console import Console

from autograder.cells.metadata import grade_id, is_check
from autograder.demo_class import build
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import read
from autograder.grading.options import Options
from autograder.grading.this_machine import local_engine
from autograder.workspace.folders import Workspace, find_repository
from tests.bench.figures import Figure, keep, tell
from tests.grading.attacks.attackers import load
from tests.grading.attacks.siege import besiege, points_gained
from tests.grading.killing import kill_often

ROOT = find_repository()
BIN = Path(sys.executable).parent
TOY = ROOT / "tests" / "grading"
# Of the invented class, those whom stock nbgrader can grade.
GRADABLE = ("ada", "bela", "chen", "dilan", "elif", "femi", "gita", "hana", "igor")
STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'transferlab'\nc.Execute.timeout = 120\n"
PRIVATE = """\
rollup = open("/proc/self/smaps_rollup").read().splitlines()
print(sum(int(line.split()[1]) for line in rollup if line.startswith("Private")) / 1000)
"""
PARTS = ("kernels", "stock", "judge", "growth", "kills", "attacks")
console = Console()


def figure(runs: list[float], unit: str, goal: float) -> Figure:
    """The median of some runs."""
    return Figure(round(statistics.median(runs), 3), unit, goal, [round(run, 3) for run in runs])


def make_class(folder: Path, source: Path, bank: Path, size: int) -> Workspace:
    """A class of `size`: copies of those whom both can grade, each a file of its own."""
    workspace, _ = build(folder / "class", source, bank, set(GRADABLE))
    lesson = source.stem
    originals = {name: workspace.submitted / name / lesson for name in GRADABLE}
    present = [path for path in originals.values() if path.is_dir()]
    for number, original in enumerate(islice(cycle(present), size)):
        copy = workspace.submitted / f"student{number:05}" / lesson
        shutil.copytree(original, copy)
        path = copy / f"{lesson}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["metadata"]["number"] = number
        path.write_text(json.dumps(notebook), encoding="utf-8")
    for original in present:
        shutil.rmtree(original.parent)
    return workspace


def ours(workspace: Workspace, again: bool = False) -> tuple[float, list[dict]]:
    """Grade a class by `autograder grade`; return the seconds and the outcomes."""
    if not again:
        for name in (".autograder", "autograded"):
            shutil.rmtree(workspace.root / name, ignore_errors=True)
    report = workspace.root / "outcomes.json"
    began = time.monotonic()
    subprocess.run(
        [BIN / "autograder", "grade", "-w", workspace.root, "--json", report],
        check=False,
        capture_output=True,
    )
    seconds = time.monotonic() - began
    return seconds, json.loads(report.read_text(encoding="utf-8"))


def stock(workspace: Workspace, lesson: str, size: int, processes: int) -> float:
    """Grade the first `size` of a class by `nbgrader autograde`, split by hand over processes."""
    environment = {k: v for k, v in os.environ.items() if "PROVISIONER" not in k}
    students = sorted(path.name for path in workspace.submitted.iterdir())[:size]
    with tempfile.TemporaryDirectory() as folder:
        courses = [Path(folder) / str(number) for number in range(processes)]
        for number, course in enumerate(courses):
            course.mkdir()
            (course / "nbgrader_config.py").write_text(STOCK)
            shutil.copytree(workspace.source, course / "source")
            subprocess.run(
                [BIN / "nbgrader", "generate_assignment", lesson, "--force"],
                cwd=course,
                env=environment,
                check=True,
                capture_output=True,
            )
            for student in students[number::processes]:
                shutil.copytree(workspace.submitted / student, course / "submitted" / student)
        began = time.monotonic()
        running = [
            subprocess.Popen(
                [BIN / "nbgrader", "autograde", lesson],
                cwd=course,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for course in courses
        ]
        for process in running:
            process.wait()
        return time.monotonic() - began


def measure_against_stock(lesson: Path, size: int, sample: int, runs: int) -> dict[str, Figure]:
    """Both graders on one class: how many times faster, and how near to the cells' own time."""
    one, two, floor, private = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_class(Path(folder), lesson, ROOT / "tests" / "bank", size)
        for _ in range(runs):
            seconds, outcomes = ours(workspace)
            one.append(stock(workspace, lesson.stem, sample, 1) * size / sample / seconds)
            two.append(stock(workspace, lesson.stem, sample, 2) * size / sample / seconds)
            cells = sum(outcome["seconds"] for outcome in outcomes)
            floor.append(seconds / (cells / (os.cpu_count() or 1)))
            console.print(f"{size} in {seconds:.1f} s; cells {cells:.1f} s; {one[-1]:.1f} times")
        private = [private_megabytes(workspace, lesson.stem)]
    return {
        "grade_speedup_stock": figure(one, "x", 15),
        "grade_speedup_stock_two": figure(two, "x", 8),
        "grade_over_floor": figure(floor, "x", 1.3),
        "private_mb_per_submission": figure(private, "MB", 250),
    }


def private_megabytes(workspace: Workspace, lesson: str) -> float:
    """What one submission holds for itself at its end, its arrays included."""
    source = workspace.source / lesson / f"{lesson}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    cell = nbformat.v4.new_code_cell(PRIVATE)
    cell.metadata.nbgrader = {
        **next(c for c in notebook.cells if c.metadata.get("nbgrader")).metadata.nbgrader,
        **{"grade": False, "solution": False, "locked": True, "grade_id": "private"},
    }
    notebook.cells.append(cell)
    nbformat.write(notebook, source)
    student = min(path.name for path in workspace.submitted.iterdir())
    command = f"{BIN / 'autograder'} grade -s {student} --run-all -w".split()
    subprocess.run([*command, workspace.root], check=False, capture_output=True)
    executed = nbformat.read(workspace.autograded / student / lesson / f"{lesson}.ipynb", 4)
    return float(executed.cells[-1].outputs[0].text)


def measure_growth(runs: int) -> dict[str, Figure]:
    """Whether a submission takes longer in a larger class, and how fast nothing is done again."""
    growth, regrade = [], []
    source = TOY / "solutions" / "01_toy.py"
    for _ in range(runs):
        seconds = {}
        for size in (50, 200, 1000):
            with tempfile.TemporaryDirectory() as folder:
                workspace = make_class(Path(folder), source, TOY / "bank", size)
                seconds[size] = ours(workspace)[0] / size
                if size == 200:
                    regrade.append(ours(workspace, again=True)[0])
        growth.append(seconds[1000] / seconds[50])
    return {
        "growth_1000_over_50": figure(growth, "x", 1.1),
        "regrade_200_seconds": figure(regrade, "s", 5),
    }


def toy_classes(size: int) -> Iterator[Workspace]:
    """Ever new classes of that size on the toy lesson."""
    while True:
        with tempfile.TemporaryDirectory() as folder:
            yield make_class(Path(folder), TOY / "solutions" / "01_toy.py", TOY / "bank", size)


def measure_kills(kills: int) -> dict[str, Figure]:
    """How many grades were lost or doubled by killing a grader that often at random moments."""
    graders, wrong = kill_often(toy_classes(24), random.Random(0), kills)
    for sentence in wrong:
        console.print(sentence, markup=False)
    console.print(f"{len(graders)} kills, {len(wrong)} grades lost or doubled")
    return {"kills_lost": figure([len(wrong)], "grades", 0)}


def measure_judge(lesson: Path, runs: int) -> dict[str, Figure]:
    """Processor time that a submission takes more because its checks are judged elsewhere."""
    extra = []
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_class(Path(folder), lesson, ROOT / "tests" / "bank", 2 * len(GRADABLE))
        for _ in range(runs):
            elsewhere, inside = (graded(workspace, lesson.stem, inside=i) for i in (False, True))
            extra.append(elsewhere - inside)
            console.print(f"judged elsewhere {elsewhere:.2f} s, inside {inside:.2f} s")
    return {"judge_extra_seconds": figure(extra, "s", 0.3)}


def graded(workspace: Workspace, name: str, inside: bool) -> float:
    """Run all submissions, as many at a time as there are processors; seconds of one for each."""
    lesson, options = Lesson.read(workspace.source / name), Options()
    if inside:
        cells = [cell for notebook in lesson.notebooks.values() for cell in notebook.cells]
        lesson = replace(lesson, inside=frozenset(map(grade_id, filter(is_check, cells))))
    folders = sorted(workspace.submitted.glob(f"*/{name}"))
    with local_engine([lesson], options) as engine, ThreadPoolExecutor(engine.threads) as pool:
        began = time.monotonic()
        list(pool.map(lambda path: engine.run(lesson, read(lesson, path), options), folders))
        return (time.monotonic() - began) * engine.threads / len(folders)


def measure_attacks() -> dict[str, Figure]:
    """How many points all attacks together have got beyond what their work deserves."""
    attacks = load()
    with tempfile.TemporaryDirectory() as folder:
        gained = points_gained(besiege(Path(folder), attacks), attacks)
    console.print(f"{len(attacks)} attacks, {gained:g} points gained")
    return {"attack_points_gained": figure([gained], "points", 0)}


def measure_kernels(runs: int) -> dict[str, Figure]:
    """Seconds until a kernel has TensorFlow: forked from a zygote, and cold."""

    def seconds() -> float:
        KernelProvisionerFactory.clear_instance()  # it has read the variable once
        began = time.monotonic()
        manager, client = jupyter_client.manager.start_new_kernel()
        client.execute_interactive("import tensorflow, keras", timeout=120)
        taken = time.monotonic() - began
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        return taken

    os.environ.pop("JUPYTER_DEFAULT_PROVISIONER_NAME", None)
    cold = [seconds() for _ in range(runs)]
    os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = "warm-provisioner"
    warm = [seconds() for _ in range(1 + runs)][1:]
    return {
        "warm_kernel_seconds": figure(warm, "s", 0.5),
        "cold_kernel_seconds": figure(cold, "s", 0),
    }


def main() -> None:
    """Measure what is asked for, and keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.grading", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="only this part")
    parser.add_argument("--lesson", default="02_anatomy_and_freezing", help="the lesson graded")
    parser.add_argument("--size", type=int, default=48, help="the class (default: %(default)s)")
    parser.add_argument(
        "--sample", type=int, default=12, help="how many stock nbgrader grades (%(default)s)"
    )
    parser.add_argument("--runs", type=int, default=3, help="how often (default: %(default)s)")
    parser.add_argument(
        "--kills", type=int, default=200, help="how often a grader is killed (%(default)s)"
    )
    options = parser.parse_args()
    lesson = ROOT / "solutions" / f"{options.lesson}.py"
    figures: dict[str, Figure] = {}
    if options.only in (None, "kernels"):
        figures |= measure_kernels(options.runs)
    if options.only in (None, "stock"):
        figures |= measure_against_stock(lesson, options.size, options.sample, options.runs)
    if options.only in (None, "judge"):
        figures |= measure_judge(lesson, options.runs)
    if options.only in (None, "growth"):
        figures |= measure_growth(options.runs)
    if options.only in (None, "kills"):
        figures |= measure_kills(options.kills)
    if options.only in (None, "attacks"):
        figures |= measure_attacks()
    keep(figures)
    tell(figures)


if __name__ == "__main__":
    main()
