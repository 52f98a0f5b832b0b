"""Start the course's JupyterLab as `make lab` does, on a copy of the course, and open its pages.

It must not know what a lesson contains.
"""

import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.support.servers import free_port, serving

COURSE = Path(__file__).parents[2] / "course"
START_SECONDS = 180
RUN_SECONDS = 600
LAST_WIDGET = ".transferlab-reflection"
NOTEBOOK = ".jp-Notebook .jp-Cell"
_JUPYTER_FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: the folder it serves, and how to reach it."""

    folder: Path
    port: int
    token: str

    def page(self, path: str = "") -> str:
        """Return the address that `make lab` opens, or of the notebook at `path` in JupyterLab."""
        tree = f"lab/tree/{path}" if path else ""
        return f"http://127.0.0.1:{self.port}/{tree}?token={self.token}"


def copy_course(folder: Path) -> Path:
    """Copy the course to `folder`, package included, without anything a student has made."""
    made = shutil.ignore_patterns(
        "__pycache__",
        ".ipynb_checkpoints",
        "progress.json",
        "reflection.md",
        "summary.html",
        "summary.pdf",
        "*.bad",
    )
    return Path(shutil.copytree(COURSE, folder, ignore=made))


@contextmanager
def jupyterlab(folder: Path) -> Iterator[Server]:
    """Serve a copy of the course by the command of `make lab`; stop it with its kernels after.

    The tester's own settings have no part in it: Jupyter gets an empty home inside
    `folder`'s parent. Raises `RuntimeError` with the server's log when it does not come up.
    """
    server = Server(folder, free_port(), secrets.token_hex(16))
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "transferlab.lab", "--no-browser"]
    command += [f"--port={server.port}", f"--IdentityProvider.token={server.token}"]
    private = {name: str(home) for name in ("HOME", "IPYTHONDIR", *_JUPYTER_FOLDERS)}
    private["PYTHONPATH"] = str(folder)  # the command opens the course that it is part of
    answers, log = f"http://127.0.0.1:{server.port}/api", home / "jupyterlab.log"
    with serving("JupyterLab", command, answers, START_SECONDS, folder, private, log):
        yield server


def open_page(chromium: Browser, address: str, ready: str) -> Page:
    """Open `address` in a new page and wait until the element `ready` is seen."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(address, wait_until="commit")
    page.locator(ready).first.wait_for(timeout=1000 * START_SECONDS)
    return page


def choose(page: Page, menu: str, entry: str) -> None:
    """Choose an entry of JupyterLab's menu."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def run_all(page: Page) -> None:
    """Run all cells of the lesson open in `page`, from a kernel that is ready, to the end."""
    page.get_by_text("| Idle").wait_for(timeout=1000 * START_SECONDS)
    choose(page, "Run", "Run All Cells")
    page.locator(LAST_WIDGET).wait_for(state="attached", timeout=1000 * RUN_SECONDS)


def seconds_until_ready(folder: Path, chromium: Browser) -> float:
    """Return the seconds from launching JupyterLab on `folder` to the cells of its start page.

    The browser runs already, as a student's does.
    """
    start = time.perf_counter()
    with jupyterlab(folder) as server:
        page = open_page(chromium, server.page(), NOTEBOOK)
        seconds = time.perf_counter() - start
        page.close()
    return seconds
