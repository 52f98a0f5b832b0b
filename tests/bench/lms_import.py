"""Measure how long importing a large class takes: `python -m tests.bench.lms_import`.

The download is a zip as Moodle packs it, with its worksheet; each notebook is a file of its own.
The figure is kept with the others in `_build/bench.json`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from rich.console import Console

from autograder.workspace.folders import Workspace, create_workspace, find_repository
from tests.bench.figures import Figure, keep, median, tell

BIN = Path(sys.executable).parent
LESSON = "02_anatomy_and_freezing"
HEADERS = "Identifier,Full name,Email address,Last modified (submission)\n"
console = Console()


def measure_import(size: int = 1000, runs: int = 3) -> dict[str, Figure]:
    """Seconds of `autograder import` on a download of `size` students, everything counted."""
    seconds = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            workspace = _workspace(folder / "grading")
            archive, roster = pack(folder, size)
            seconds.append(_taken_in(workspace, archive, roster, size))
            console.print(
                f"{size} students, {archive.stat().st_size / 1e6:.1f} MB: {seconds[-1]:.1f} s"
            )
    return {f"import_{size}_seconds": median(seconds, "s", 10.0)}


def pack(folder: Path, size: int) -> tuple[Path, Path]:
    """A class's download as Moodle packs it, and its worksheet."""
    released = find_repository() / "course" / LESSON / f"{LESSON}.ipynb"
    notebook = json.loads(released.read_text(encoding="utf-8"))
    archive, roster = folder / "download.zip", folder / "worksheet.csv"
    rows = [HEADERS]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(size):
            name = f"Ada{number} Lovelace-{number}"
            inner = f"{name}_{number}_assignsubmission_file_"
            notebook["metadata"]["number"] = number
            file.writestr(f"{inner}/{LESSON}.ipynb", json.dumps(notebook))
            file.writestr(f"{inner}/progress.json", "{}")
            time_in = '"Saturday, 21 November 2026, 10:11 AM"'
            rows.append(f"Participant {number},{name},ada{number}@uni.edu,{time_in}\n")
    roster.write_text("".join(rows), encoding="utf-8")
    return archive, roster


def _workspace(root: Path) -> Workspace:
    from autograder.lesson.release import release_lesson

    workspace = create_workspace(root)
    release_lesson(find_repository() / "solutions" / f"{LESSON}.py", workspace)
    return workspace


def _taken_in(workspace: Workspace, archive: Path, roster: Path, size: int) -> float:
    command = [BIN / "autograder", "import", LESSON, archive, "--roster", roster]
    began = time.monotonic()
    subprocess.run([*command, "-w", workspace.root], check=True, capture_output=True)
    seconds = time.monotonic() - began
    if len(workspace.students_of(LESSON)) != size:
        raise SystemExit("Not everybody was taken in: the figure would mean nothing.")
    return seconds


def main() -> None:
    """Measure, and keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lms_import", description=__doc__)
    parser.add_argument("--size", type=int, default=1000, help="students (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="how often (default: %(default)s)")
    options = parser.parse_args()
    figures = measure_import(options.size, options.runs)
    keep(figures)
    tell(figures)


if __name__ == "__main__":
    main()
