"""Reads and writes nbgrader's gradebook: the record of all scores.

It must not know how a submission is run.
"""

import contextlib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.orm import Session

from autograder.scoring import CheckResult, Result
from autograder.workspace import Workspace, timestamp_in, when_it_answers


def scores(workspace: Workspace, lesson: str, student: str) -> tuple[float, float]:
    """The student's score and the most that can be had, manual grades and penalties included.

    Raises:
        nbgrader.api.MissingEntry: there is no such submission.
    """
    with workspace.gradebook() as gradebook:
        submission = gradebook.find_submission(lesson, student)
        return float(submission.score), float(submission.max_score)


def max_score(workspace: Workspace, lesson: str) -> float | None:
    """The most points that a lesson gives; None if it was never released here."""
    with workspace.gradebook() as gradebook:
        try:
            return float(gradebook.find_assignment(lesson).max_score)
        except MissingEntry:
            return None


def due_date(workspace: Workspace, lesson: str) -> datetime | None:
    """When a lesson is due, in UTC without a time zone; None if nbgrader was not told."""
    with workspace.gradebook() as gradebook:
        try:
            return gradebook.find_assignment(lesson).duedate
        except MissingEntry:
            return None


def note_students(workspace: Workspace, students: Iterable[dict[str, str]]) -> None:
    """Write names, addresses and the like of students, by the names of nbgrader's own columns.

    Each must have an `id`; what is empty leaves what is known.
    """
    with workspace.gradebook() as gradebook:
        known = {student.id: student for student in gradebook.students}
        for details in students:
            student = known.get(details["id"]) or Student(id=details["id"])
            for column, value in details.items():
                if value:
                    setattr(student, column, value)
            gradebook.db.add(student)
        gradebook.db.commit()


@dataclass(frozen=True)
class Scored:
    """What the gradebook says of one student's submission.

    Attributes:
        raw: points, those that a person gave included.
        penalty: points that being late costs.
        score: what counts: `raw` without `penalty`, never less than 0.
        most: the most points there are.
        when: when it was handed in, UTC without a time zone.
        lost: where points were lost: the cell's name, the points, the most there are.
        comments: what a person wrote, and reasons in place of a score.
        unfinished: whether something waits for a person.
    """

    lesson: str
    student: str
    first: str
    last: str
    email: str
    raw: float
    penalty: float
    most: float
    when: datetime | None
    lost: tuple[tuple[str, float, float], ...]
    comments: tuple[str, ...]
    unfinished: bool

    @property
    def score(self) -> float:
        """What counts, as nbgrader's own export reckons it."""
        return max(0.0, self.raw - self.penalty)

    def as_dict(self) -> dict[str, Any]:
        """It as JSON can hold it."""
        time = None if self.when is None else self.when.isoformat() + "Z"
        return asdict(self) | {"score": self.score, "when": time}


def scored(workspace: Workspace, lessons: list[str]) -> Iterator[Scored]:
    """What the gradebook says of all submissions of these lessons, by lesson and student."""
    with workspace.gradebook() as gradebook:
        for lesson in lessons:
            submissions = gradebook.assignment_submissions(lesson)
            for submission in sorted(submissions, key=lambda each: each.student_id):
                yield _scored(submission)


def _scored(submission: SubmittedAssignment) -> Scored:
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    comments = [comment for notebook in submission.notebooks for comment in notebook.comments]
    student = submission.student
    return Scored(
        submission.name,
        student.id,
        student.first_name or "",
        student.last_name or "",
        student.email or "",
        float(submission.score),
        float(submission.late_submission_penalty or 0),
        float(submission.max_score),
        submission.timestamp,
        tuple(
            (grade.name, float(grade.score), float(grade.max_score))
            for grade in grades
            if grade.score < grade.max_score
        ),
        tuple(filter(None, (comment.comment for comment in comments))),
        bool(submission.needs_manual_grade),
    )


