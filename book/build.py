"""Build the website: `python book/build.py [--out _build/site] [--all]`; it grades nothing.

Each lesson's solved notebook is run once, and its outputs are kept until something that they depend
on changes. They are put into the student's notebook, and Jupyter Book makes the pages that have
changed since the last build. Nothing that a page loads comes from another host: the front-end parts
are npm packages, served with the site.
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

# Files of an npm package that the site serves -> the folder in which it serves them.
FRONT_END = (
    # embed-amd.js, which can also load other packages' widgets by require.js, is twice as large.
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
    """Return the authors' sources of the lessons, in the order of the course."""
    found = sorted((ROOT / "solutions").glob("[0-9]*.py"))
    if not found:
        raise BuildError("There is no lesson in solutions/: write solutions/NN_name.py first.")
    return found


def install_front_end() -> None:
    """Install into node_modules what package-lock.json lists, unless it is installed already."""
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
            "The first build needs a network: connect to one, then run this again."
        )
    installed.write_text(lock)


def stage_front_end(vendor: Path) -> None:
    """Copy the files of each npm package that the site serves into `vendor`."""
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
    """Start the staging folder with the settings and the pages from this folder."""
    staging.mkdir(parents=True)
    for pattern in OWN_PAGES:
        for source in BOOK.glob(pattern):
            if source.is_dir():
                shutil.copytree(source, staging / source.name)
            else:
                shutil.copy(source, staging / source.name)


def outputs() -> Cache:
    """Return where lessons' outputs are kept, by what decides them in addition to their sources."""
    package = (ROOT / "course" / "transferlab").rglob("*")
    runs_on = sorted(path for path in package if path.is_file() and path.suffix != ".pyc")
    makers = sorted((Path(autograder.__file__).parent / "lesson").glob("*.py"))
    basis = fingerprint([*runs_on, *makers, ROOT / "uv.lock"])
    return Cache(ROOT / "_build" / "executed", basis)


def lesson_page(source: Path, cache: Cache, staging: Path, progress: Progress) -> NotebookNode:
    """Make the page of one lesson; run its solved notebook unless its outputs are kept.

    What a reader can download goes into the staging folder. The page itself is not written yet.
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

    Its output goes into a log next to that folder.
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
    """Have Jupyter Book make the pages of the staging folder; return the site that it made.

    Raise BuildError with its first complaint.
    """
    sphinx.communicate(f"{staging}\n")
    if sphinx.returncode:
        log = staging.with_suffix(".log")
        lines = log.read_text().splitlines()
        complaints = [line for line in lines if "WARNING" in line or "ERROR" in line]
        first = (complaints or lines[-1:])[0].strip()
        raise BuildError(f"Jupyter Book reports a problem: {first} (the whole log is in {log}).")
    return staging / incremental.MADE / "html"


def require_sound(made: Path) -> None:
    """Raise BuildError if the site that was made contacts another host or has a dead link."""
    problems = {
        "would contact another host": outside_requests.outside_requests,
        "has a dead link": dead_links.dead,
    }
    for problem, complaints in problems.items():
        if told := next(complaints(made), None):
            raise BuildError(f"The site {problem}: {told}")


def publish(made: Path, out: Path) -> None:
    """Replace what is at `out`, a site or an empty folder, by a copy of the site that was made."""
    if out.exists():
        if any(out.iterdir()) and not (out / ".buildinfo").exists():
            raise BuildError(f"{out} has files that are not a built site: name another --out.")
        shutil.rmtree(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(made, out)


def went_by() -> str:
    """Name what decides how pages look in addition to what Sphinx reads: packages and addresses."""
    lock = hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()
    return " ".join((lock, *(os.environ.get(name, "") for name in ADDRESSES)))


def build(out: Path, every_page: bool = False) -> None:
    """Build the whole site into `out`.

    Args:
        out: the site's folder.
        every_page: also make the pages that have not changed since the last build.

    Raises:
        BuildError: the site can't be built; one sentence says why.
        pages.PageError: a page can't be made; one sentence says why.
    """
    if importlib.util.find_spec("jupyter_book") is None:
        raise BuildError("Jupyter Book is missing: install the project with its `book` extra.")
    site = ROOT / "_build" / "book"
    if every_page:
        shutil.rmtree(site, ignore_errors=True)
    staging = site.with_suffix(".new")
    shutil.rmtree(staging, ignore_errors=True)
    stage_own_pages(staging)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    basis = went_by()
    # What needs no lesson's page is done while the lessons' pages are made. Sphinx must be ended
    # last, because a process that was started after it holds its standard input open.
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
    """Run the command; return the exit code, 0 when the site was built."""
    parser = argparse.ArgumentParser(description="Build the website of the course.")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "_build" / "site", help="the folder of the site"
    )
    parser.add_argument(
        "--all", action="store_true", help="also make the pages that have not changed"
    )
    options = parser.parse_args()
    out = options.out.resolve()
    console = Console()
    try:
        build(out, options.all)
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
            "Free some space or get permission to write there, then run this again.",
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
