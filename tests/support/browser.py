"""A headless Chromium and a loopback server: what tests, benchmarks and screenshots share."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # root has none; the browser reads our own pages only
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_executable() -> str:
    """Path of a Chromium or Chrome on this machine.

    Raises:
        RuntimeError: when there is none.
    """
    for name in (os.environ.get("CHROMIUM"), *CHROMIUM_NAMES):
        found = name and shutil.which(name)
        if found:
            return found
    raise RuntimeError(
        "There is no Chromium here: install it (`apt-get install chromium` as root, or Google "
        "Chrome), or set CHROMIUM to the path of its program."
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless Chromium; raises `RuntimeError` when there is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_executable(), args=CHROMIUM_ARGUMENTS
        )
        yield browser
        browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve `folder` on loopback, as a subfolder like GitHub Pages does; give its address."""
    handler = partial(QuietHandler, directory=str(folder.parent), lost=folder / "404.html")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{folder.name}/"
        finally:
            server.shutdown()
            thread.join()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a line on stderr for each, and a page of the site's own for no file."""

    def __init__(self, *args: Any, lost: Path, **options: Any) -> None:
        self.lost = lost
        super().__init__(*args, **options)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's page for a missing file, as GitHub Pages does."""
        if code != HTTPStatus.NOT_FOUND or not self.lost.exists():
            super().send_error(code, message, explain)
            return
        body = self.lost.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
