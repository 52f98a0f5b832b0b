"""What a test needs to read the website as a reader does: the built site, served, in a browser."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.lessons.solved import LessonStopped, SolvedLessons
from tests.support.browser import ROOT, served

# A busy machine answers late; what never comes is an error all the same.
expect.set_options(timeout=30_000)
# The build's modules and its Sphinx extensions: they belong to no package.
sys.path[:0] = [str(ROOT / "book"), str(ROOT / "book" / "_ext")]


@pytest.fixture(scope="session")
def site(solved: SolvedLessons) -> Path:
    """The website, built by the real command; solved lessons that did not change are not rerun.

    Those that did change give it what they put out when the tests of the lessons ran them.
    """
    import build

    cache = build.outputs()
    for source in build.lesson_sources():
        with suppress(LessonStopped):  # the build itself says what is wrong
            name = source.stem
            cache.content(name, lambda name=name: solved[name].run.executed, [source])
    out = ROOT / "_build" / "site"
    done = subprocess.run(
        [sys.executable, ROOT / "book" / "build.py", "--out", out], capture_output=True, text=True
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)
    return out


@pytest.fixture(scope="session")
def site_url(site: Path) -> Iterator[str]:
    """Address of the site on the loopback interface, in a subfolder as GitHub Pages has it."""
    with served(site) as address:
        yield address


@pytest.fixture
def open_page(browser: Browser, site_url: str) -> Iterator[Callable[..., Page]]:
    """Open a page of the site by its path; options go to Playwright's `new_context`."""
    contexts: list[BrowserContext] = []

    def open_(path: str, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.goto(site_url + path, wait_until="networkidle")
        return page

    yield open_
    for context in contexts:
        context.close()
