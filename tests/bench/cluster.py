"""Measures grading on a cluster: `python -m tests.bench.cluster`.

Two workers, each bound to a processor of its own, against one of them on the same class, in turns;
and what is lost or doubled while workers, scheduler and grader are killed, frozen and cut off. The
figures are kept with the others in `_build/bench.json`. The faults need root, for a network that
can be cut.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from autograder.grading.whole_class import Grading, find_submissions
from autograder.workspace.folders import Workspace
from tests.bench.figures import Figure, keep, tell
from tests.bench.grading import ROOT, TOY, figure, make_class
from tests.grading.clusters import IMPATIENT, Dask, running
from tests.grading.killing import Killed, lost_or_doubled, start_grader

PARTS = ("efficiency", "faults")
PATIENCE = 600
FAULTS = ("worker killed", "worker frozen", "worker cut off", "scheduler killed", "grader killed")
# The far worker's own network, and both ends of the cable to it.
NETWORK, HERE, THERE, CABLE = "transferlab-far", "10.213.77.1", "10.213.77.2", "tlfar"
console = Console()


def seconds(workspace: Workspace, address: str) -> float:
    """Grade a whole class again on warm workers; how long that took."""
    for name in ("results", "journal.jsonl"):
        path = workspace.root / ".autograder" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    began = time.monotonic()
    outcomes = list(Grading(workspace, find_submissions(workspace, [], []), None, address))
    taken = time.monotonic() - began
    assert all(outcome.graded and not outcome.cached for outcome in outcomes)
    return taken


def measure_efficiency(lesson: Path, size: int, runs: int) -> dict[str, Figure]:
    """The throughput of two workers, as a part of twice that of one."""
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_class(Path(folder), lesson, ROOT / "tests" / "bank", size)
        with running(Path(folder, "one")) as one, running(Path(folder, "two")) as two:
            for cluster, workers in ((one, ["0"]), (two, ["0", "1"])):
                for processor in workers:
                    cluster.start(processor, prefix=("taskset", "-c", processor))
                seconds(workspace, cluster.address)  # they import what the lesson needs
            for number in range(runs):
                order = (one, two) if number % 2 else (two, one)
                taken = {cluster: seconds(workspace, cluster.address) for cluster in order}
                parts.append(taken[one] / taken[two] / 2)
                console.print(f"{size}: one {taken[one]:.1f} s, two {taken[two]:.1f} s")
    return {"cluster_efficiency": figure(parts, "of 2", 0.9)}


@contextmanager
def far_network() -> Iterator[None]:
    """A network of its own, with a cable to this one."""
    ip("netns", "add", NETWORK)
    try:
        ip("link", "add", CABLE, "type", "veth", "peer", "name", "far", "netns", NETWORK)
        ip("address", "add", f"{HERE}/30", "dev", CABLE)
        ip("link", "set", CABLE, "up")
        ip("-n", NETWORK, "address", "add", f"{THERE}/30", "dev", "far")
        ip("-n", NETWORK, "link", "set", "far", "up")
        ip("-n", NETWORK, "link", "set", "lo", "up")
        yield
    finally:
        ip("netns", "delete", NETWORK)


def ip(*arguments: str) -> None:
    """Change the network of this machine."""
    subprocess.run(["ip", *arguments], check=True)


class Siege:
    """A cluster of two near workers and a far one, to which bad things happen."""

    def __init__(self, cluster: Dask, chance: random.Random) -> None:
        self._cluster = cluster
        self.chance = chance
        self._count = 0
        self.faults: Counter[str] = Counter()
        self.mend()

    def mend(self) -> None:
        """Start what is missing."""
        gone = [n for n, process in self._cluster.processes.items() if process.poll() is not None]
        for name in gone:
            del self._cluster.processes[name]
        workers = [name for name in self._cluster.processes if name != "scheduler"]
        near = [name for name in workers if name.startswith("near")]
        self._cluster.start(*(self._new("near") for _ in range(2 - len(near))))
        if len(near) == len(workers):
            address = f"tcp://{HERE}:{self._cluster.port}"
            prefix = ("ip", "netns", "exec", NETWORK)
            self._cluster.start(self._new("far"), host=THERE, address=address, prefix=prefix)

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count}"

    def harm(self, grader: subprocess.Popen[str]) -> None:
        """Do something bad, wait, and undo it."""
        fault = min(FAULTS, key=lambda each: (self.faults[each], self.chance.random()))
        self.faults[fault] += 1
        console.print(f"{self.faults.total()}: {fault}")
        workers = [name for name in self._cluster.processes if name != "scheduler"]
        near = self.chance.choice([name for name in workers if name.startswith("near")])
        far = next(name for name in workers if name.startswith("far"))
        if fault == "grader killed":
            grader.kill()
        elif fault == "scheduler killed":
            self._cluster.send("scheduler", signal.SIGKILL)
            time.sleep(1)
            for name in workers:  # they end by themselves, which takes its time
                self._cluster.send(name, signal.SIGKILL)
        elif fault == "worker killed":
            self._cluster.send(self.chance.choice(workers), signal.SIGKILL)
        elif fault == "worker frozen":
            self._cluster.send(near, signal.SIGSTOP)
            self._bide()
            self._cluster.send(near, signal.SIGCONT)  # it may still tell what it has found
            time.sleep(1)
            self._cluster.send(near, signal.SIGKILL)
        else:
            ip("link", "set", CABLE, "down")
            self._bide()
            ip("link", "set", CABLE, "up")
            time.sleep(1)
            self._cluster.send(far, signal.SIGKILL)
        self.mend()

    def _bide(self) -> None:
        """Wait, sometimes for longer than the scheduler does."""
        time.sleep(self.chance.uniform(1, 12))


def besiege(workspace: Workspace, cluster: Dask, siege: Siege, most: int) -> Killed:
    """Grade a class to its end, again after each end before that."""
    killed = Killed()
    while True:
        grader = start_grader(workspace, cluster=cluster.address)
        while siege.faults.total() < most:
            try:
                grader.wait(siege.chance.uniform(1, 5))
                break
            except subprocess.TimeoutExpired:
                siege.harm(grader)
        output, errors = grader.communicate(timeout=PATIENCE)
        killed.note(output)
        if grader.returncode == 0:
            return killed
        killed.graders.append(grader.pid)
        assert grader.returncode == -signal.SIGKILL or "can't be used" in errors, errors


def measure_faults(most: int, size: int) -> dict[str, Figure]:
    """How many grades were lost or doubled by that many faults."""
    wrong: list[str] = []
    with (
        far_network(),
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), IMPATIENT, listen="0.0.0.0") as cluster,
    ):
        siege = Siege(cluster, random.Random(0))
        for number in range(most):
            if siege.faults.total() >= most:
                break
            where = Path(folder, str(number))
            workspace = make_class(where, TOY / "solutions" / "01_toy.py", TOY / "bank", size)
            wrong += lost_or_doubled(workspace, besiege(workspace, cluster, siege, most))
            console.print(f"{siege.faults.total()} faults, {len(wrong)} wrong")
    for sentence in wrong:
        console.print(sentence, markup=False)
    console.print(f"{dict(siege.faults)}: {len(wrong)} grades lost or doubled", markup=False)
    return {"cluster_faults": figure([len(wrong)], "grades", 0)}


def main() -> None:
    """Measure what is asked for, and keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cluster", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="only this part")
    parser.add_argument("--lesson", default="02_anatomy_and_freezing", help="the lesson graded")
    parser.add_argument("--size", type=int, default=24, help="the class (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="how often (default: %(default)s)")
    parser.add_argument(
        "--faults", type=int, default=50, help="how many are injected (default: %(default)s)"
    )
    options = parser.parse_args()
    figures: dict[str, Figure] = {}
    if options.only in (None, "efficiency"):
        lesson = ROOT / "solutions" / f"{options.lesson}.py"
        figures |= measure_efficiency(lesson, options.size, options.runs)
    if options.only in (None, "faults"):
        if os.getuid() != 0:
            parser.error("only root can cut a network: run --only efficiency")
        figures |= measure_faults(options.faults, 120)
    keep(figures)
    tell(figures)


if __name__ == "__main__":
    main()
