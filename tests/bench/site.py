"""Measures the website: `python -m tests.bench.site`; each figure is the median of some runs.

The site is built from outputs that are kept, then read from this machine in a headless Chromium.
The figures are kept with the others in `_build/bench.json`; nothing passes or fails here.
"""

import argparse
import gzip
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser
from rich.console import Console

from tests.bench.figures import OUT, ROOT, Figure, Figures, keep, median, tell
from tests.site.audit import audit
from tests.support.browser import chromium, served

BUILD = ROOT / "book" / "build.py"
PAGE = ROOT / "_build" / "book" / "lessons" / "02_anatomy_and_freezing.ipynb"  # as Sphinx read it
# Run before a page's own scripts: when the first question that can be answered has come.
WATCH_FOR_A_QUESTION = """
new MutationObserver((changes, observer) => {
  if (!document.querySelector(".transferlab-quiz input[type=radio]")) return;
  window.quizReady = performance.now();
  observer.disconnect();
}).observe(document, {childList: true, subtree: true});
"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
# What a page has for itself; what lies under these folders comes once for all pages.
SHARED = ("_static", "vendor")
LOADED = re.compile(r'<(?:img|script)[^>]*? src="([^"#?]+)')
console = Console()


def build(out: Path, *options: str) -> float:
    """Build the site into `out`; return the seconds that it took."""
    began = time.perf_counter()
    subprocess.run([sys.executable, BUILD, "--out", out, *options], check=True, capture_output=True)
    return time.perf_counter() - began


def build_after_a_change(out: Path) -> float:
    """Build the site, the last build having read another text of one lesson."""
    with PAGE.open("a", encoding="utf-8") as page:
        page.write("\n")
    return build(out)


def measure_build(out: Path, runs: int) -> Figures:
    """Return how long a build takes once the lessons' outputs are kept: of all pages, and of one.

    Both read all lessons; the second makes only the page of the one that has changed.
    """
    with console.status("building the site"):
        build(out)  # whatever must run, runs now
        return {
            "site_build_seconds": median((build(out, "--all") for _ in range(runs)), "s", 15.0),
            "site_rebuild_seconds": median(
                (build_after_a_change(out) for _ in range(runs)), "s", 15.0
            ),
        }


def lesson_pages(site: Path) -> list[str]:
    """The paths of the lessons' pages."""
    return [path.relative_to(site).as_posix() for path in sorted(site.glob("lessons/*.html"))]


def first_paints(browser: Browser, address: str, pages: list[str], runs: int) -> Iterator[float]:
    """Milliseconds until a page first shows something, each page in a browser that knows none."""
    for path in pages * runs:
        context = browser.new_context()
        page = context.new_page()
        page.goto(address + path, wait_until="load")
        page.wait_for_function(f"{FIRST_PAINT} > 0")
        yield page.evaluate(FIRST_PAINT)
        context.close()


def quizzes_ready(browser: Browser, address: str, pages: list[str], runs: int) -> Iterator[float]:
    """Milliseconds until a question can be answered, each page in a browser that knows none."""
    for path in pages * runs:
        context = browser.new_context()
        page = context.new_page()
        page.add_init_script(WATCH_FOR_A_QUESTION)
        page.goto(address + path, wait_until="load")
        page.wait_for_function("window.quizReady > 0")
        yield page.evaluate("window.quizReady")
        context.close()


def kilobytes(page: Path, site: Path) -> float:
    """What a page with its own pictures weighs as it is sent, text being compressed."""
    text = page.read_bytes()
    total = len(gzip.compress(text))
    for link in set(LOADED.findall(text.decode())):
        part = (page.parent / link).resolve()
        if part.is_file() and part.relative_to(site.resolve()).parts[0] not in SHARED:
            total += part.stat().st_size
    return total / 1000


def measure_reading(site: Path, runs: int) -> Figures:
    """Return what a reader waits for, and what axe finds fault with."""
    lessons = lesson_pages(site)
    pages = [
        path.relative_to(site).as_posix()
        for path in sorted(site.rglob("*.html"))
        if path.relative_to(site).parts[0] != "_static"
    ]
    with console.status("reading the site"), chromium() as browser, served(site) as address:
        list(first_paints(browser, address, lessons[:1], 1))  # the browser's own first time
        paints = list(first_paints(browser, address, ["index.html", *lessons], runs))
        quizzes = list(quizzes_ready(browser, address, lessons, runs))
        violations = [c for c in audit(browser, address, pages) if c.kind == "axe"]
    weights = [kilobytes(site / path, site) for path in lessons]
    for violation in violations:
        console.print(str(violation), markup=False)
    return {
        "first_paint_ms": median(paints, "ms", 1000.0),
        "quiz_ready_ms": median(quizzes, "ms", 2000.0),
        "lesson_page_kb": Figure(round(max(weights), 1), "KB", 3000.0, [round(w) for w in weights]),
        "axe_violations": Figure(len(violations), "", 0.0, [len(violations)]),
    }


def main() -> None:
    """Measure all, and keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.site", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often (default: %(default)s)")
    runs = parser.parse_args().runs
    OUT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        figures = measure_build(site, runs) | measure_reading(site, runs)
    keep(figures)
    tell(figures)


if __name__ == "__main__":
    main()
