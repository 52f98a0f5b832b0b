"""Checks of all lessons, run where the student's code is not, accept each exercise's solution.

That every answer of the bank scores as in one process is proven by `autograder release`.
"""

import ast
import contextlib
import io
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import CodeType

import nbformat
import pytest

from autograder.carry import Judge, SocketTransport, Student
from autograder.lesson import write_solved
from autograder.lesson.source import find_lessons

ROOT = Path(__file__).parents[2]
LESSONS = find_lessons([], ROOT / "solutions")
CHECK = "_check"


class LessonCells:
    """A solved lesson's cells by grade_id, and what its other cells define before each check."""

    def __init__(self, path: Path, folder: Path) -> None:
        notebook = nbformat.read(write_solved(path, folder), as_version=4)
        self.name = path.stem
        self.cells: dict[str, str] = {}
        self.before: dict[str, list[str]] = {}
        definitions: list[str] = []
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if cell.cell_type != "code":
                continue
            self.cells[grade_id] = cell.source
            self.before[grade_id] = list(definitions)
            if not grade_id.endswith(CHECK):
                definitions.append(only_definitions(cell.source))

    def exercises(self) -> list[str]:
        return [name for name in self.cells if name and f"{name}{CHECK}" in self.cells]


def only_definitions(source: str) -> str:
    """Keep what a cell imports and defines; its demonstrations train for long."""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    body = ast.parse(source).body
    kept = [node for node in body if isinstance(node, kinds) or _is_constant(node)]
    return ast.unparse(ast.Module(kept, []))


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)


def run(pieces: list[str | CodeType], namespace: dict[str, object]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        for piece in pieces:
            with contextlib.suppress(Exception):  # it needs what a demonstration has made
                exec(piece, namespace)


def start_anew() -> None:
    """Name and draw as if nothing had been before."""
    import keras
    from keras.src.utils import naming

    naming.reset_uids()
    keras.utils.set_random_seed(0)


def outcome(check: str, namespace: dict[str, object]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(check, "<check>", "exec"), namespace)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return printed.getvalue().strip()


class Remote:
    """A process in which answers are defined and called."""

    def __init__(self, folder: Path) -> None:
        mine, theirs = socket.socketpair()
        command = [sys.executable, __file__, str(theirs.fileno())]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'course'}"}
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], cwd=folder, env=environment
        )
        theirs.close()
        self._socket = mine
        self._transport = SocketTransport(mine)

    def judge(self, lesson: LessonCells, exercise: str, source: str) -> str:
        define = Judge(self._transport).fetch("define")
        define([*lesson.before[exercise], source])
        start_anew()
        try:
            function = Judge(self._transport).fetch(exercise)
        except NameError as error:
            return f"NameError: {error}"
        namespace = {"__name__": "__main__", exercise: function}
        return outcome(lesson.cells[f"{exercise}{CHECK}"], namespace)

    def close(self) -> None:
        self._socket.close()
        assert self._process.wait(60) == 0


def serve(descriptor: int) -> None:
    namespace: dict[str, object] = {}

    def define(pieces: list[str]) -> None:
        namespace.clear()
        namespace.update(__name__="__main__", define=define)
        run(pieces, namespace)
        start_anew()

    namespace["define"] = define
    with contextlib.redirect_stdout(io.StringIO()):
        Student(SocketTransport(socket.socket(fileno=descriptor)), namespace).serve()


@pytest.fixture(scope="module")
def remote(tmp_path_factory):
    process = Remote(tmp_path_factory.mktemp("student"))
    yield process
    process.close()


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_solutions_pass(path, remote, tmp_path):
    lesson = LessonCells(path, tmp_path)
    assert lesson.exercises()
    for exercise in lesson.exercises():
        told = remote.judge(lesson, exercise, lesson.cells[exercise])
        assert f"✅ {exercise}: passed." in told


if __name__ == "__main__":
    serve(int(sys.argv[1]))
