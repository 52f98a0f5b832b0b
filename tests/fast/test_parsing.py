"""Submissions are read in several threads at once, and Python's parser is not made for that."""

import gc
import threading
import time
from collections.abc import Iterator

import pytest

from autograder.cells import parsing

CODE = "\n".join(
    f"def f{i}(a, b=(1, (2, (3,)))):\n    return [x for x in a if x]" for i in range(99)
)


class Slow:
    """Garbage that lets another thread go on while a tree is made."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        time.sleep(0)


@pytest.fixture
def often() -> Iterator[None]:
    """Look for garbage all the time."""
    before = gc.get_threshold()
    gc.set_threshold(50, 2, 2)
    yield
    gc.set_threshold(*before)


def test_threads_parse_side_by_side(often: None) -> None:
    errors: list[SystemError] = []

    def parse() -> None:
        for _ in range(25):
            garbage = [Slow() for _ in range(20)]
            del garbage
            try:
                parsing.tree(CODE)
            except SystemError as error:
                errors.append(error)

    threads = [threading.Thread(target=parse) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
