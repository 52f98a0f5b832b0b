"""Kills a grader at random moments and counts what it lost or doubled."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import psutil

from autograder.grading.whole_class import Grading, find_submissions
from autograder.workspace.folders import Workspace

_GRADE = """
import sys
from pathlib import Path
import psutil

from autograder.grading import Grading, find_submissions
from autograder.workspace import Workspace

workspace, cluster, lessons = Workspace(Path(sys.argv[1])), sys.argv[2] or None, sys.argv[3:]
for outcome in Grading(workspace, find_submissions(workspace, lessons, []), None, cluster):
    print(outcome.lesson, outcome.student, outcome.cached, flush=True)
"""


@dataclass
class Killed:
    """What became of a class whose grader was killed again and again.

    Attributes:
        graders: the processes that were killed.
        run: how often each submission was told to have been run.
    """

    graders: list[int] = field(default_factory=list)
    run: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, output: str) -> None:
        """Take in what a grader printed before it ended."""
        for line in output.splitlines():
            lesson, student, cached = line.split()
            self.run[lesson, student] += cached == "False"


def start_grader(workspace: Workspace, *lessons: str, cluster: str = "") -> subprocess.Popen[str]:
    """Start grading a class in a process of its own: all lessons, here, if nothing is named."""
    return subprocess.Popen(
        [sys.executable, "-c", _GRADE, workspace.root, cluster, *lessons],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_often(
    classes: Iterable[Workspace], chance: random.Random, kills: int
) -> tuple[list[int], list[str]]:
    """Kill graders at random moments; return them, and what was wrong then, a sentence each.

    Args:
        classes: ungraded ones without end. A fast machine grades one before it is killed twice:
            then the next has its turn.
        chance: the moments.
        kills: how many graders are killed.
    """
    graders: list[int] = []
    wrong: list[str] = []
    for workspace in classes:
        killed = _kill_at_random(workspace, chance, kills - len(graders))
        graders += killed.graders
        wrong += lost_or_doubled(workspace, killed)
        if len(graders) == kills:
            break
    return graders, wrong


def _kill_at_random(workspace: Workspace, chance: random.Random, most: int) -> Killed:
    """Start grading a class and kill it, until it comes to its end or was killed `most` times."""
    killed = Killed()
    while len(killed.graders) < most:
        process = start_grader(workspace)
        try:
            output, errors = process.communicate(timeout=chance.uniform(1, 6))
            assert process.returncode == 0, errors
            killed.note(output)
            break
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            killed.note(process.communicate()[0])
            killed.graders.append(process.pid)
    return killed


def wait_until_gone(*graders: int) -> None:
    """Wait for the end of all that these graders have started.

    Raises:
        AssertionError: something goes on.
    """
    wait_until_left(*(f"{tempfile.gettempdir()}/autograder-{pid}-" for pid in graders))


def wait_until_left(*folders: str) -> None:
    """Wait until no process is about a path that begins like one of these.

    What is forked from a zygote keeps its command line, which names the socket.

    Raises:
        AssertionError: something goes on.
    """
    until = time.monotonic() + 60
    while left := [p for p in psutil.process_iter(["cmdline"]) if _is_in(p, folders)]:
        assert time.monotonic() < until, left
        time.sleep(0.1)


def _is_in(process: psutil.Process, folders: tuple[str, ...]) -> bool:
    return any(part.startswith(folders) for part in process.info["cmdline"] or ())


def lost_or_doubled(workspace: Workspace, killed: Killed) -> list[str]:
    """Grade once more, to the end, and tell what is wrong then, a sentence each."""
    pairs = find_submissions(workspace, [], [])
    outcomes = list(Grading(workspace, pairs))
    wrong = [f"{pair} was run {count} times" for pair, count in killed.run.items() if count > 1]
    wrong += [f"{pair} has no outcome" for pair in pairs if pair not in _pairs(outcomes)]
    for lesson in {lesson for lesson, _ in pairs}:
        with workspace.gradebook() as book:
            records = {s.student_id: s.score for s in book.assignment_submissions(lesson)}
        for outcome in outcomes:
            executed = workspace.autograded / outcome.student / lesson / f"{lesson}.ipynb"
            if outcome.lesson != lesson:
                continue
            if records.pop(outcome.student, None) != (outcome.score or 0):
                wrong.append(f"{outcome.student} has another score in the gradebook")
            if executed.is_file() != outcome.graded:
                wrong.append(f"{outcome.student} has lost the executed notebook")
        wrong += [f"{student} has a record too many" for student in records]
    return wrong


def _pairs(outcomes: list) -> set[tuple[str, str]]:
    return {(outcome.lesson, outcome.student) for outcome in outcomes}
