"""Read an author's lesson (a percent script) as a notebook, and report what is wrong with it.

The same text gives the same notebook on every machine. It must not know nbgrader's workspace.
"""

import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import LessonError
from transferlab import quiz

SOLUTION = "BEGIN SOLUTION", "END SOLUTION"
HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
QUIZ_TAG = "quiz"
_JUPYTEXT_LEFTOVERS = ("lines_to_next_cell", "cell_marker", "lines_to_end_of_cell_marker")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# Shorter lines (`return x`, `)`) occur in many places and give nothing away.
_TELLING_LENGTH = 16


@dataclass(frozen=True)
class LessonSource:
    """A lesson as its author wrote it.

    `notebook` has the solutions and the hidden tests; its quiz cells are already in the form
    students get (`quiz.ask("id")`), with the questions themselves in `questions`.
    """

    name: str
    path: Path
    notebook: NotebookNode
    questions: tuple[quiz.Question, ...]


def find_lessons(names: list[str], solutions: Path) -> list[Path]:
    """Find the source files of the named lessons; of all lessons if no name is given.

    Raises:
        LessonError: a name is unknown, or there is no lesson at all.
    """
    known = {path.stem: path for path in sorted(solutions.glob("[0-9]*.py"))}
    if not known:
        raise LessonError(f"{solutions} holds no lesson: add one as {solutions / 'NN_name.py'}.")
    return [known[match_name(name, list(known))] for name in names or known]


def find_pages(solutions: Path) -> list[Path]:
    """Find the source files of pages that aren't lessons and have no number: the start page."""
    return sorted(set(solutions.glob("*.py")) - set(solutions.glob("[0-9]*.py")))


def match_name(name: str, known: list[str]) -> str:
    """Return the lesson that a typed name means: a name, a path to its file, or only its number.

    Raises:
        LessonError: no lesson has that name; the message says which comes closest.
    """
    stem = Path(name).name.removesuffix(".py").removesuffix(".ipynb")
    if stem in known:
        return stem
    if stem.isdecimal():
        numbered = [lesson for lesson in known if lesson.startswith(f"{int(stem):02}_")]
        if len(numbered) == 1:
            return numbered[0]
    close = difflib.get_close_matches(stem, known, n=1, cutoff=0.4) or [
        lesson for lesson in known if lesson.startswith(stem)
    ]
    hint = f"did you mean {close[0]}?" if close else f"there is {', '.join(known) or 'none yet'}."
    raise LessonError(f"There is no lesson {name!r}: {hint}")


