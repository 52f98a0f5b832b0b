"""Parameters of the lesson tests: each lesson, each answer of the bank."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lessons import solved as lessons


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "lesson_source" in metafunc.fixturenames:
        metafunc.parametrize("lesson_source", lessons.LESSONS, ids=lambda path: path.stem)
    for kind in ("right", "wrong"):
        if f"{kind}_answer" in metafunc.fixturenames:
            chosen = [pair for pair in lessons.ANSWERS if pair[1].kind == kind]
            names = [f"{lesson[:2]}-{answer.exercise}-{answer.title}" for lesson, answer in chosen]
            metafunc.parametrize(f"{kind}_answer", chosen, ids=names)


class Solved(dict[str, lessons.SolvedLesson]):
    """Lessons by name; each is run to its end, or to its failure, when a test first asks for it."""

    def __init__(self, make_folder: Callable[[str], Path]) -> None:
        super().__init__()
        self._make_folder = make_folder
        self._failures: dict[str, Exception] = {}

    def __missing__(self, name: str) -> lessons.SolvedLesson:
        if name in self._failures:  # a lesson that fails is not run again for each of its answers
            raise self._failures[name]
        path = next(path for path in lessons.LESSONS if path.stem == name)
        try:
            self[name] = lessons.run(path, self._make_folder(name))
        except Exception as error:
            self._failures[name] = error
            raise
        return self[name]


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, lessons.SolvedLesson]:
    return Solved(tmp_path_factory.mktemp)
