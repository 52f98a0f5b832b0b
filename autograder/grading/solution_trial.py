"""Tries the author's own solution, to find the checks that can't be judged outside.

A check needs values that can be carried to the judge. Whether they can is decided by the author's
lesson and never by what a student handed in, who could choose values to be judged more kindly. It
must not know students or the gradebook.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from autograder.cells import is_check
from autograder.files import fingerprint, read_whole, write_whole
from autograder.grading.engine import Engine
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import read
from autograder.grading.options import Options
from autograder.record import FOLDER
from autograder.scoring import Result


@dataclass(frozen=True)
class Trial:
    """Where the solution of a lesson is tried, and where the outcome is kept.

    Attributes:
        engine, options: where and how it is run.
        workspace: a folder; what was found lies there until lesson or installation change.
    """

    engine: Engine
    options: Options
    workspace: Path

    def checks_inside(self, lesson: Lesson) -> frozenset[str]:
        """The grade_ids of the checks that accept the solution only in its own process."""
        key = fingerprint.of(lesson.fingerprints, fingerprint.of_installation())
        path = self.workspace / FOLDER / "trials" / f"{lesson.name}.json"
        kept = read_whole(path)
        if kept and kept.get("key") == key:
            return frozenset(kept["inside"])
        found = self._find(lesson)
        write_whole(path, json.dumps({"key": key, "inside": sorted(found)}).encode())
        return found

    def _find(self, lesson: Lesson) -> frozenset[str]:
        outside = self._solve(lesson, frozenset())
        if not _failed(outside):
            return frozenset()
        everything = frozenset(check.grade_id for check in outside.checks)
        wanted = _scores(self._solve(lesson, everything))
        found = frozenset(name for name, score in _scores(outside).items() if score < wanted[name])
        if found and _scores(self._solve(lesson, found)) != wanted:
            return everything  # they hang together
        return found

    def _solve(self, lesson: Lesson, inside: frozenset[str]) -> Result:
        tried = replace(lesson, shown={}, inside=inside)
        options = replace(self.options, like_nbgrader=False)
        return self.engine.run(tried, read(tried, lesson.source), options)


def _scores(result: Result) -> dict[str, float]:
    return {check.grade_id: check.score for check in result.checks}


def _failed(result: Result) -> bool:
    """Whether a check raised or said nothing; one that counts points may rightly count none."""
    notebooks = [nbformat.reads(text, as_version=4) for text in result.notebooks.values()]
    return any(
        not cell.outputs or any(output.output_type == "error" for output in cell.outputs)
        for notebook in notebooks
        for cell in filter(is_check, notebook.cells)
    )
