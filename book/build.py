"""Build the website: `python book/build.py [--out _build/site] [--anew]`; it grades nothing.

Each lesson's solved notebook is run once (and kept until something it depends on changes), its
outputs are put into the student's notebook, and Jupyter Book makes the pages that have changed
since the last build. Nothing that a page loads comes from another host: the front-end parts are npm
packages, served with the site.
"""

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

try:
    import nbformat
    from builder import dead_links, incremental, lesson_pages, other_pages, outside_requests
    from builder.cache import Cache, fingerprint
    from builder.executed import executed_notebook
    from nbformat import NotebookNode
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    import autograder
    from autograder.errors import AutograderError
except ModuleNotFoundError as missing:
    sys.exit(
        f"The site was not built. The package {missing.name} is missing: run `make book`, or "
        "install the project with its `grading` and `book` extras."
    )

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
NODE_MODULES = BOOK / "node_modules"
ADDRESSES = ("SITE_URL", "REPOSITORY_URL")
OWN_PAGES = ("_config.yml", "_toc.yml", "_ext", "_static", "*.md")

# npm package folder -> what of it the site serves, and where.
FRONT_END = (
    # The one that could load others' widgets by require.js, embed-amd.js, is twice as large.
    ("@jupyter-widgets/html-manager/dist/embed.js", "widgets"),
    ("@jupyter-widgets/html-manager/dist/*.woff*", "widgets"),
    ("@jupyter-widgets/html-manager/dist/*.ttf", "widgets"),
    ("@fontsource-variable/inter/files/inter-latin-wght-*.woff2", "fonts/inter"),
    ("@fontsource-variable/inter/LICENSE", "fonts/inter"),
    ("@fontsource-variable/jetbrains-mono/files/*-latin-wght-normal.woff2", "fonts/mono"),
    ("@fontsource-variable/jetbrains-mono/LICENSE", "fonts/mono"),
    ("mathjax/es5/tex-chtml.js", "mathjax"),
    ("mathjax/es5/input/tex/extensions", "mathjax/input/tex/extensions"),
    ("mathjax/es5/output/chtml/fonts", "mathjax/output/chtml/fonts"),
)


class BuildError(Exception):
    """The site cannot be built; the message says what to do next."""


def lesson_sources() -> list[Path]:
    """The authors' sources of the lessons, in the order of the course."""
    found = sorted((ROOT / "solutions").glob("[0-9]*.py"))
    if not found:
        raise BuildError("There is no lesson in solutions/: write solutions/NN_name.py first.")
    return found


def install_front_end() -> None:
    """Bring node_modules to what package-lock.json says, unless it is there already."""
    lock = hashlib.sha256((BOOK / "package-lock.json").read_bytes()).hexdigest()
    installed = NODE_MODULES / ".installed-lock"
    if installed.exists() and installed.read_text() == lock:
        return
    if shutil.which("npm") is None:
        raise BuildError("npm is missing: install Node.js 20 or later, then run this again.")
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=BOOK, capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "npm error" in line] or ["(nothing)"]
        raise BuildError(
            f"npm could not install the front-end parts; it says {said[0]!r}. "
            "The first build needs a network: connect, then run this again."
        )
    installed.write_text(lock)


def stage_front_end(vendor: Path) -> None:
    """Copy what the site serves of each npm package into `vendor`."""
    for pattern, target in FRONT_END:
        found = sorted(NODE_MODULES.glob(pattern))
        if not found:
            raise BuildError(
                f"book/node_modules lacks {pattern}: delete that folder, then run this again."
            )
        for source in found:
            if source.is_dir():
                shutil.copytree(source, vendor / target)
            else:
                to = vendor / target
                to = to if to.suffix else to / source.name
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, to)


def stage_own_pages(staging: Path) -> None:
    """Start the staging folder with the settings and the pages of this folder."""
    staging.mkdir(parents=True)
    for pattern in OWN_PAGES:
        for source in BOOK.glob(pattern):
            if source.is_dir():
                shutil.copytree(source, staging / source.name)
            else:
                shutil.copy(source, staging / source.name)


def outputs() -> Cache:
    """Where the outputs of the lessons are kept, by all that decides them beside their sources."""
    package = (ROOT / "course" / "transferlab").rglob("*")
    runs_on = sorted(path for path in package if path.is_file() and path.suffix != ".pyc")
    makers = sorted((Path(autograder.__file__).parent / "lesson").glob("*.py"))
    basis = fingerprint([*runs_on, *makers, ROOT / "uv.lock"])
    return Cache(ROOT / "_build" / "executed", basis)


def lesson_page(source: Path, cache: Cache, staging: Path, progress: Progress) -> NotebookNode:
    """Make the page of one lesson; its solved notebook runs unless its outputs are kept.

    What a reader can download goes into the staging folder, the page itself not yet.
    """
    name = source.stem
    notebook = ROOT / "course" / name / f"{name}.ipynb"
    if not notebook.exists():
        raise BuildError(f"course/{name} is missing: run `autograder release`, then this again.")
    student = nbformat.read(notebook, as_version=4)
    code_cells = sum(cell.cell_type == "code" for cell in student.cells)
    step = progress.add_task(f"Run {name}, solved", total=code_cells)
    executed = executed_notebook(source, student, cache, on_cell=lambda: progress.advance(step))
    progress.update(step, completed=code_cells)
    downloads = staging / "front_end" / "downloads" / name
    downloads.mkdir(parents=True)
    for given in (notebook, notebook.with_name("quiz.json")):
        shutil.copy(given, downloads)
    return lesson_pages.page(student, executed)


