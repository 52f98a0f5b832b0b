"""The command line of the sweeps: `python -m transferlab.sweeps [NAME ...] [--check]`."""

import argparse
import json
import sys
from collections.abc import Sequence

import keras
from rich.console import Console
from rich.table import Table

from transferlab import student_files, sweeps
from transferlab.errors import TransferlabError
from transferlab.experiment import Comparison, compare


def compute(name: str) -> dict[str, Comparison]:
    """Run a whole sweep and return condition -> comparison."""
    sweep = sweeps.find(name)
    return {
        condition: compare(sweep.methods(condition), sweep.seeds, metric=sweep.metric)
        for condition in sweep.conditions
    }


def write(name: str, result: dict[str, Comparison]) -> None:
    """Save a result where `sweeps.load` finds it. Raises `OSError` when it cannot be written."""
    content = {
        "title": sweeps.find(name).title,
        "command": f"python -m transferlab.sweeps {name}",
        "keras": keras.__version__,
        "conditions": {condition: found.as_json() for condition, found in result.items()},
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    student_files.write(sweeps.RESULTS / f"{name}.json", text)


def agrees(new: Comparison, old: Comparison) -> bool:
    """Return whether each method's mean is within one standard deviation of what it was."""
    return all(abs(new.mean(name) - old.mean(name)) <= old.sd(name) for name in old.scores)


def table(name: str, result: dict[str, Comparison]) -> Table:
    """Return a result as a table, next to the goals of the course's plan where there are any."""
    sweep = sweeps.find(name)
    heads = ("condition", "method", sweep.metric, "goal", "within 1 sd")
    shown = Table(*heads, title=f"{name}: {sweep.title}")
    for condition, found in result.items():
        goals = sweep.goals.get(condition, {})
        for method in found.scores:
            spread = f"{found.mean(method):.3f} ± {found.sd(method):.3f}"
            shown.add_row(condition, method, spread, *_against(goals.get(method), found, method))
    return shown


def _against(goal: tuple[float, float] | None, found: Comparison, method: str) -> tuple[str, str]:
    """Return the goal in words, and whether it was reached; two empty texts where there is none."""
    if goal is None:
        return "", ""
    mean, sd = goal
    reached = abs(found.mean(method) - mean) <= max(sd, found.sd(method))
    return f"{mean:.3f} ± {sd:.3f}", "reached" if reached else "missed"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 0 when done, 1 when it failed or differs."""
    parser = argparse.ArgumentParser(
        prog="python -m transferlab.sweeps",
        description="Compute the comparisons that are too long for a lesson, and keep them. "
        "Each takes minutes; without a name all are computed.",
    )
    parser.add_argument("name", nargs="*", help=f"which: {', '.join(sweeps.names())}")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--check",
        action="store_true",
        help="compute again and compare: each mean within one standard deviation of what is kept",
    )
    choice.add_argument("--show", action="store_true", help="show what is kept; compute nothing")
    options = parser.parse_args(arguments)
    console = Console()
    same = True
    try:
        for name in options.name or sweeps.names():
            result = sweeps.load(name) if options.show else compute(name)
            console.print(table(name, result))
            if options.check:
                kept = sweeps.load(name)
                differ = [key for key in kept if not agrees(result[key], kept[key])]
                same = same and not differ
                verdict = (
                    f"differs at {', '.join(differ)}" if differ else "the same, within the spread"
                )
                console.print(f"{name}: {verdict}.")
            elif not options.show:
                write(name, result)
    except KeyboardInterrupt:
        print("Stopped; what was complete is kept.", file=sys.stderr)
        return 130
    except TransferlabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
