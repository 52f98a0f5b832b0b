"""Takes the screenshots of the README: `python -m tests.site.screens`.

Each shows the real thing: JupyterLab on the lesson, the grader's own output, the author's file
beside the notebook derived from it, and the built site.
"""

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from html import escape
from pathlib import Path

import jupytext
import nbformat
from playwright.sync_api import Browser, Page
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from rich.console import Console
from rich.progress import track
from rich.text import Text

from tests.support import jupyterlab_server
from tests.support.browser import ROOT, chromium, served

OUT = ROOT / "book" / "screens"
LESSON = "02_anatomy_and_freezing"
NOTEBOOK = f"{LESSON}/{LESSON}.ipynb"


def student(browser: Browser, out: Path) -> None:
    """Show JupyterLab on the lesson's explorer, after all cells above it have run."""
    with tempfile.TemporaryDirectory() as folder:
        course = jupyterlab_server.copy_course(Path(folder) / "course")
        with jupyterlab_server.jupyterlab(course) as server:
            page = jupyterlab_server.open_page(
                browser, server.page(NOTEBOOK), jupyterlab_server.NOTEBOOK
            )
            jupyterlab_server.run_all(page)
            heading = page.locator("h3", has_text="Move the cut")
            for _ in range(3):  # JupyterLab lays out what is above only when it comes into sight
                heading.evaluate("element => element.scrollIntoView({block: 'start'})")
                page.wait_for_timeout(1000)
            page.screenshot(path=out, clip={"x": 0, "y": 0, "width": 1400, "height": 760})
            page.close()


def instructor(browser: Browser, out: Path) -> None:
    """Show what `autograder class` prints."""
    # Colours as on a terminal, and no moving progress bar in between.
    terminal = {"TTY_COMPATIBLE": "1", "TTY_INTERACTIVE": "0", "COLUMNS": "140"}
    command = [str(Path(sys.executable).with_name("autograder")), "class"]
    run = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=os.environ | terminal, check=False
    )
    console = Console(record=True, width=140, file=io.StringIO())
    console.print(Text.from_ansi(run.stdout))
    _picture(browser, console.export_svg(title="autograder class"), out)


def author(browser: Browser, out: Path) -> None:
    """Show an exercise in the author's file, and the same cell in the student's notebook."""
    solved = jupytext.read(ROOT / "solutions" / f"{LESSON}.py")
    given = nbformat.read(ROOT / "course" / NOTEBOOK, as_version=4)
    columns = "".join(
        f"<div><h2>{escape(title)}</h2>{_exercise(notebook)}</div>"
        for title, notebook in ((f"solutions/{LESSON}.py", solved), (f"course/{NOTEBOOK}", given))
    )
    style = HtmlFormatter(style="friendly").get_style_defs() + (
        "body{display:flex;gap:1em;margin:1em;font:14px sans-serif;background:white}"
        "div{flex:1}h2{font-size:15px}pre{background:#f5f5f5;padding:1em;font-size:13px;"
        "white-space:pre-wrap}"
    )
    _picture(browser, f"<style>{style}</style>{columns}", out)


def reader(browser: Browser, out: Path) -> None:
    """Show the lesson's page on the built site, with a quiz that has marked an answer."""
    site = ROOT / "_build" / "site"
    with served(site) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}lessons/{LESSON}.html", wait_until="networkidle")
        page.get_by_label("Its output stays the same for every input").check()
        page.locator("h2", has_text="Quiz").evaluate("element => element.scrollIntoView()")
        page.wait_for_timeout(1000)
        page.screenshot(path=out)
        page.close()


def _exercise(notebook: nbformat.NotebookNode) -> str:
    shown = ("freeze_base", "freeze_base_check")
    return "".join(
        highlight(cell.source, PythonLexer(), HtmlFormatter())
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") in shown
    )


def _picture(browser: Browser, content: str, out: Path) -> None:
    page: Page = browser.new_page(viewport={"width": 1280, "height": 400})
    page.set_content(content)
    page.screenshot(path=out, full_page=True)
    page.close()


def main() -> None:
    """Take all screenshots, or those that are named."""
    shots: dict[str, Callable[[Browser, Path], None]] = {
        "student": student,
        "instructor": instructor,
        "author": author,
        "reader": reader,
    }
    OUT.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name in track(sys.argv[1:] or shots, "taking screenshots"):
            shots[name](browser, OUT / f"{name}.png")


if __name__ == "__main__":
    main()