@contextmanager
def ready_sphinx(staging: Path) -> Iterator[subprocess.Popen[str]]:
    """Start Jupyter Book, which waits until the staging folder is full; end it after the block.

    What it says stands in a log beside that folder.
    """
    staging.parent.mkdir(parents=True, exist_ok=True)
    plain = {**os.environ, "NO_COLOR": "1"}
    command = [sys.executable, "-P", str(BOOK / "builder" / "sphinx_process.py")]
    with (
        staging.with_suffix(".log").open("w") as written,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=written, stderr=written, env=plain, text=True
        ) as sphinx,
    ):
        yield sphinx


def make_pages(staging: Path, sphinx: subprocess.Popen[str]) -> Path:
    """Have Jupyter Book make the pages of the staging folder; return the made site.

    Raises BuildError with its first complaint.
    """
    sphinx.communicate(f"{staging}\n")
    if sphinx.returncode:
        log = staging.with_suffix(".log")
        lines = log.read_text().splitlines()
        told = [line for line in lines if "WARNING" in line or "ERROR" in line] or lines[-1:]
        raise BuildError(
            f"Jupyter Book is not content: {told[0].strip()} (the whole log is in {log})."
        )
    return staging / incremental.MADE / "html"


def require_sound(made: Path) -> None:
    """Raise BuildError if the made site asks another host or has a dead link."""
    problems = {
        "would ask another host": outside_requests.outside_requests,
        "has a dead link": dead_links.dead,
    }
    for problem, complaints in problems.items():
        if told := next(complaints(made), None):
            raise BuildError(f"The site {problem}: {told}")


def publish(made: Path, out: Path) -> None:
    """Put a copy of the made site in the place of the one at `out`: a site, or empty."""
    if out.exists():
        if any(out.iterdir()) and not (out / ".buildinfo").exists():
            raise BuildError(f"{out} holds something that is not a built site: name another --out.")
        shutil.rmtree(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(made, out)


def went_by() -> str:
    """Name what decides how pages look beside what Sphinx reads: packages, and addresses."""
    lock = hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()
    return " ".join((lock, *(os.environ.get(name, "") for name in ADDRESSES)))


def build(out: Path, anew: bool = False) -> None:
    """Build the whole site into `out`.

    Args:
        out: its folder.
        anew: make also the pages that have not changed since the last build.

    Raises:
        BuildError: it can't be built; one sentence says why. So does a pages.PageError.
    """
    if importlib.util.find_spec("jupyter_book") is None:
        raise BuildError("Jupyter Book is missing: install the project with its `book` extra.")
    site = ROOT / "_build" / "book"
    if anew:
        shutil.rmtree(site, ignore_errors=True)
    staging = site.with_suffix(".new")
    shutil.rmtree(staging, ignore_errors=True)
    stage_own_pages(staging)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    basis = went_by()
    # What needs no lesson's page goes on beside the writing of them. The sphinx is ended last: a
    # process started after it holds open what it listens to.
    with (
        ready_sphinx(site) as sphinx,
        ProcessPoolExecutor(1) as beside,
        Progress(*columns, TimeElapsedColumn()) as progress,
    ):
        cache = outputs()
        known = beside.submit(other_pages.read_repository, ROOT, cache, staging)
        lessons = lesson_sources()
        whole = progress.add_task("Build the site", total=len(lessons) + 4)
        install_front_end()
        progress.advance(whole)
        stage_front_end(staging / "front_end" / "vendor")
        progress.advance(whole)
        notebooks = {}
        for source in lessons:
            notebooks[source.stem] = lesson_page(source, cache, staging, progress)
            progress.advance(whole)
        other_pages.stage(staging, ROOT, notebooks, known.result())
        incremental.renew(site, staging, basis)
        made = make_pages(site, sphinx)
        progress.advance(whole)
        require_sound(made)
        publish(made, out)
        incremental.keep(site, basis)
        progress.advance(whole)


def main() -> int:
    """Run the command; the exit code is 0 when the site stands."""
    parser = argparse.ArgumentParser(description="Build the website of the course.")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "site", help="its folder")
    parser.add_argument(
        "--anew", action="store_true", help="make also the pages that have not changed"
    )
    options = parser.parse_args()
    out = options.out.resolve()
    console = Console()
    try:
        build(out, options.anew)
    except (BuildError, lesson_pages.PageError, AutograderError) as error:
        console.print(
            f"[bold red]The site was not built.[/] {escape(str(error))}",
            highlight=False,
            soft_wrap=True,
        )
        return 1
    except OSError as error:
        console.print(
            f"[bold red]The site was not built.[/] {error.filename}: {error.strerror}. "
            "Make room or give yourself the right to write there, then run this again.",
            highlight=False,
            soft_wrap=True,
        )
        return 1
    console.print(
        f"The site is in {out}. To read it: python -m http.server -d {out}", soft_wrap=True
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
