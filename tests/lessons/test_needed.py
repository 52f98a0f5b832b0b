"""What grading leaves out changes no score: not of the solution, not of an answer of the bank."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbclient
import nbformat

from autograder import answer_bank
from autograder.cells.names import bindings_in
from autograder.cells.needed import DEMONSTRATION, needed
from autograder.lesson import solved_notebook, write_solved
from autograder.scoring.check_output import Verdict, error_sentence, score_check
from tests.lessons.cells import exercises
from tests.lessons.solved import ANSWERS

# Of each lesson, what its slowest cells do. No check may come to depend on them.
SLOW = {
    "01": ("training.fit(network, task", 'sweeps.recompute("labels_curve"'),
    "02": ("model.fit(x, y, epochs=3",),
    "03": ("digits_model.fit(",),
    "04": ("outer.fit(x, y", "comparison = experiment.compare(", "trained.fit(x, y"),
    "05": ("payoff = compare(", "at_prediction = compare("),
    "06": ("thousand = compare(", "reader.fit("),
    "07": ("model.fit(digits.x_train, digits.y_train, epochs=15", "sweeps.recompute("),
    "08": ("head.fit(train, np.eye(10)", 'sweeps.recompute("regression"'),
    "09": ('sweeps.recompute("sources"', "saved = compare("),
    "10": ("reader = make_reader(source)", "by_images = compare("),
    "11": ('sweeps.recompute("topics"', "return compare({name: methods[name]"),
    "12": ("joint_start = meta.joint(", "reptile_start = meta.reptile("),
}


@dataclass(frozen=True)
class Plan:
    """A lesson with an answer in it, and the cells that grading runs of it."""

    answer: answer_bank.Answer
    notebook: nbformat.NotebookNode
    cells: frozenset[int]


@cache
def solution(lesson: Path) -> tuple[nbformat.NotebookNode, frozenset[int]]:
    notebook = solved_notebook(lesson)
    return notebook, frozenset(needed(notebook))


@cache
def plans(lesson: Path) -> tuple[Plan, ...]:
    notebook, _ = solution(lesson)
    made = []
    for name, answer in ANSWERS:
        if name == lesson.stem:
            answered = answer_bank.with_answer(notebook, answer.exercise, answer.source)
            made.append(Plan(answer, answered, frozenset(needed(answered))))
    return tuple(made)


def run(
    lesson: Path, folder: Path, notebook: nbformat.NotebookNode, cells: Sequence[int]
) -> Iterator[tuple[str, Verdict, str]]:
    """Run some cells; give each check's grade_id, its verdict and what it was told."""
    write_solved(lesson, folder)  # for the quiz beside it
    part = nbformat.v4.new_notebook(metadata=notebook.metadata)
    part.cells = [
        nbformat.from_dict({**notebook.cells[i], "id": f"c{n}"}) for n, i in enumerate(cells)
    ]
    client = nbclient.NotebookClient(
        part, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    for cell in part.cells:
        meta = cell.metadata.get("nbgrader", {})
        errors = [error_sentence(o) for o in cell.outputs if o.output_type == "error"]
        if meta.get("grade"):
            yield meta.grade_id, score_check(cell, meta.points), " ".join(errors)
        elif not meta.get("solution"):
            assert not errors, cell.source


def test_solution_scores_the_same_without_the_rest(lesson_source: Path, tmp_path: Path) -> None:
    """Full marks, as in a full run (see `test_answers`), but for the quiz, which nobody answers."""
    notebook, cells = solution(lesson_source)
    verdicts = {name: v for name, v, _ in run(lesson_source, tmp_path, notebook, sorted(cells))}
    assert verdicts.keys() == {f"{name}_check" for name in [*exercises(notebook), "quiz"]}
    assert verdicts.pop("quiz_check").score == 0
    for name, verdict in verdicts.items():
        assert verdict.score == verdict.max_score, (name, verdict.reason)


def test_an_answer_sees_nothing_that_is_left_out(lesson_source: Path) -> None:
    """It uses no name that a skipped cell binds, and the checks have all that they had."""
    notebook, _ = solution(lesson_source)
    binds = {
        index: bindings_in(cell.source).binds
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    }
    without = {
        name: needed(answer_bank.with_answer(notebook, name, "pass"))
        for name in exercises(notebook)
    }
    for plan in plans(lesson_source):
        assert plan.cells >= without[plan.answer.exercise], plan.answer.title
        skipped = {name for index in binds.keys() - plan.cells for name in binds[index]}
        assert not bindings_in(plan.answer.source).uses & skipped, plan.answer.title


def test_an_answer_that_needs_other_cells_scores_the_same(
    lesson_source: Path, tmp_path: Path
) -> None:
    """Where the cells are those of the solution, the answer has all that it has in a full run.

    That it scores there what it must is another test. Answers to one exercise that need the same
    cells are run together, each with the check after it.
    """
    _, usual = solution(lesson_source)
    groups: dict[tuple[str, frozenset[int]], list[Plan]] = {}
    for plan in plans(lesson_source):
        if plan.cells != usual:
            groups.setdefault((plan.answer.exercise, plan.cells), []).append(plan)
    for number, ((exercise, cells), group) in enumerate(groups.items()):
        notebook = group[0].notebook
        (place,) = [
            index
            for index, cell in enumerate(notebook.cells)
            if cell.metadata.get("nbgrader", {}).get("grade_id") == f"{exercise}_check"
        ]
        first = [index for index in sorted(cells) if index <= place]
        tried = nbformat.v4.new_notebook(metadata=notebook.metadata, cells=list(notebook.cells))
        for plan in group[1:]:
            first += [len(tried.cells), place]
            tried.cells.append(nbformat.v4.new_code_cell(plan.answer.source))
        folder = tmp_path / str(number)
        results = [
            r for r in run(lesson_source, folder, tried, first) if r[0] == f"{exercise}_check"
        ]
        for plan, (_, verdict, told) in zip(group, results, strict=True):
            wrong = plan.answer.kind == "wrong"
            assert verdict.score == (0 if wrong else verdict.max_score), plan.answer.title
            assert not wrong or plan.answer.message in told


def test_slow_cells_are_left_out(lesson_source: Path) -> None:
    notebook, cells = solution(lesson_source)
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    text = {
        run: "\n".join(notebook.cells[i].source for i in code if (i in cells) is run)
        for run in (False, True)
    }
    for work in SLOW[lesson_source.stem[:2]]:
        assert work in text[False], f"`autograder release --explain` shows why {work} is run"
        assert work not in text[True]
    for index in cells:
        tags = notebook.cells[index].metadata.get("tags", [])
        assert DEMONSTRATION not in tags, notebook.cells[index].source
