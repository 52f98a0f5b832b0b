"""Read what grading left of a class: nbgrader's gradebook, the journal's results, and progress.

The gradebook says who is in the class and what each check scored, by hand or by the grader; the
journal's results say why; the student's own progress.json says which choices the student made in
the quiz and how often they ran a check. This module writes nothing and must not know statistics.
"""

import contextlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nbformat import NotebookNode, from_dict

from autograder.cells import grade_id, is_check, is_solution
from autograder.errors import WorkspaceError
from autograder.files import read_json, read_regular_file
from autograder.lesson import match_name
from autograder.record import kept_result, recorded_keys
from autograder.scoring import Result, score_check
from autograder.submission import released_source
from autograder.workspace import Workspace
from transferlab import progress_file, quiz

Kind = Literal["exercise", "quiz", "written"]
State = Literal["graded", "ended early", "not graded", "missing"]
CHECK = "_check"  # the suffix that a check's name adds to that of its exercise
QUIZ_CHECK = "quiz_check"
OWN_CELL = "extra-"  # the prefix of the ids of the student's own cells that were kept
_LARGEST_PROGRESS = 1_000_000
_NOT_TRIED = "not attempted"
_NO_NOTEBOOK = "There is no record of how it was graded: run `autograder grade` again."
_Pair = tuple[str, str]


@dataclass(frozen=True)
class Check:
    """What one check of one submission scored.

    `score` is None while a person still has to give it. `reason` is empty if no points were lost or
    the reason is not known; `attempted` and `tries` (how often the student ran the check until it
    passed, by their own count) are None where they are not known.
    """

    grade_id: str
    kind: Kind
    score: float | None
    max_score: float
    reason: str = ""
    attempted: bool | None = None
    tries: int | None = None
    inside: bool = False


