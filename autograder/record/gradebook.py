"""Read and write nbgrader's gradebook, the record of all scores.

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
from autograder.workspace import Workspace, retry_while_away, timestamp_in


def scores(workspace: Workspace, lesson: str, student: str) -> tuple[float, float]:
    """Return a student's score, with manual grades and penalties, and the maximum score.

    Raises:
        nbgrader.api.MissingEntry: the gradebook does not have this submission.
    """
    with workspace.gradebook() as gradebook:
        submission = gradebook.find_submission(lesson, student)
        return float(submission.score), float(submission.max_score)


def max_score(workspace: Workspace, lesson: str) -> float | None:
    """Return the maximum score of a lesson; None if it was never released here."""
    with workspace.gradebook() as gradebook:
        try:
            return float(gradebook.find_assignment(lesson).max_score)
        except MissingEntry:
            return None


def due_date(workspace: Workspace, lesson: str) -> datetime | None:
    """Return when a lesson is due, in UTC without a time zone; None if nbgrader doesn't know."""
    with workspace.gradebook() as gradebook:
        try:
            return gradebook.find_assignment(lesson).duedate
        except MissingEntry:
            return None


def update_students(workspace: Workspace, students: Iterable[dict[str, str]]) -> None:
    """Write students' names, addresses and similar details, keyed by nbgrader's own column names.

    Each student must have an `id`. An empty value leaves what the gradebook has.
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
    """The gradebook's data about one student's submission.

    Attributes:
        raw: points, including those that a person gave.
        penalty: points that are deducted for being late.
        score: the score that counts: `raw` minus `penalty`, never less than 0.
        most: the maximum score.
        when: when it was submitted, in UTC without a time zone.
        lost: where points were lost: the cell's name, its points and its maximum points.
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
        """The score that counts, as nbgrader's own export computes it."""
        return max(0.0, self.raw - self.penalty)

    def as_dict(self) -> dict[str, Any]:
        """Return the data in a form that JSON can hold."""
        time = None if self.when is None else self.when.isoformat() + "Z"
        return asdict(self) | {"score": self.score, "when": time}


def scored(workspace: Workspace, lessons: list[str]) -> Iterator[Scored]:
    """Yield the gradebook's data on all submissions of these lessons, by lesson and student."""
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
    """A writer of results into an open gradebook, one transaction each; use it in one thread."""

    def __init__(self, workspace: Workspace, gradebook: Gradebook) -> None:
        self._workspace = workspace
        self._gradebook = gradebook
        self._late = AssignLatePenalties(config=workspace.config())
        self._late.init_plugin()

    def record(self, lesson: str, student: str, result: Result) -> float:
        """Record a result in place of an earlier one; return the score after penalties.

        Points and comments that a person gave stay, and are marked for another review.

        Raises:
            GradingFailed: the database's server was away for too long; nothing is recorded.
        """
        return retry_while_away(lambda: self._record(lesson, student, result))

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
        """Return the scores of all submissions of this lesson in the gradebook, by student.

        Raises:
            GradingFailed: the database's server was away for too long.
        """
        return retry_while_away(lambda: self._scores(lesson))

    def _scores(self, lesson: str) -> dict[str, float]:
        # In a separate transaction: a server must not keep one open while submissions are run.
        with self._transaction():
            try:
                submissions = self._gradebook.assignment_submissions(lesson)
            except MissingEntry:
                return {}
            return {submission.student_id: float(submission.score) for submission in submissions}

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Session]:
        """Combine calls of nbgrader's own methods, each of which commits, into one transaction."""
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
            # nbgrader 0.9.6 with SQLAlchemy 2 warns about its own way of adding submissions.
            warnings.simplefilter("ignore")
            self._gradebook.update_or_create_student(student)
            return self._gradebook.update_or_create_submission(lesson, student, **details)

    def _penalize(self, notebook: SubmittedNotebook, submission: SubmittedAssignment) -> None:
        """Set the late penalty like nbgrader's own step, with the plugin that the config names."""
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
    """Set the automatic score by nbgrader's rules, under which a person scores written answers."""
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
    """Return the reason recorded in place of a score; None if no reason is recorded."""
    with workspace.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(lesson, student)
        except MissingEntry:
            return None
        # It may be in any of them: a server returns rows in the order of their last change.
        comments = [c.auto_comment for n in submission.notebooks for c in n.comments]
    return next((comment for comment in comments if comment), None)
