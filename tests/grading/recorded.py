"""A class as grading leaves it, made in seconds: nothing is run, each result is said beforehand."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader import api
from nbgrader.api import MissingEntry

from autograder import answer_bank
from autograder.record.journal import STATE_FOLDER
from autograder.scoring.results import CheckResult, Result
from autograder.workspace.folders import Workspace
from transferlab import quiz

HANDED_IN = datetime(2026, 11, 1, 12)
FAILED = "Twice 7.5 is 15: numbers need not be whole."


def result(
    workspace: Workspace,
    lesson: str,
    scores: Mapping[str, float],
    answers: Mapping[str, str] | None = None,
    reasons: Mapping[str, str] | None = None,
    **more: object,
) -> Result:
    """The result of a submission, with an executed notebook in it.

    Args:
        workspace: where the lesson was released.
        lesson: its name.
        scores: of the checks, by grade_id; the others have all their points.
        answers: the code of the exercises, by grade_id; the others hold the author's.
        reasons: of the checks that lost points, by grade_id.
        more: other fields of the result.
    """
    notebook = nbformat.read(workspace.source / lesson / f"{lesson}.ipynb", as_version=4)
    for exercise, code in (answers or {}).items():
        notebook = answer_bank.with_answer(notebook, exercise, code)
    checks = []
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade"):
            name, most = meta["grade_id"], float(meta["points"])
            score = scores.get(name, most)
            reason = (reasons or {}).get(name, FAILED if score < most else "")
            checks.append(CheckResult(name, score, most, reason, lesson))
    texts = {lesson: nbformat.writes(notebook)}
    return Result(tuple(checks), notebooks=texts, seconds=1.5, **more)  # type: ignore[arg-type]


def record(workspace: Workspace, lesson: str, results: Mapping[str, Result | None]) -> None:
    """Write results where grading writes them; None stands for a student who handed in nothing."""
    folder = workspace.root / STATE_FOLDER / "results"
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    with workspace.gradebook() as gradebook, gradebook.db.no_autoflush:
        assignment = gradebook.find_assignment(lesson)
        for student, found in results.items():
            _record_one(gradebook, assignment, student, found)
            if found is not None:
                key = f"{lesson}-{len(lines)}-{len(results)}"
                (folder / f"{key}.json").write_text(json.dumps(found.as_dict()), encoding="utf-8")
                lines.append(json.dumps([lesson, student, key]) + "\n")
        gradebook.db.commit()
    with (folder.parent / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.writelines(lines)


def _record_one(
    gradebook: api.Gradebook, assignment: api.Assignment, student: str, found: Result | None
) -> None:
    try:
        who = gradebook.find_student(student)
    except MissingEntry:
        who = api.Student(id=student)
        gradebook.db.add(who)
    if found is None:
        return
    given = {check.grade_id: check.score for check in found.checks}
    submission = api.SubmittedAssignment(assignment=assignment, student=who, timestamp=HANDED_IN)
    for notebook in assignment.notebooks:
        submitted = api.SubmittedNotebook(notebook=notebook, assignment=submission)
        for cell in notebook.grade_cells:
            gradebook.db.add(
                api.Grade(
                    cell_id=cell.id,
                    notebook=submitted,
                    auto_score=given.get(cell.name, 0.0),
                    needs_manual_grade=not found.usable,
                )
            )


def work(workspace: Workspace, lesson: str, student: str, right: int, minutes: int = 30) -> Path:
    """Put the student's own count beside the submission: the quiz, tries, minutes.

    The first `right` questions are answered right, the others wrong.
    """
    questions = quiz.load_questions(workspace.source / lesson / "quiz.json")
    answers = {}
    for number, question in enumerate(questions.values()):
        choice = [each.right for each in question.choices].index(number < right)
        named = question.fingerprint(choice)
        answers[question.id] = {"choice": choice, "tries": 1, "fingerprint": named}
    folder = workspace.submitted / student / lesson
    folder.mkdir(parents=True, exist_ok=True)
    checks = {"double": {"passed": True, "tries": 3}}
    held = {"version": 1, "answers": answers, "checks": checks, "seconds": 60 * minutes}
    (folder / "progress.json").write_text(json.dumps(held), encoding="utf-8")
    return folder