class Recorder:
    """Writes results into an open gradebook, one transaction each; use it in one thread."""

    def __init__(self, workspace: Workspace, gradebook: Gradebook) -> None:
        self._workspace = workspace
        self._gradebook = gradebook
        self._late = AssignLatePenalties(config=workspace.config())
        self._late.init_plugin()

    def record(self, lesson: str, student: str, result: Result) -> float:
        """Record a result in place of an earlier one; return the score, penalties taken off.

        Points and comments that a person gave stay, and are marked to be looked at again.

        Raises:
            GradingFailed: the database's server was away for too long; nothing is recorded.
        """
        return when_it_answers(lambda: self._record(lesson, student, result))

    def _record(self, lesson: str, student: str, result: Result) -> float:
        checks = {(check.notebook, check.grade_id): check for check in result.checks}
        with self._transaction() as session:
            submission = self._submission(lesson, student)
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    _give(grade, checks.get((notebook.name, grade.name)), result)
                for comment in notebook.comments:
                    _tell(comment, result)
                if not result.usable:
                    min(notebook.comments, key=_name).auto_comment = result.reason
                session.flush()
                session.expire(notebook)  # its score is the sum of what was just written
                self._penalize(notebook, submission)
            session.flush()
            session.expire(submission)
            return float(submission.score)

    def scores(self, lesson: str) -> dict[str, float]:
        """The scores of all students of whom the gradebook holds a submission of this lesson.

        Raises:
            GradingFailed: the database's server was away for too long.
        """
        return when_it_answers(lambda: self._scores(lesson))

    def _scores(self, lesson: str) -> dict[str, float]:
        # In a transaction of its own: a server must not wait in one while submissions are run.
        with self._transaction():
            try:
                submissions = self._gradebook.assignment_submissions(lesson)
            except MissingEntry:
                return {}
            return {submission.student_id: float(submission.score) for submission in submissions}

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Session]:
        """Make one transaction of nbgrader's own methods, each of which commits."""
        session = self._gradebook.db()
        commit = session.commit
        session.commit = session.flush
        try:
            yield session
            commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            del session.commit

    def _submission(self, lesson: str, student: str) -> SubmittedAssignment:
        details = {}
        if timestamp := timestamp_in(self._workspace.submitted / student / lesson):
            details["timestamp"] = timestamp
        with warnings.catch_warnings():
            # nbgrader 0.9.6 on SQLAlchemy 2 warns about its own way of adding submissions.
            warnings.simplefilter("ignore")
            self._gradebook.update_or_create_student(student)
            return self._gradebook.update_or_create_submission(lesson, student, **details)

    def _penalize(self, notebook: SubmittedNotebook, submission: SubmittedAssignment) -> None:
        """Do as nbgrader's own step does, with the plugin that the workspace's config names."""
        notebook.late_submission_penalty = None
        late = submission.total_seconds_late
        if late > 0:
            penalty = self._late.plugin_inst.late_submission_penalty(
                submission.student_id, notebook.score, late
            )
            if penalty is not None:
                checked = self._late._check_late_penalty(notebook, penalty)
                notebook.late_submission_penalty = checked


def _give(grade: Grade, check: CheckResult | None, result: Result) -> None:
    """Set an automatic score by nbgrader's rules: a person scores written answers."""
    if check is not None:
        grade.auto_score = check.score
    elif result.usable and result.answered.get(grade.notebook.name, {}).get(grade.name):
        grade.auto_score = None
    else:
        grade.auto_score = 0.0
    for_a_person = grade.manual_score is not None or grade.auto_score is None
    grade.needs_manual_grade = for_a_person or not result.usable


def _name(comment: Comment) -> str:
    return str(comment.name)


def _tell(comment: Comment, result: Result) -> None:
    answered = result.answered.get(comment.notebook.name, {}).get(comment.name, True)
    comment.auto_comment = None if answered else "No response."


def recorded_reason(workspace: Workspace, lesson: str, student: str) -> str | None:
    """The reason recorded in place of a score; None if there is none."""
    with workspace.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(lesson, student)
        except MissingEntry:
            return None
        # In any of them: a server gives rows in the order in which they were last written.
        comments = [c.auto_comment for n in submission.notebooks for c in n.comments]
    return next((comment for comment in comments if comment), None)
