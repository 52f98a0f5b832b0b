"""Prove by running that how we grade changes no score, and keep the solved outputs.

A lesson is run as stock nbgrader would, whole and in one process, and again as we grade it, with
only its needed cells and its checks judged outside; the solution, and each answer of the bank in
its place, must score the same both times. The outputs of the whole run are kept: a graded notebook
shows them where a cell was not run. It must not know students or the gradebook.
"""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.answer_bank import Answer, with_answer
from autograder.cells import grade_id, is_check, needed
from autograder.errors import GradingFailed
from autograder.execution import Runtime
from autograder.files import fingerprint, read_json, write_atomically
from autograder.grading.lesson import Lesson
from autograder.grading.one_submission import execute_plan, plan_for
from autograder.record import STATE_FOLDER
from autograder.scoring import Verdict, score_check

Scores = dict[tuple[str, str], Verdict]  # (grade_id of a check, title of an answer) -> verdict
SOLUTION = "the solution"


@dataclass(frozen=True)
class Proof:
    """What proving a lesson found.

    Attributes:
        differences: a sentence for each score that differs between the whole run and grading.
        trials: how many scores were compared.
        inside: the checks that are judged in the student's own process.
    """

    differences: tuple[str, ...]
    trials: int
    inside: frozenset[str]


def proven_before(lesson: Lesson, answers: Sequence[Answer], workspace: Path) -> Proof | None:
    """Return what an earlier proof found, if nothing has changed since."""
    kept = read_json(_kept(workspace, lesson.name))
    if not kept or kept.get("key") != _key(lesson, answers):
        return None
    return Proof(tuple(kept["differences"]), kept["trials"], frozenset(kept["inside"]))


def prove(
    lesson: Lesson,
    answers: Sequence[Answer],
    runtime: Runtime,
    workspace: Path,
    on_run: Callable[[int, int], None] = lambda done, total: None,
) -> Proof:
    """Prove a released lesson; keep the result, and the outputs of its whole run.

    Args:
        lesson: as released into the workspace.
        answers: of the bank.
        runtime: what runs the notebooks.
        workspace: the folder in which the outcome is kept.
        on_run: called before each run and after the last one: how many are done, and of how many.

    Raises:
        GradingFailed: a run did not finish.
    """
    wholes, parts = {}, {}
    for name, notebook in lesson.notebooks.items():
        own = [a for a in answers if a.exercise in _exercises(notebook)]
        wholes[name], parts[name] = with_trials(notebook, own), list(groups(notebook, own))
    total = sum(1 + len(groups) for groups in parts.values())
    run = _Run(lesson, runtime, total, on_run)
    differences: list[str] = []
    trials, shown = 0, {}
    for name, tried in wholes.items():
        whole = run.scores(name, tried, range(len(tried.cells)), as_graded=False)
        short: Scores = {}
        for group in parts[name]:
            scores = run.scores(name, group.notebook, group.cells, as_graded=True)
            short |= {trial: scores[trial] for trial in scores if trial[1] in group.titles}
        trials += len(short)
        differences += _differences(whole, short)
        shown[name] = {cell.id: cell.outputs for cell in tried.cells if cell.get("outputs")}
    found = {
        "key": _key(lesson, answers),
        "source": lesson.fingerprints,
        "differences": differences,
        "trials": trials,
        "inside": sorted(lesson.inside),
        "shown": shown,
    }
    write_atomically(_kept(workspace, lesson.name), json.dumps(found).encode())
    return Proof(tuple(differences), trials, lesson.inside)


def shown_in_full(workspace: Path, lesson: Lesson) -> dict[str, dict[str, list[NotebookNode]]]:
    """What each cell of the solved lesson shows, by notebook and cell id; empty if not proven."""
    kept = read_json(_kept(workspace, lesson.name))
    if not kept or kept.get("source") != lesson.fingerprints:
        return {}
    return {
        name: {cell: [nbformat.from_dict(o) for o in outputs] for cell, outputs in cells.items()}
        for name, cells in kept["shown"].items()
    }


@dataclass(frozen=True)
class Group:
    """Answers that need the same cells: the notebook with them in it, and the cells to be run.

    `titles` are the titles whose scores count; the solution's count only in its own group.
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
    """The runs of one lesson's notebooks, counted."""

    def __init__(
        self,
        lesson: Lesson,
        runtime: Runtime,
        total: int,
        on_run: Callable[[int, int], None],
    ) -> None:
        self._lesson = lesson
        self._runtime = runtime
        self._done, self._total = 0, total
        self._on_run = on_run
        on_run(0, total)

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
        self._done += 1
        self._on_run(self._done, self._total)
        return {
            (grade_id(cell), cell.metadata.get("trial", "")): score_check(
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
                f"{check}, {title or SOLUTION}: {verdict.score:g} points as graded, "
                f"{other.score:g} in a whole run ({verdict.reason or other.reason})"
            )


def _exercises(notebook: NotebookNode) -> set[str]:
    return {grade_id(cell) for cell in notebook.cells}


def _key(lesson: Lesson, answers: Sequence[Answer]) -> str:
    """Return what changes with all that decides the result."""
    tried = [[answer.exercise, answer.title, answer.source] for answer in answers]
    return fingerprint.of(lesson.fingerprints, tried, fingerprint.of_installation())


def _kept(workspace: Path, lesson: str) -> Path:
    return workspace / STATE_FOLDER / "proofs" / f"{lesson}.json"
