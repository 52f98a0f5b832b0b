"""Simulate the grading of large classes from the measured costs of one submission.

The costs are in `scale.toml`, which `python -m tests.bench.scale` writes; what is assumed and not
measured is defined here. It must not know the grader.
"""

import heapq
import io
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CLASSES = (1_000, 10_000, 100_000)
CORES = (2, 16, 128)
# Assumed, because these values differ from place to place.
HALF_WITHIN_HOURS = 6.0  # half of a class submits within so many hours before the deadline
EURO_PER_CORE_HOUR = 0.04  # for a rented machine with 4 GB for each core
AT_WORK_MINUTES = 60.0  # how long a student's kernel runs before the student submits
MACHINE_CORES = 16
MACHINE_GB = 64


@dataclass(frozen=True)
class Costs:
    """The measured costs, on the machine that `machine` names.

    Attributes:
        core_seconds: time of one core for each submission of a class, everything counted.
        start_seconds: time until a grader runs its first submission.
        record_seconds: time that one writer takes to record a result.
        feedback_seconds: time that one process takes to write a student's page.
        submission_kb, result_kb: what is sent to a worker, and what comes back.
        private_mb: memory of a running submission beyond what all submissions share.
        kernel_mb: memory of a student's kernel in the median lesson.
    """

    machine: str
    core_seconds: tuple[float, ...]
    start_seconds: float
    record_seconds: float
    feedback_seconds: float
    submission_kb: float
    result_kb: float
    private_mb: float
    kernel_mb: float

    @property
    def mean_seconds(self) -> float:
        """The mean time of one core for a submission."""
        return float(np.mean(self.core_seconds))


def read(path: Path) -> Costs:
    """Read the costs from a TOML file."""
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    return Costs(**{**values, "core_seconds": tuple(values["core_seconds"])})


def arrivals(students: int, seed: int = 0) -> np.ndarray:
    """Return when a class submits, in seconds before the deadline as negative numbers.

    The array, (students,), is sorted. The time that is left until the deadline is exponentially
    distributed: the nearer the deadline, the more students submit.
    """
    mean = HALF_WITHIN_HOURS * 3600 / np.log(2)
    return np.sort(-np.random.default_rng(seed).exponential(mean, students))


def recorded(arrived: Sequence[float] | np.ndarray, cores: int, costs: Costs) -> np.ndarray:
    """Return when each submission's grade is recorded: seconds, (students,), in order of arrival.

    Each submission runs on the core that is free first. One writer records the results in the order
    in which the submissions end. The graders are already running.
    """
    random = np.random.default_rng(1)
    service = random.choice(np.array(costs.core_seconds), len(arrived))
    free = [float(arrived[0])] * cores
    ends = []
    # Python's own numbers, because NumPy's would take three times as long here.
    for arrival, seconds in zip(np.asarray(arrived).tolist(), service.tolist(), strict=True):
        ends.append(max(arrival, free[0]) + seconds)
        heapq.heapreplace(free, ends[-1])
    ended = np.array(ends)
    order = np.argsort(ended, kind="stable")
    # The writer is either idle, or a whole number of records past the last time that it was idle.
    turns = np.arange(len(order)) * costs.record_seconds
    begun = np.maximum.accumulate(ended[order] - turns) + turns
    done = np.empty(len(arrived))
    done[order] = begun + costs.record_seconds
    return done


def at_once(students: int, cores: int, costs: Costs) -> float:
    """Return the seconds from the start of grading a whole class to its last grade."""
    return costs.start_seconds + float(recorded(np.zeros(students), cores, costs).max())


def waits(students: int, cores: int, costs: Costs) -> np.ndarray:
    """Return the seconds from submission to grade, (students,), if all are graded as they come."""
    arrived = arrivals(students)
    return recorded(arrived, cores, costs) - arrived


def bottleneck(cores: int, costs: Costs) -> str:
    """Return which step takes longest for a class on so many cores."""
    steps = {
        "running": costs.mean_seconds / cores,
        "recording": costs.record_seconds,
        "feedback pages": costs.feedback_seconds / min(cores, MACHINE_CORES),
    }
    return max(steps, key=lambda step: steps[step])


def at_work(students: int) -> float:
    """Return the largest number of students of a class who are at work at the same time."""
    arrived = arrivals(students)
    before = np.searchsorted(arrived, arrived - AT_WORK_MINUTES * 60)
    return float((np.arange(students) - before + 1).max())