def read_lesson(path: Path) -> LessonSource:
    """Read a percent script as a lesson, and check everything that would go wrong later.

    Raises:
        LessonError: the source can't be released; one sentence names the cell and the repair.
    """
    import jupytext

    try:
        notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    except FileNotFoundError:
        raise LessonError(f"There is no lesson file {path}: check the name.") from None
    except (ValueError, SyntaxError) as error:
        first_line = str(error).partition("\n")[0]
        raise LessonError(f"{path.name} can't be read ({first_line}): fix the file.") from error
    notebook.metadata = nbformat.from_dict(_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    try:
        questions = _check_and_tidy(notebook)
        nbformat.validate(notebook)
    except LessonError as error:
        raise LessonError(f"{path.name}: {error}") from error.__cause__
    except nbformat.ValidationError as error:
        raise LessonError(
            f"{path.name}: doesn't make a valid notebook ({error.message}): look at the metadata "
            "after the # %% of that cell."
        ) from error
    return LessonSource(path.stem, path, notebook, questions)


def telling_lines(notebook: NotebookNode) -> set[str]:
    """Return the lines that no student may see: those only in solutions and hidden tests.

    The lines have no indentation. Lines that are short, or that the author also shows openly (in a
    hint, say), don't count.
    """
    shown: set[str] = set()
    secret: set[str] = set()
    for cell in notebook.cells:
        inside = False
        for line in map(str.strip, cell.source.splitlines()):
            if _is_marker(line, "BEGIN"):
                inside = True
            elif _is_marker(line, "END"):
                inside = False
            else:
                (secret if inside else shown).add(line)
    return {
        line
        for line in secret
        if len(line) >= _TELLING_LENGTH and not any(line in other for other in shown)
    }


def _is_marker(line: str, side: str) -> bool:
    return any(f"{side} {what}" in line for what in ("SOLUTION", "HIDDEN TESTS"))


def _check_and_tidy(notebook: NotebookNode) -> tuple[quiz.Question, ...]:
    if not notebook.cells:
        raise LessonError("has no cells: begin the first one with # %%.")
    grade_ids: set[str] = set()
    questions: dict[str, quiz.Question] = {}
    for cell in notebook.cells:
        for key in _JUPYTEXT_LEFTOVERS:
            cell.metadata.pop(key, None)
        _check_regions(cell)
        if "nbgrader" in cell.metadata:
            _check_nbgrader(cell, grade_ids)
        if QUIZ_TAG in cell.metadata.get("tags", []):
            question = _question(cell, questions)
            questions[question.id] = question
            cell.source = f'quiz.ask("{question.id}")'
    for cell, name in zip(notebook.cells, _cell_ids(notebook), strict=True):
        cell.id = name
    return tuple(questions.values())


def _check_nbgrader(cell: NotebookNode, seen: set[str]) -> None:
    from nbgrader.nbgraderformat import MetadataValidator, ValidationError

    meta = cell.metadata.nbgrader
    where = _where(cell)
    if not isinstance(meta, NotebookNode) or not _NAME.fullmatch(str(meta.get("grade_id", ""))):
        raise LessonError(f"{where} needs a grade_id made of words, like freeze_base.")
    if meta.grade_id in seen:
        raise LessonError(f"the grade_id {meta.grade_id!r} is used twice: rename one of the cells.")
    seen.add(meta.grade_id)
    if meta.get("grade") and not _is_positive(meta.get("points")):
        raise LessonError(f"{where} is a check without points: add points, a number above 0.")
    try:
        MetadataValidator().validate_cell(cell)
    except (ValidationError, KeyError) as error:
        what = error.message if isinstance(error, ValidationError) else f"no {error}"
        raise LessonError(f"{where} has incomplete nbgrader metadata ({what}).") from error
    is_code = cell.cell_type == "code"
    if is_code and meta.solution and not meta.grade and SOLUTION[0] not in cell.source:
        raise LessonError(
            f"{where} is a solution without ### {SOLUTION[0]} and ### {SOLUTION[1]}: put them "
            "around what students write."
        )


def _check_regions(cell: NotebookNode) -> None:
    meta = cell.metadata.get("nbgrader", {})
    kinds = (
        (SOLUTION, meta.get("solution"), "a solution cell"),
        (HIDDEN, meta.get("grade"), "a check"),
    )
    for (begin, end), belongs, kind in kinds:
        inside = found = False
        for line in cell.source.splitlines():
            if begin in line or end in line:
                found = True
                if (begin in line) == inside:
                    break
                inside = not inside
        else:
            if not inside:
                if found and not belongs:
                    raise LessonError(
                        f"{_where(cell)} has {begin} in it but is not {kind}: fix its nbgrader "
                        "metadata or remove the markers."
                    )
                continue
        raise LessonError(
            f"{_where(cell)} has unbalanced markers: each ### {begin} needs one ### {end} after it."
        )


def _question(cell: NotebookNode, known: dict[str, quiz.Question]) -> quiz.Question:
    try:
        question = quiz.question_from_call(cell.source)
    except quiz.QuizError as error:
        raise LessonError(str(error)) from error
    if question.id in known:
        raise LessonError(f"two questions are called {question.id!r}: rename one of them.")
    return question


def _cell_ids(notebook: NotebookNode) -> Iterator[str]:
    """Yield each cell's id: its grade_id, or a digest of its content and its count among equals."""
    seen: Counter[tuple[str, str]] = Counter()
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            yield cell.metadata.nbgrader.grade_id
            continue
        content = (cell.cell_type, cell.source)
        text = "\0".join([*content, str(seen[content])])
        seen[content] += 1
        yield hashlib.sha256(text.encode()).hexdigest()[:12]


def _where(cell: NotebookNode) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    if grade_id:
        return f"the cell {grade_id!r}"
    return f"the cell that begins with {cell.source.partition(chr(10))[0][:60]!r}"


def _is_positive(points: object) -> bool:
    return isinstance(points, int | float) and not isinstance(points, bool) and points > 0
