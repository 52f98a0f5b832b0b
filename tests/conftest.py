"""What all tests share: warm kernels, solved lessons, and which tests run in one process.

Each process of pytest has one zygote, ended with it.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.lessons.solved import SolvedLessons

# Tests of one lesson wait for a run of it; those of the website, for the built site.
LESSON = re.compile(r"tests/lessons/[^:]+::\w+\[(\d\d)[-_]")
WEBSITE = "tests/site/"
# What takes long is handed out first, so that no process works alone at the end; the website comes
# after the lessons, because it shows what they put out.
ORDER = ("lessons", "site", "grading", "hub", "keras", "fast")


def group(nodeid: str) -> str:
    """Which tests run in one process, because what they share takes long to make."""
    if lesson := LESSON.match(nodeid):
        return lesson[1]
    return WEBSITE if nodeid.startswith(WEBSITE) else nodeid.partition("::")[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests by the first folder in their path, in `ORDER`."""

    def place(item: pytest.Item) -> int:
        folder = item.nodeid.split("/")[1]
        return ORDER.index(folder) if folder in ORDER else len(ORDER)

    items.sort(key=place)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out whole groups (pytest-xdist's own `loadgroup` does not know this pytest)."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    config.option.loadscopereorder = False  # by `ORDER`, and not by their numbers
    return ByGroup(config, log)


@pytest.fixture(scope="session", autouse=True)
def warm_kernels() -> Iterator[None]:
    """Let kernels be forked from a zygote in a folder of this session's own."""
    if sys.platform != "linux":
        yield  # kernels start cold there
        return
    folder = tempfile.mkdtemp(prefix="transferlab-tests-")
    with pytest.MonkeyPatch.context() as patch:
        # Whatever a grader leaves behind lies here, and can be told from another grader's.
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        patch.setenv("XDG_RUNTIME_DIR", folder)
        patch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "warm-provisioner")
        yield
    for process in psutil.process_iter(["cmdline"]):
        if any(part.startswith(folder) for part in process.info["cmdline"] or ()):
            process.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory) -> "SolvedLessons":
    """The solved lessons; each runs once in a session, whichever process asks for it first."""
    from tests.lessons.solved import SolvedLessons

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the folder that all workers have in common
    folder = folder / "solved"
    folder.mkdir(exist_ok=True)
    return SolvedLessons(folder)


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A headless Chromium, closed with the module.

    Playwright runs only once in a process, and as long as it does, every test there has a running
    event loop, which what others test may not expect.
    """
    from tests.support.browser import chromium

    with chromium() as browser:
        yield browser
