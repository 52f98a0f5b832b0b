"""Warm kernels for all tests that run notebooks, and which tests share a process.

Each process of pytest has one zygote, ended with it.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator

import psutil
import pytest

# What takes so long to make that all tests which use it should run in one process.
SHARED = ("site", "toy_class", "lesson_class")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name for each test the group that it runs in; with `pytest -n 0` it means nothing."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    """What it shares: a fixture, the run of a lesson, or else the fixtures of its file."""
    used = item.fixturenames if isinstance(item, pytest.Function) else ()
    if shared := [name for name in SHARED if name in used]:
        return shared[0]
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    if "lesson_source" in parameters:
        return parameters["lesson_source"].stem
    for name in ("right_answer", "wrong_answer"):
        if name in parameters:
            return parameters[name][0]
    return item.nodeid.partition("::")[0]


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