@dataclass(frozen=True)
class SubmissionRecord:
    """What is known about a student's work on a lesson.

    Attributes:
        lesson, student: names.
        state: "missing" if nothing was submitted, "not graded" if it could not be read.
        checks: in the lesson's order; none if nothing was submitted.
        questions: of the quiz, whether the answer is right, by id; an unanswered one is wrong.
        repairs: what had to be repaired, a sentence each.
        reason: why it was not graded or ended early.
        seconds: processor seconds of its cells in grading; None if not known.
        minutes: minutes of work on the lesson, counted by the student's machine; None if not known.
        late: hours after the due date; 0 if it was in time or there is none.
        answers: the code of the solution cells by grade_id, with the student's own cells that
            belong to them.
    """

    lesson: str
    student: str
    state: State
    checks: tuple[Check, ...] = ()
    questions: Mapping[str, bool] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    reason: str = ""
    seconds: float | None = None
    minutes: float | None = None
    late: float = 0.0
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The sum of the scores, including those given by hand, before any penalty for lateness."""
        return sum(check.score or 0.0 for check in self.checks)

    @property
    def max_score(self) -> float:
        """The maximum points of the checks of this submission."""
        return sum(check.max_score for check in self.checks)

    @property
    def percent(self) -> float | None:
        """The score in percent of the maximum; None if there is no score."""
        if self.state in ("missing", "not graded") or not self.max_score:
            return None
        return 100 * self.score / self.max_score


@dataclass(frozen=True)
class LessonRecord:
    """A lesson in which something was graded.

    Attributes:
        name: the lesson's name.
        stubs: the solution cells as students get them, by grade_id.
        questions: those of its quiz, by id.
        order: the grade_ids of its checks; empty, like the two above, if the lesson's source is
            not in the workspace.
        waiting: how many submissions are not graded yet.
    """

    name: str
    stubs: Mapping[str, str]
    questions: Mapping[str, quiz.Question]
    order: tuple[str, ...]
    waiting: int


@dataclass(frozen=True)
class ClassRecord:
    """A class: every student on every lesson.

    `students` maps ids to names to show; `ungraded` counts the submissions of each lesson that was
    requested and in which nothing is graded yet.
    """

    lessons: tuple[LessonRecord, ...]
    students: Mapping[str, str]
    submissions: tuple[SubmissionRecord, ...]
    ungraded: Mapping[str, int]

    def of_lesson(self, name: str) -> tuple[SubmissionRecord, ...]:
        """Return the submissions of one lesson, including missing ones."""
        return tuple(s for s in self.submissions if s.lesson == name)


def read_class(workspace: Workspace, lessons: list[str]) -> ClassRecord:
    """Read a class: the named lessons, or all that were graded if none is named.

    Raises:
        WorkspaceError: there is no workspace, or nothing was graded in it.
        LessonError: a lesson's name is unknown.
    """
    with workspace.gradebook() as gradebook:
        book = _Book(gradebook.db)
    chosen = [match_name(name, book.lessons) for name in lessons]
    graded = [name for name in chosen or book.lessons if name in book.graded]
    if not graded:
        what = f"{', '.join(chosen)}: not" if chosen else "Nothing was"
        raise WorkspaceError(
            f"{what} graded yet in {workspace.root}: run `autograder grade` first, or name another "
            "workspace with --workspace."
        )
    journalled = recorded_keys(workspace.root)
    found = [_read_lesson(workspace, name, book) for name in graded]
    submissions = tuple(
        _read_submission(workspace, lesson, student, book, journalled)
        for lesson in found
        for student in book.students
    )
    others = chosen or sorted({*book.lessons, *workspace.lessons_with_submissions()})
    waiting = {name: len(workspace.students_of(name)) for name in others if name not in graded}
    ungraded = {name: count for name, count in waiting.items() if count or chosen}
    return ClassRecord(tuple(found), book.students, submissions, ungraded)


@dataclass(frozen=True)
class _Given:
    """A row of the gradebook: what a cell scored."""

    notebook: str
    cell: str
    is_code: bool
    score: float | None
    max_score: float


class _Book:
    """What the gradebook says, read in a few queries for a class of any size.

    Attributes:
        students: names to show, by id.
        lessons: all that were released here.
        graded: those that have a graded submission.
        given: the rows of a (lesson, student).
        late: hours after the due date, of a (lesson, student).
    """

    def __init__(self, session: Any) -> None:
        from nbgrader import api

        self.students = {
            student.id: " ".join(filter(None, (student.first_name, student.last_name)))
            for student in session.query(api.Student).order_by(api.Student.id)
        }
        self.lessons = sorted(name for (name,) in session.query(api.Assignment.name))
        self.given: dict[tuple[str, str], list[_Given]] = defaultdict(list)
        self.late: dict[tuple[str, str], float] = {}
        for cells in (api.GradeCell, api.TaskCell):
            self._read_grades(session, api, cells)
        self._read_dates(session, api)
        self.graded = {lesson for lesson, _ in self.given}

    def _read_grades(self, session: Any, api: Any, cells: Any) -> None:
        rows = (
            session.query(
                api.Assignment.name,
                api.SubmittedAssignment.student_id,
                api.Notebook.name,
                cells.name,
                cells.cell_type,
                api.Grade.auto_score,
                api.Grade.manual_score,
                api.Grade.extra_credit,
                cells.max_score,
            )
            .select_from(api.Grade)
            .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
            .join(
                api.SubmittedAssignment,
                api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id,
            )
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
            .join(cells, api.Grade.cell_id == cells.id)
        )
        for lesson, student, notebook, cell, kind, auto, by_hand, extra, most in rows:
            score = auto if by_hand is None else by_hand
            score = None if score is None else float(score) + float(extra or 0.0)
            given = _Given(notebook, cell, kind == "code", score, float(most))
            self.given[lesson, student].append(given)

    def _read_dates(self, session: Any, api: Any) -> None:
        rows = session.query(
            api.Assignment.name,
            api.Assignment.duedate,
            api.SubmittedAssignment.student_id,
            api.SubmittedAssignment.timestamp,
            api.SubmittedAssignment.extension,
        ).join(api.SubmittedAssignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
        for lesson, due, student, when, extension in rows:
            if due is not None and when is not None:
                until = due + extension if extension is not None else due
                self.late[lesson, student] = max(0.0, (when - until).total_seconds() / 3600)


def _read_lesson(workspace: Workspace, name: str, book: _Book) -> LessonRecord:
    stubs: dict[str, str] = {}
    order: list[str] = []
    for path in sorted((workspace.source / name).glob("*.ipynb")):
        for cell in _cells(read_json(path)):
            if is_check(cell):
                order.append(grade_id(cell))
            elif is_solution(cell) and cell.cell_type == "code":
                stubs[grade_id(cell)] = released_source(cell)
    waiting = sum((name, student) not in book.given for student in workspace.students_of(name))
    return LessonRecord(name, stubs, _questions(workspace, name), tuple(order), waiting)


def _questions(workspace: Workspace, lesson: str) -> dict[str, quiz.Question]:
    path = workspace.source / lesson / quiz.FILE.name
    try:
        return quiz.load_questions(path) if path.is_file() else {}
    except quiz.QuizError:
        return {}


def _read_submission(
    workspace: Workspace, lesson: LessonRecord, student: str, book: _Book, keys: Mapping[_Pair, str]
) -> SubmissionRecord:
    """Combine what the gradebook, the journal and the submitted folder say."""
    pair = lesson.name, student
    if pair not in book.given:
        return SubmissionRecord(lesson.name, student, "missing")
    result = _result(workspace, pair, keys.get(pair))
    own = _progress(workspace.submitted / student / lesson.name)
    notebooks = {name: list(_cells(text)) for name, text in result.notebooks.items()}
    checks = [_check(row, result, notebooks, own, lesson) for row in book.given[pair]]
    return SubmissionRecord(
        *pair,
        _state(result, checks),
        tuple(sorted(checks, key=lambda check: _place(check, lesson))),
        {name: _is_right(each, own) for name, each in lesson.questions.items()},
        result.repairs,
        result.reason,
        result.seconds or None,
        own.seconds / 60 if own and own.seconds else None,
        book.late.get(pair, 0.0),
        dict(_answers(cell for cells in notebooks.values() for cell in cells)),
    )


def _state(result: Result, checks: list[Check]) -> State:
    if result.usable:
        return "ended early" if result.reason else "graded"
    # Points without a notebook: the kept result is lost, and the gradebook is the record.
    return "graded" if any(check.score for check in checks) else "not graded"


def _result(workspace: Workspace, pair: _Pair, key: str | None) -> Result:
    """Return what the grader found, or what nbgrader's own command left if it did the grading."""
    lesson, student = pair
    kept = key and kept_result(workspace.root, key)
    if kept:
        # An earlier version of the grader kept other fields: read what the notebook says instead.
        with contextlib.suppress(KeyError, TypeError):
            return Result.from_dict(kept)
    folder = workspace.autograded / student / lesson
    texts = {path.stem: path.read_text("utf-8", "replace") for path in folder.glob("*.ipynb")}
    return Result(notebooks=texts, reason="" if texts else _NO_NOTEBOOK)


