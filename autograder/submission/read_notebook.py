"""Read what a student submitted, before anything in it runs, and report what is unusable.

Nothing in it is believed: not that the file is an ordinary file, not that it is text, nor any type
in its JSON. It must not know the gradebook or how the notebook to run is made, and it changes no
file.
"""

import errno
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.errors import GradingFailed, Unusable
from autograder.wording import listed, plain

LARGEST_BYTES = 20_000_000
MOST_CELLS = 5_000
_MOST_OTHERS = 20  # other notebooks in the folder that are read
_KINDS = {"code": "code", "markdown": "markdown", "heading": "markdown", "raw": "raw"}
# The nbgrader fields that decide what a cell is worth.
SETTINGS = ("points", "grade", "solution", "locked", "task")
# Errors of this machine, not of the student, whose points must not depend on them.
_MACHINE = {
    *(errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE),
    *(errno.EMFILE, errno.ENFILE, errno.ENOMEM),
}
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_FETCH = "fetch the lesson again and copy your answers into it"


@dataclass(frozen=True)
class Cell:
    """One cell as it was submitted, in plain types.

    `place` counts from 0; `kind` is "code", "markdown", "raw" or "unknown"; `grade_id` and `id`
    are "" if the cell has none; `settings` are nbgrader's, or None if the cell has lost them.
    """

    place: int
    kind: str
    source: str
    grade_id: str = ""
    id: str = ""
    settings: Mapping[str, object] | None = field(default=None, hash=False)
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubmittedNotebook:
    """A notebook that could be read; `notes` says what had to be overlooked, a sentence each."""

    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()


def read_submission(folder: Path, lesson: str, source: NotebookNode) -> SubmittedNotebook:
    """Find and read the student's notebook.

    Args:
        folder: the submitted folder.
        lesson: the lesson's name, which is also the notebook's.
        source: the notebook with the lesson's graded cells.

    Raises:
        Unusable: there is nothing to grade; the message is for the student.
        GradingFailed: this machine could not read the files.
    """
    wanted = f"{lesson}.ipynb"
    known = known_ids(source)
    with _opened(folder) as number:
        names = _notebooks(number)
        others = [name for name in names if name != wanted][:_MOST_OTHERS]
        if wanted not in names:
            return _instead(number, wanted, others, known)
        handed = _read(number, wanted)
        if not _belongs(handed, known):
            raise Unusable(
                f"{wanted} is not this lesson's notebook (none of its exercises is in it): submit "
                "the notebook you fetched."
            )
        ignored = [name for name, _ in _candidates(number, others, known)]
    if not ignored:
        return handed
    note = f"Only {wanted} counts, so this was ignored: {listed(ignored)}."
    return SubmittedNotebook(handed.cells, (*handed.notes, note))


def known_ids(source: NotebookNode) -> dict[str, str]:
    """Return the grade_ids of a lesson's notebook, in order, by the id of their cell."""
    known = {}
    for cell in source.cells:
        if grade_id := cell.metadata.get("nbgrader", {}).get("grade_id"):
            known[cell.get("id", grade_id)] = grade_id
    return known


def identify(cell: Cell, known: Mapping[str, str]) -> str | None:
    """Return which of the cells in `known` this is, by its grade_id, or else by the cell's id.

    Returns:
        The grade_id in the lesson; None if it is not one of them.
    """
    return cell.grade_id if cell.grade_id in known.values() else known.get(cell.id)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    with _blaming(folder.name, "folder"):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield number
    finally:
        os.close(number)


@contextmanager
def _blaming(name: str, what: str) -> Iterator[None]:
    """Distinguish a student's mistake from a fault of this machine, and raise the error for it."""
    try:
        yield
    except OSError as error:
        if error.errno in _MACHINE:
            raise GradingFailed(
                f"{plain(name)} could not be read ({error.strerror}): fix that and grade again."
            ) from error
        raise Unusable(
            f"{plain(name)} is missing or not an ordinary {what} (a link, perhaps): put the {what} "
            "itself there and submit again."
        ) from error


def _notebooks(folder: int) -> list[str]:
    """Return the names of a folder's ordinary notebook files, without hidden ones.

    Hidden files are not a student's work.
    """
    with _blaming("The folder", "folder"), closing(os.scandir(folder)) as entries:
        return sorted(
            entry.name
            for entry in entries
            if entry.name.lower().endswith(".ipynb")
            and not entry.name.startswith(".")
            and entry.is_file(follow_symlinks=False)
        )


def _instead(
    folder: int, wanted: str, others: list[str], known: Mapping[str, str]
) -> SubmittedNotebook:
    """Read the only other notebook that can be meant, because the wanted one is missing."""
    if not others:
        _say_if_odd(folder, wanted)
        raise Unusable(f"{wanted} is missing: put it into the lesson's folder and submit again.")
    if len(others) == 1:
        try:
            _read(folder, others[0])
        except Unusable as error:
            raise Unusable(f"{wanted} is missing, and {error}") from error
    candidates = list(_candidates(folder, others, known))
    if not candidates:
        raise Unusable(
            f"{wanted} is missing, and none of this lesson's exercises is in {listed(others)}: "
            "submit the notebook you fetched."
        )
    if len(candidates) > 1:
        names = listed([name for name, _ in candidates])
        raise Unusable(
            f"{wanted} is missing, and {names} could each be meant: rename the one that counts to "
            f"{wanted} and submit again."
        )
    [(name, handed)] = candidates
    note = f"{plain(name)} was used as {wanted}: give it that name next time."
    return SubmittedNotebook(handed.cells, (note, *handed.notes))


