"""Write the report of a class: read what grading left, compute, and write three files.

The order is `read_class`, then `analysis`, `attention` and `similarity`, then `page`, `table` and
`notebook`. Nothing that grading left is changed.
"""

from collections.abc import Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from autograder import answer_bank
from autograder.class_report import table
from autograder.class_report.analysis import analyse
from autograder.class_report.attention import signs
from autograder.class_report.misconceptions import Misconceptions
from autograder.class_report.notebook import as_notebook
from autograder.class_report.page import ReportData, as_html
from autograder.class_report.read_class import ClassRecord, read_class
from autograder.class_report.similarity import Alike, Pair, by_exercise, compare, telling
from autograder.errors import WorkspaceError
from autograder.workspace import Workspace

NAME = "report"
_Comparing = dict[str, list[Future[Alike]]]


@dataclass(frozen=True)
class Written:
    """Where the report was written, and a short summary of it."""

    page: Path
    table: Path
    notebook: Path
    students: int
    lessons: int
    pairs: int
    listed: int
    ungraded: Mapping[str, int]


def write_report(
    workspace: Workspace, lessons: list[str], output: Path, bank_folder: Path | None
) -> Written:
    """Write the page, the table and the notebook.

    Args:
        workspace: where the class was graded.
        lessons: names; all lessons that were graded if empty.
        output: the page, if it ends in .html, with the other files next to it under the same name;
            otherwise a folder for all three.
        bank_folder: the folder of the bank of answers; None if there is none.

    Raises:
        WorkspaceError: nothing was graded, or `output` can't hold the report.
        LessonError: a lesson's name is unknown, or an answer in the bank can't be read.
        OSError: a file can't be written.
    """
    page = _page(output)
    record = read_class(workspace, lessons)
    page.parent.mkdir(parents=True, exist_ok=True)
    files = page, page.with_suffix(".csv"), page.with_suffix(".ipynb")
    # Comparing all submissions takes as long as everything else together.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        comparing = begin_to_compare(record, processes)
        known = _misconceptions(record, bank_folder)
        table.write(table.rows(record, known), files[1])
        files[2].write_text(as_notebook(files[1].name), encoding="utf-8")
        reckoned = ReportData(
            record,
            tuple(analyse(record, each, known[each.name]) for each in record.lessons),
            signs(record),
            found_by(comparing),
            any(each.has_answers for each in known.values()),
            files[1].name,
            files[2].name,
        )
    page.write_text(as_html(reckoned, date.today()), encoding="utf-8")
    return Written(
        *files,
        len(record.students),
        len(record.lessons),
        len(reckoned.pairs),
        len(reckoned.signs),
        record.ungraded,
    )


def begin_to_compare(record: ClassRecord, processes: Executor) -> _Comparing:
    """Start to compare the submissions with each other, by lesson and exercise."""
    comparing: _Comparing = {}
    for lesson in record.lessons:
        answers = {each.student: each.answers for each in record.of_lesson(lesson.name)}
        tasks = by_exercise(answers, lesson.stubs)
        comparing[lesson.name] = [processes.submit(compare, *task) for task in tasks]
    return comparing


def found_by(comparing: _Comparing) -> tuple[Pair, ...]:
    """Return the pairs of similar submissions of all lessons, those with most in common first."""
    found = [
        pair
        for lesson, exercises in comparing.items()
        for pair in telling(lesson, (exercise.result() for exercise in exercises))
    ]
    return tuple(sorted(found, key=lambda pair: -pair.common))


def _page(output: Path) -> Path:
    page = output if output.suffix.lower() == ".html" else output / f"{NAME}.html"
    if page.is_dir() or (page.parent.exists() and not page.parent.is_dir()):
        raise WorkspaceError(
            f"{output} can't hold the report: name a folder, or a file that ends in .html, with "
            "--output."
        )
    return page


def _misconceptions(record: ClassRecord, folder: Path | None) -> dict[str, Misconceptions]:
    return {
        lesson.name: Misconceptions(answer_bank.load(lesson.name, folder) if folder else {})
        for lesson in record.lessons
    }