def duration(seconds: float) -> str:
    """Return seconds as a reader would say them: `45 s`, `12 min`, `3.1 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def facts(costs: Costs) -> dict[str, str]:
    """Return what the page shows, by the names that it uses."""
    return {
        "scale_machine": costs.machine,
        "scale_costs": _cost_table(costs),
        "scale_at_once": _table("at once", lambda n, c: duration(at_once(n, c, costs))),
        "scale_as_they_come": _table(
            "95 of 100 wait less than", lambda n, c: duration(np.percentile(waits(n, c, costs), 95))
        ),
        "scale_bottlenecks": _bottlenecks(costs),
        "scale_euro": f"{1000 * costs.mean_seconds / 3600 * EURO_PER_CORE_HOUR:.2f}",
        "scale_euro_per_core_hour": f"{EURO_PER_CORE_HOUR:g}",
        "scale_core_hours": f"{1000 * costs.mean_seconds / 3600:.1f}",
        "scale_half_within": f"{HALF_WITHIN_HOURS:g}",
        "scale_writer_cores": f"{costs.mean_seconds / costs.record_seconds:.0f}",
        "scale_at_work_minutes": f"{AT_WORK_MINUTES:g}",
        "scale_hub": _hub(costs),
        "scale_machine_cores": str(MACHINE_CORES),
    }


def picture(costs: Costs) -> bytes:
    """Draw, as a PNG, how long grading a class at once takes by the number of cores."""
    # Imported here: it takes longer than everything else, and the picture is seldom drawn.
    import matplotlib
    from matplotlib.figure import Figure

    cores = [2**power for power in range(1, 10)]
    with matplotlib.rc_context({"font.size": 10}):
        figure = Figure(figsize=(6.4, 3.8), layout="constrained")
        axes = figure.add_subplot()
        for students, line in zip(CLASSES, ("-", "--", ":"), strict=True):
            hours = [_estimate(students, each, costs) / 3600 for each in cores]
            axes.plot(cores, hours, line, color="black", marker="o", markersize=3)
            axes.annotate(
                f"{students:,} students", (cores[0], hours[0]), (6, 4), textcoords="offset points"
            )
        axes.set(xlabel="cores", ylabel="time to the last grade", xscale="log", yscale="log")
        axes.set_yticks([1 / 60, 1 / 6, 1, 10, 100], ["1 min", "10 min", "1 h", "10 h", "100 h"])
        axes.set_xticks(cores, [str(each) for each in cores], minor=False)
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png", dpi=144)
    return drawn.getvalue()


def _estimate(students: int, cores: int, costs: Costs) -> float:
    """Return `at_once` without simulating the queue: exact enough for a line, and fast."""
    running = students * costs.mean_seconds / cores
    return costs.start_seconds + max(running, students * costs.record_seconds)


def _table(what: str, cell: Callable[[int, int], str]) -> str:
    head = f"| {what} | " + " | ".join(f"{cores} cores" for cores in CORES) + " |"
    rows = [
        f"| {students:,} students | " + " | ".join(cell(students, c) for c in CORES) + " |"
        for students in CLASSES
    ]
    return "\n".join([head, "|---|" + "---:|" * len(CORES), *rows])


def _cost_table(costs: Costs) -> str:
    mean, low, high = costs.mean_seconds, min(costs.core_seconds), max(costs.core_seconds)
    rows = {
        "running and judging it, one core": f"{mean:.1f} s ({low:.1f} to {high:.1f} s)",
        "starting a grader, once": f"{costs.start_seconds:.0f} s",
        "recording its grade, one writer": f"{1000 * costs.record_seconds:.0f} ms",
        "writing its feedback page, one process": f"{1000 * costs.feedback_seconds:.0f} ms",
        "data sent to where it runs": f"{costs.submission_kb:.0f} kB",
        "data sent back": f"{costs.result_kb:.0f} kB",
        "memory while it runs": f"{costs.private_mb:.0f} MB",
        "memory of a student's own kernel": f"{costs.kernel_mb:.0f} MB",
    }
    lines = [f"| {what} | {value} |" for what, value in rows.items()]
    return "\n".join(["| one submission | measured |", "|---|---:|", *lines])


def _bottlenecks(costs: Costs) -> str:
    lines = [f"| {cores} | {bottleneck(cores, costs)} |" for cores in CORES]
    return "\n".join(["| cores | takes longest |", "|---:|---|", *lines])


def _hub(costs: Costs) -> str:
    lines = []
    for students in CLASSES:
        busy = at_work(students)
        gigabytes = busy * costs.kernel_mb / 1000
        machines = -(-gigabytes // MACHINE_GB)
        lines.append(f"| {students:,} | {busy:,.0f} | {gigabytes:,.0f} GB | {machines:,.0f} |")
    head = f"| students | at work at the same time | memory | machines of {MACHINE_GB} GB |"
    return "\n".join([head, "|---:|---:|---:|---:|", *lines])
