"""Make everything that others get from an author's lesson: source, student and solved notebooks.

It runs nbgrader's own converters; it must not know how a submission is graded.
"""

import copy
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import SaveCells
from traitlets.config import Config

from autograder.errors import LessonError
from autograder.lesson.source import LessonSource, read_lesson
from autograder.workspace import Workspace, create_workspace
from transferlab import quiz

QUIZ_FILE = "quiz.json"


@dataclass(frozen=True)
class Released:
    """What a release has made: the student's folder, and its files by relative name."""

    lesson: str
    folder: Path
    files: dict[str, bytes]


def release_lesson(path: Path, workspace: Workspace, course: Path | None = None) -> Released:
    """Make a lesson's source and student version in `workspace`; copy the latter to `course`.

    The same lesson gives the same bytes wherever it is made. Other files in the lesson's folder in
    `course` (a student's progress) are left alone.

    Raises:
        LessonError: the author's source can't be released, or this workspace has submissions to the
            lesson and its graded cells have changed.
    """
    lesson = read_lesson(path)
    released = _derive(lesson, workspace, workspace.config())
    if course is not None:
        folder = course / lesson.name
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in released.files.items():
            (folder / name).write_bytes(content)
    return released


def student_files(path: Path) -> dict[str, bytes]:
    """Return the files of a lesson's student version by name, made without a gradebook.

    Raises:
        LessonError: the author's source can't be released.
    """
    with tempfile.TemporaryDirectory() as folder:
        workspace = create_workspace(Path(folder), gradebook=False)
        config = workspace.config()
        config.GenerateAssignment.no_database = True
        config.GenerateAssignment.preprocessors.remove(SaveCells)
        return _derive(read_lesson(path), workspace, config).files


def stale_files(path: Path, course: Path) -> list[Path]:
    """Return the files of a lesson that are missing in `course` or differ from a fresh release.

    Raises:
        LessonError: the author's source can't be released.
    """
    folder = course / path.stem
    wanted = {folder / name: content for name, content in student_files(path).items()}
    return [file for file, content in wanted.items() if not _holds(file, content)]


def release_page(path: Path, course: Path) -> Path:
    """Make a non-lesson page's notebook (the start page) in `course`; return its path.

    Raises:
        LessonError: the author's source can't be read.
    """
    page = read_lesson(path)
    return write_notebook(page.notebook, page, course)


def stale_page_files(path: Path, course: Path) -> list[Path]:
    """Return the notebook of a page if it is missing in `course` or differs from a fresh one.

    Raises:
        LessonError: the author's source can't be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        fresh = release_page(path, Path(folder))
        kept = course / fresh.name
        return [] if _holds(kept, fresh.read_bytes()) else [kept]


def solved_notebook(path: Path) -> NotebookNode:
    """Return the author's notebook with its solutions, ready to run next to its quiz.json.

    Raises:
        LessonError: the author's source can't be released.
    """
    return copy.deepcopy(read_lesson(path).notebook)


def write_solved(path: Path, folder: Path) -> Path:
    """Write the solved notebook and its quiz.json into `folder`; return the notebook's path."""
    lesson = read_lesson(path)
    return write_notebook(lesson.notebook, lesson, folder)


def write_notebook(notebook: NotebookNode, lesson: LessonSource, folder: Path) -> Path:
    """Write a version of a lesson's notebook and, if it has questions, its quiz.json next to it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{lesson.name}.ipynb"
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
    if lesson.questions:
        quiz.save_questions(lesson.questions, folder / QUIZ_FILE)
    return path


def _derive(lesson: LessonSource, workspace: Workspace, config: Config) -> Released:
    source = workspace.source / lesson.name
    shutil.rmtree(source, ignore_errors=True)
    write_notebook(lesson.notebook, lesson, source)
    result = workspace.api(config).generate_assignment(lesson.name, force=True)
    if not result["success"]:
        raise LessonError(_why(lesson, result.get("log", "") + result.get("error", "")))
    folder = workspace.release / lesson.name
    return Released(lesson.name, folder, _files(folder))


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def _why(lesson: LessonSource, log: str) -> str:
    if "submissions associated" in log:
        return (
            f"{lesson.name} has submissions in this workspace, and its graded cells changed: "
            "finish grading them first, or release into another workspace (--workspace)."
        )
    lines = [line for line in log.strip().splitlines() if line]
    return f"nbgrader could not make the student version of {lesson.name}: {lines[-1]}"
