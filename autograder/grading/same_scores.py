"""Proves by running that how we grade changes no score, and keeps the solved outputs.

A lesson is run as stock nbgrader would, whole and in one process, and again as we grade it, with
only its needed cells and its checks judged outside; the solution, and each answer of the bank in
its place, must score the same both times. What the whole run showed is kept: it stands in a graded
notebook where a cell was not run. It must not know students or the gradebook.
"""

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.cells import grade_id, is_check, needed
from autograder.errors import GradingFailed
from autograder.execution import Runtime
from autograder.files import fingerprint, read_whole, write_whole
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import execute_plan, plan_for
from autograder.lesson import Answer, with_answer
from autograder.record import FOLDER
from autograder.scoring import Verdict, judge

Scores = dict[tuple[str, str], Verdict]  # (grade_id of a check, title of an answer) -> verdict
SOLUTION = "the solution"


@dataclass(frozen=True)
class Proof:
    """What proving a lesson found.

    Attributes:
        differences: a sentence for each score that is another one without the rest.
        trials: how many scores were compared.
        cached: nothing was run, because nothing has changed since.
    """

    differences: tuple[str, ...]
    trials: int
    cached: bool = False


def prove(
    lesson: Lesson,
    answers: Sequence[Answer],
    runtime: Runtime,
    workspace: Path,
) -> Proof:
    """Prove a released lesson, or find that it was proven; keep what its whole run showed.

    Args:
        lesson: as released into the workspace.
        answers: of the bank.
        runtime: what runs the notebooks.
        workspace: the folder in which the outcome is kept.

    Raises:
        GradingFailed: a run did not come to its end.
    """
    key = fingerprint.of(
        lesson.fingerprints,
        [[a.exercise, a.title, a.source] for a in answers],
        fingerprint.of_installation(),
    )
    path = _kept(workspace, lesson.name)
    kept = read_whole(path)
    if kept and kept.get("key") == key:
        return Proof(tuple(kept["differences"]), kept["trials"], cached=True)
    run = _Run(lesson, runtime)
    differences: list[str] = []
    trials, shown = 0, {}
    for name, notebook in lesson.notebooks.items():
        own = [a for a in answers if a.exercise in _exercises(notebook)]
        tried = with_trials(notebook, own)
        whole = run.scores(name, tried, range(len(tried.cells)), as_graded=False)
        short: Scores = {}
        for group in groups(notebook, own):
            scores = run.scores(name, group.notebook, group.cells, as_graded=True)
            short |= {trial: scores[trial] for trial in scores if trial[1] in group.titles}
        trials += len(short)
        differences += _differences(whole, short)
        shown[name] = {cell.id: cell.outputs for cell in tried.cells if cell.get("outputs")}
    found = {
        "key": key,
        "source": lesson.fingerprints,
        "differences": differences,
        "trials": trials,
        "shown": shown,
    }
    write_whole(path, json.dumps(found).encode())
    return Proof(tuple(differences), trials)


def shown_in_full(workspace: Path, lesson: Lesson) -> dict[str, dict[str, list[NotebookNode]]]:
    """What each cell of the solved lesson shows, by notebook and cell id; empty if not proven."""
    kept = read_whole(_kept(workspace, lesson.name))
    if not kept or kept.get("source") != lesson.fingerprints:
        return {}
    return {
        name: {cell: [nbformat.from_dict(o) for o in outputs] for cell, outputs in cells.items()}
        for name, cells in kept["shown"].items()
    }


@dataclass(frozen=True)
class Group:
    """Answers that need the same cells: the notebook with them in it, and the cells to be run.

    `titles` are those whose scores count: the solution's own do not where it needs other cells.
    """

    notebook: NotebookNode
    cells: tuple[int, ...]
    titles: frozenset[str]


def groups(notebook: NotebookNode, answers: Sequence[Answer]) -> Iterator[Group]:
    """The solution, and all answers to be tried without the cells that grading leaves out."""
    usual = frozenset(needed(notebook))
    by_cells: dict[frozenset[int], list[Answer]] = {usual: []}
    for answer in answers:
        cells = frozenset(needed(with_answer(notebook, answer.exercise, answer.source)))
        by_cells.setdefault(cells, []).append(answer)
    for cells, group in by_cells.items():
        kept = {notebook.cells[index].id for index in cells}
        tried = with_trials(notebook, group)
        titles = {answer.title for answer in group} | ({"", SOLUTION} if cells == usual else set())
        yield Group(
            tried,
            tuple(
                index
                for index, cell in enumerate(tried.cells)
                if cell.id in kept or "trial" in cell.metadata
            ),
            frozenset(titles),
        )


def with_trials(notebook: NotebookNode, answers: Sequence[Answer]) -> NotebookNode:
    """A copy in which each answer is tried after its exercise's check, then the solution again."""
    tried = copy.deepcopy(notebook)
    tried.cells = []
    solutions = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    for cell in copy.deepcopy(notebook.cells):
        tried.cells.append(cell)
        exercise = grade_id(cell).removesuffix("_check")
        own = [answer for answer in answers if answer.exercise == exercise]
        if is_check(cell) and own:
            for answer in own:
                tried.cells += _trial(answer.source, cell, answer.title)
            tried.cells += _trial(solutions[exercise].source, cell, SOLUTION)
    for number, cell in enumerate(tried.cells):
        if "trial" in cell.metadata:
            cell.id = f"trial-{number}"
    return tried


def _trial(source: str, check: NotebookNode, title: str) -> list[NotebookNode]:
    again = copy.deepcopy(check)
    again.metadata["trial"] = title
    return [nbformat.v4.new_code_cell(source, metadata={"trial": title}), again]


class _Run:
    """Runs notebooks of one lesson."""

    def __init__(self, lesson: Lesson, runtime: Runtime) -> None:
        self._lesson = lesson
        self._runtime = runtime

    def scores(
        self, name: str, notebook: NotebookNode, cells: Sequence[int], as_graded: bool
    ) -> Scores:
        """Run some cells of a notebook, in place, and score its checks."""
        code = [index for index in cells if notebook.cells[index].cell_type == "code"]
        lesson = self._lesson
        plan = plan_for(lesson, name, notebook, code, whole=not as_graded)
        execution = execute_plan(lesson, plan, {}, self._runtime)
        if execution.ended:
            raise GradingFailed(f"{lesson.name} can't be proven: {execution.ended}.")
        return {
            (grade_id(cell), cell.metadata.get("trial", "")): judge(
                cell, float(cell.metadata.nbgrader.points)
            )
            for cell in (notebook.cells[index] for index in code)
            if is_check(cell)
        }


def _differences(whole: Scores, short: Scores) -> Iterator[str]:
    for (check, title), verdict in short.items():
        other = whole[check, title]
        if verdict.score != other.score:
            yield (
                f"{check}, {title or SOLUTION}: {verdict.score:g} points instead of "
                f"{other.score:g} ({verdict.reason or other.reason})"
            )


def _exercises(notebook: NotebookNode) -> set[str]:
    return {grade_id(cell) for cell in notebook.cells}


def _kept(workspace: Path, lesson: str) -> Path:
    return workspace / FOLDER / "proofs" / f"{lesson}.json"
