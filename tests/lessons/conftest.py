"""Parameters of the lesson tests: each lesson, each answer of the bank."""

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
