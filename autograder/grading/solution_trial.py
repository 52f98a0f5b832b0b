"""Try out the author's own solution to find the checks that can't be judged in another process.

A check needs values that can be carried to the judge. Whether they can is decided by the author's
lesson, never by a student's submission: a student could choose the values in order to be judged
more leniently. This module must not know students or the gradebook.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from autograder.cells import is_check
from autograder.files import fingerprint, read_json, write_atomically
from autograder.grading.engine import Engine
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import read
from autograder.grading.options import Options
from autograder.record import STATE_FOLDER
from autograder.scoring import Result


@dataclass(frozen=True)
class SolutionTrial:
    """A trial of the solution of a lesson.

    Attributes:
        engine, options: where and how the solution is run.
        workspace: the folder where the outcome is kept until the lesson or the installation
            changes.
    """

    engine: Engine
    options: Options
    workspace: Path

    def as_tried(self, lesson: Lesson) -> Lesson:
        """Return the lesson with the checks that must be judged in the student's process."""
        inside = self.checks_inside(lesson)
        return replace(lesson, inside=inside) if inside else lesson

    def checks_inside(self, lesson: Lesson) -> frozenset[str]:
        """Return the grade_ids of the checks that accept the solution only in its own process."""
        key = fingerprint.of(lesson.fingerprints, fingerprint.of_installation())
        path = self.workspace / STATE_FOLDER / "trials" / f"{lesson.name}.json"
        kept = read_json(path)
        if kept and kept.get("key") == key:
            return frozenset(kept["inside"])
        found = self._find(lesson)
        write_atomically(path, json.dumps({"key": key, "inside": sorted(found)}).encode())
        return found

    def _find(self, lesson: Lesson) -> frozenset[str]:
        outside = self._solve(lesson, frozenset())
        if not _failed(outside):
            return frozenset()
        everything = frozenset(check.grade_id for check in outside.checks)
        wanted = _scores(self._solve(lesson, everything))
        found = frozenset(name for name, score in _scores(outside).items() if score < wanted[name])
        if found and _scores(self._solve(lesson, found)) != wanted:
            return everything  # the checks depend on each other
        return found

    def _solve(self, lesson: Lesson, inside: frozenset[str]) -> Result:
        tried = replace(lesson, shown={}, inside=inside)
        options = replace(self.options, like_nbgrader=False)
        return self.engine.run(tried, read(tried, lesson.source), options)


def _scores(result: Result) -> dict[str, float]:
    return {check.grade_id: check.score for check in result.checks}


def _failed(result: Result) -> bool:
    """Return whether a check raised an error or printed nothing.

    The score can't tell: a check that counts points may rightly give none.
    """
    notebooks = [nbformat.reads(text, as_version=4) for text in result.notebooks.values()]
    return any(
        not cell.outputs or any(output.output_type == "error" for output in cell.outputs)
        for notebook in notebooks
        for cell in filter(is_check, notebook.cells)
    )
