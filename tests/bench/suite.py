"""Measure the tests and the structure of the code: `python -m tests.bench.suite`.

How long `make quick` and `make test` take from a warm set-up, how many imports lead up, and whether
they go round in a circle. The figures are kept with the others in `_build/bench.json`.
"""

import argparse
import subprocess
import time

from tests.bench.figures import ROOT, Figure, keep, median, tell
from tests.fast import test_architecture as architecture


def seconds(verb: str) -> float:
    """Run `make VERB` and return the seconds that it took.

    Raises:
        SystemExit: it failed; its last lines are the message.
    """
    began = time.monotonic()
    done = subprocess.run(["make", verb], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"make {verb} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return time.monotonic() - began


def measure_structure() -> dict[str, Figure]:
    """Count the imports that lead up, and the modules in a circle of imports."""
    imports = architecture.all_imports()
    upward = len(architecture.upward(imports))
    circle = len(architecture.circle(imports, architecture.modules()))
    return {
        "upward_imports": median([upward], "imports", 0),
        "modules_in_a_circle": median([circle], "modules", 0),
    }


def main() -> None:
    """Measure what is asked for, and keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.suite", description=__doc__)
    parser.add_argument("--quick", type=int, default=3, help="how often quick (%(default)s)")
    parser.add_argument("--test", type=int, default=1, help="how often test (%(default)s)")
    options = parser.parse_args()
    figures = measure_structure()
    if options.quick:
        runs = (seconds("quick") for _ in range(options.quick))
        figures["quick_seconds"] = median(runs, "s", 60.0)
    if options.test:
        runs = (seconds("test") / 60 for _ in range(options.test))
        figures["test_minutes"] = median(runs, "min", 15.0)
    keep(figures)
    tell(figures)


if __name__ == "__main__":
    main()