def _check(
    row: _Given,
    result: Result,
    notebooks: Mapping[str, list[NotebookNode]],
    own: progress_file.Progress | None,
    lesson: LessonRecord,
) -> Check:
    cell = next((c for c in notebooks.get(row.notebook, ()) if grade_id(c) == row.cell), None)
    known = next(
        (c for c in result.checks if (c.notebook, c.grade_id) == (row.notebook, row.cell)), None
    )
    reason = result.reason
    if known is not None:
        reason = known.reason
    elif cell is not None and is_check(cell):
        reason = score_check(cell, row.max_score).reason
    full = row.score is not None and row.score >= row.max_score
    exercise = row.cell.removesuffix(CHECK)
    attempted = result.answered.get(row.notebook, {}).get(exercise)
    if attempted is None and not result.usable:
        attempted = False
    tried = own.checks.get(exercise) if own else None
    return Check(
        row.cell,
        _kind(row, cell, lesson),
        row.score,
        row.max_score,
        "" if full else reason,
        _NOT_TRIED not in reason if attempted is None else attempted,
        tried.tries if tried else None,
        known is not None and known.inside,
    )


def _kind(row: _Given, cell: NotebookNode | None, lesson: LessonRecord) -> Kind:
    if row.cell == QUIZ_CHECK and lesson.questions:
        return "quiz"
    is_written = not row.is_code or (cell is not None and not is_check(cell))
    return "written" if is_written else "exercise"


def _place(check: Check, lesson: LessonRecord) -> tuple[int, str]:
    known = check.grade_id in lesson.order
    return lesson.order.index(check.grade_id) if known else len(lesson.order), check.grade_id


def _progress(folder: Path) -> progress_file.Progress | None:
    """Return what the student's machine counted; None if it is missing or can't be trusted."""
    path = folder / progress_file.FILE.name
    if read_regular_file(path, _LARGEST_PROGRESS) is None:
        return None
    try:
        return progress_file.read(path)
    except ValueError:
        return None


def _is_right(question: quiz.Question, own: progress_file.Progress | None) -> bool:
    """Return whether the recorded choice is right, as the lesson's own `quiz.score` counts it."""
    answer = own.answers.get(question.id) if own else None
    if answer is None:
        return False
    for place, choice in enumerate(question.choices):
        named = question.fingerprint(place) == answer.fingerprint
        if named or (not answer.fingerprint and place == answer.choice):
            return choice.right
    return False


def _cells(notebook: str | Mapping[str, Any] | None) -> Iterator[NotebookNode]:
    """Yield the cells of a JSON notebook that are graded, filled in, or the student's own."""
    try:
        content = json.loads(notebook) if isinstance(notebook, str) else notebook
    except ValueError:
        return
    for cell in (content or {}).get("cells", ()):
        own = str(cell.get("id", "")).startswith(OWN_CELL)
        if own or "nbgrader" in cell.get("metadata", {}):
            yield from_dict({**cell, "source": "".join(cell["source"])})


def _answers(cells: Iterable[NotebookNode]) -> Iterator[tuple[str, str]]:
    """Yield the code of each solution cell; a student's own cell goes with the next one."""
    own: list[str] = []
    name, text = "", ""
    for cell in cells:
        if cell.cell_type != "code":
            continue
        if is_solution(cell):
            name, text = grade_id(cell), "\n\n".join([*own, cell.source])
            own = []
            yield name, text
        elif not grade_id(cell):
            own.append(cell.source)
    if own and name:
        yield name, "\n\n".join([text, *own])
