"""Check what this machine can do for grading, by doing it."""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import psutil
from nbformat import NotebookNode

from autograder.errors import AutograderError
from autograder.execution import Runtime, TimeLimits, execute
from autograder.grading import Options, new_zygote, place_for
from autograder.processes import ColdStartNeeded, ZygoteClient
from autograder.workspace import CONFIG_FILE, Workspace

_GB = 1e9
_MEMORY_OF_ONE = 1.5e9
_REMEDY = (
    "allow unprivileged user namespaces (on Ubuntu 24.04: sysctl "
    "kernel.apparmor_restrict_unprivileged_userns=0; in Docker: --security-opt seccomp=unconfined "
    "or --privileged), or accept the risk with --unsandboxed"
)
_LOOK = """
import os, socket
seen = sorted(os.listdir("/"))
try:
    socket.create_connection(("127.0.0.1", 1), 1)
except OSError as error:
    network = str(error)
seen, network, os.getuid()
"""


@dataclass(frozen=True)
class Finding:
    """One thing that a machine can or can't do; `vital` if grading students' code needs it."""

    what: str
    good: bool
    detail: str
    vital: bool = False


def examine(workspace: Workspace | None = None) -> Iterator[Finding]:
    """Check one thing after the other; check the gradebook only if there is a workspace."""
    yield _processors()
    yield _memory()
    if workspace and (workspace.root / CONFIG_FILE).is_file():
        yield _gradebook(workspace)
    if sys.platform != "linux":
        yield Finding(
            "sandboxes students' code",
            False,
            f"only Linux can; on {sys.platform} the code runs as you, with time limits only",
            vital=True,
        )
        return
    yield from _runner()


def _processors() -> Finding:
    number = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Finding(
        "has processors", bool(number), f"{number}: grades that many submissions at a time"
    )


def _memory() -> Finding:
    free = psutil.virtual_memory().available
    detail = f"{free / _GB:.1f} GB free; one submission of this course takes up to 1.5 GB"
    return Finding("has memory", free > _MEMORY_OF_ONE, detail)


def _gradebook(workspace: Workspace) -> Finding:
    """Check that the database answers; a missing database file is created by the first release."""
    what = "reaches the gradebook"
    began = time.monotonic()
    try:
        database = workspace.database()
        if database.file:
            found = database.file.exists()
            return Finding(
                what, found, str(database.file) + ("" if found else " does not exist yet")
            )
        answer = f"{database} is {database.ask()}, in {time.monotonic() - began:.2f} s"
        return Finding(what, True, answer, vital=True)
    except AutograderError as error:
        return Finding(what, False, str(error), vital=True)


def _runner() -> Iterator[Finding]:
    began = time.monotonic()
    try:
        with new_zygote(("tensorflow", "keras")) as zygote:
            zygote.wait_until_ready()
            ready = time.monotonic() - began
            yield Finding(
                "starts Python warm", True, f"TensorFlow is imported once, in {ready:.1f} s"
            )
            yield _shut_in(zygote)
    except ColdStartNeeded as error:
        yield Finding("starts Python warm", False, f"{error}: each submission imports it again")


def _shut_in(zygote: ZygoteClient) -> Finding:
    what = "sandboxes students' code"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(_LOOK)])
    began = time.monotonic()
    try:
        with place_for(Options()) as place, tempfile.TemporaryDirectory() as empty:
            here = replace(place, files=Path(empty), folder="doctor")
            bounds = TimeLimits(10, 30, threading.Event())
            ended = execute(notebook, [0], Runtime(zygote, here, bounds)).ended
    except AutograderError as error:
        return Finding(what, False, f"{error}: {_REMEDY}", vital=True)
    seconds = time.monotonic() - began
    if ended:
        return Finding(what, False, ended, vital=True)
    return Finding(what, True, f"in {seconds:.2f} s; inside: {_said(notebook)}", vital=True)


def _said(notebook: NotebookNode) -> str:
    output = notebook.cells[0].outputs[-1]
    return " ".join(output.get("data", {}).get("text/plain", output.get("evalue", "")).split())