def _say_if_odd(folder: int, name: str) -> None:
    """Raise `Unusable` if there is a link or a pipe of that name, instead of a missing file."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return
    raise Unusable(
        f"{name} is a link or not an ordinary file: put the notebook itself there and submit again."
    )


def _candidates(
    folder: int, names: list[str], known: Mapping[str, str]
) -> Iterator[tuple[str, SubmittedNotebook]]:
    for name in names:
        try:
            handed = _read(folder, name)
        except (Unusable, GradingFailed):
            continue
        if _belongs(handed, known):
            yield name, handed


def _belongs(handed: SubmittedNotebook, known: Mapping[str, str]) -> bool:
    return any(identify(cell, known) for cell in handed.cells)


def _read(folder: int, name: str) -> SubmittedNotebook:
    return _picked(_parsed(_text(_bytes(folder, name), name), name), plain(name))


def _bytes(folder: int, name: str) -> bytes:
    """Read an ordinary file; a link is not followed, and a pipe is not waited for."""
    with _blaming(name, "file"):
        number = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        with open(number, "rb") as file:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                raise OSError(errno.EINVAL, "no ordinary file")
            data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise Unusable(
            f"{plain(name)} is larger than {LARGEST_BYTES // 1_000_000} MB: clear its outputs "
            "(Edit > Clear Outputs of All Cells), save it and submit again."
        )
    return data


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(
            f"{plain(name)} is not text (UTF-8): save it from JupyterLab and submit that file."
        ) from error
    if not text.strip():
        raise Unusable(
            f"{plain(name)} is empty: save your notebook in JupyterLab and submit again."
        )
    return text


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text, parse_int=_number)
    except (RecursionError, MemoryError):
        # The traceback keeps what was parsed until then, so the error is raised after this block.
        reason = f"is nested too deeply to be a notebook: {_FETCH}."
    except ValueError:
        reason = _not_json(text)
    raise Unusable(f"{plain(name)} {reason}")


def _number(digits: str) -> float:
    """Read a JSON integer; a long one as a float, because Python refuses thousands of digits."""
    return int(digits) if len(digits) < 20 else float(digits)


def _not_json(text: str) -> str:
    if _CONFLICT.search(text):
        return (
            "holds merge conflict marks (<<<<<<< and >>>>>>>): keep one of the two versions, check "
            "that it opens in JupyterLab, and submit again."
        )
    if text.lstrip().startswith("<"):
        return (
            "is not a notebook (it isn't JSON but a web page): download the notebook itself, check "
            "that it opens in JupyterLab, and submit again."
        )
    return (
        "is not a notebook (it isn't JSON): open it in JupyterLab, and if it doesn't open, "
        f"{_FETCH}."
    )


def _picked(notebook: Any, name: str) -> SubmittedNotebook:
    """Pick the cells out of the JSON, whatever it holds."""
    entries, is_old = _entries(notebook)
    if entries is None:
        raise Unusable(f"{name} is not a valid notebook (it has no list of cells): {_FETCH}.")
    if len(entries) > MOST_CELLS:
        raise Unusable(
            f"{name} has {len(entries)} cells, more than {MOST_CELLS}: delete those that you "
            "don't need and submit again."
        )
    cells = [_cell(place, entry) for place, entry in enumerate(entries)]
    notes = [f"{name} is in an old format: it was brought up to date."] if is_old else []
    if lost := cells.count(None):
        notes.append(f"Cells in {name} that could not be read were left out ({lost} in all).")
    return SubmittedNotebook(tuple(cell for cell in cells if cell), tuple(notes))


def _entries(notebook: Any) -> tuple[list[Any] | None, bool]:
    """Return the notebook's list of cells, and whether its format is older than nbformat 4."""
    if not isinstance(notebook, dict):
        return None, False
    if isinstance(notebook.get("cells"), list):
        return notebook["cells"], False
    sheets = notebook.get("worksheets")
    if not isinstance(sheets, list):
        return None, False
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [entry for cells in lists if isinstance(cells, list) for entry in cells], True


def _cell(place: int, entry: Any) -> Cell | None:
    """Return one cell in plain types, or None if it has no text."""
    if not isinstance(entry, dict):
        return None
    # Before nbformat 4, the text of a code cell was its "input".
    source = _joined(entry.get("source", entry.get("input")))
    if source is None:
        return None
    metadata = _dict(entry.get("metadata"))
    settings = metadata.get("nbgrader")
    tags = metadata.get("tags")
    return Cell(
        place,
        _KINDS.get(_string(entry.get("cell_type")), "unknown"),
        source,
        _string(_dict(settings).get("grade_id")),
        _string(entry.get("id")),
        _settings(settings),
        tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )


def _settings(value: Any) -> dict[str, object] | None:
    if not isinstance(value, dict):
        return None
    # A value that is not a number has been changed: None compares as different from the original.
    return {
        key: value[key] if isinstance(value[key], int | float) else None
        for key in SETTINGS
        if key in value
    }


def _joined(value: Any) -> str | None:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    # Half of a surrogate pair can't be written to a file.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
