"""What a student has done in a lesson, kept in ./progress.json, which is part of a submission.

The file says how long the student worked, as one number of seconds; it holds no time of day and
no list of times. The student's own machine counts them, so they prove nothing.

It must not know what a question asks, what a check tests, or that anything is graded.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from transferlab import student_files

FILE = Path("progress.json")
_VERSION = 1
BREAK = 600  # seconds: a longer pause between two actions is not counted as work
_SAVE_AFTER = 60  # seconds worked that may be lost when a kernel ends


@dataclass(frozen=True)
class Answer:
    """The latest answer to one question.

    `fingerprint` names the question's wording and the chosen text, so that an index is never
    taken for another choice after the lesson was changed; it is empty when it is not known.
    """

    choice: int
    tries: int
    fingerprint: str = ""


@dataclass(frozen=True)
class Check:
    """The latest outcome of one exercise's check, and how many runs the first pass took."""

    passed: bool
    tries: int


@dataclass(frozen=True)
class Progress:
    """Answers by question id, checks by exercise name, and the seconds worked.

    `seconds` adds up the time from one action in a kernel (a cell run, an answer, a check) to the
    next, without pauses longer than `BREAK`.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    seconds: int = 0


# What could not be written stays here for this session, so that a full disk loses nothing.
_unsaved: dict[Path, Progress] = {}
# What shows the progress in this kernel, if anything does.
_show: Callable[[Progress], None] | None = None
# When something was last done in this kernel, and the seconds worked since they were last saved.
_last: float | None = None
_worked = 0.0


def load() -> Progress:
    """Return what is recorded in ./progress.json, or empty progress if that file does not exist.

    A file that cannot be understood is renamed (`progress.json.bad`), a sentence is printed, and
    the lesson starts again. Never raises.
    """
    if (unsaved := _unsaved.get(FILE.absolute())) is not None:
        return unsaved
    try:
        return read(FILE)
    except ValueError:
        print(_set_aside())
        return Progress()


def read(path: Path) -> Progress:
    """Return what the progress file `path` holds, or empty progress if it does not exist.

    Changes nothing. Raises `ValueError` when the file cannot be read or understood.
    """
    try:
        return _decode(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Progress()
    except (OSError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read") from error


def record_answer(question_id: str, choice: int, fingerprint: str = "") -> str:
    """Record `choice` (an index in display order) as the answer to a question.

    Choosing the same one again is not a new try. Returns, and prints, one sentence when it could
    not be saved, else "". Never raises.
    """
    state = load()
    before = state.answers.get(question_id, Answer(choice=-1, tries=0))
    if (before.choice, before.fingerprint) == (choice, fingerprint):
        return ""
    answer = Answer(choice, before.tries + 1, fingerprint)
    return _save(replace(state, answers={**state.answers, question_id: answer}))


def record_check(exercise: str, passed: bool) -> str:
    """Record that the check of `exercise` ran; passing again after a pass is not a new try.

    Returns, and prints, one sentence when it could not be saved, else "". Never raises.
    """
    state = load()
    before = state.checks.get(exercise, Check(passed=False, tries=0))
    if before.passed and passed:
        return ""
    check = Check(bool(passed), before.tries + 1)
    return _save(replace(state, checks={**state.checks, exercise: check}))


def note_work() -> None:
    """Note that something was done in the lesson, and save the time worked every minute."""
    _tick()
    if _worked >= _SAVE_AFTER:
        _save(load())


def begin() -> None:
    """Create the file if it does not exist: the lesson has been begun."""
    if not FILE.exists():
        _save(load())


def is_saved() -> bool:
    """Return whether everything that is known is in the file."""
    return FILE.absolute() not in _unsaved


def on_change(show: Callable[[Progress], None]) -> None:
    """Call `show`, in place of an earlier function, whenever progress is recorded."""
    global _show
    _show = show


def _tick() -> None:
    global _last, _worked
    now = time.monotonic()
    if _last is not None and now - _last <= BREAK:
        _worked += now - _last
    _last = now


def _save(state: Progress) -> str:
    global _worked
    _tick()
    whole = int(_worked)
    _worked -= whole
    state = replace(state, seconds=state.seconds + whole)
    problem = ""
    try:
        student_files.write(FILE, _encode(state))
        _unsaved.pop(FILE.absolute(), None)
    except OSError as error:
        _unsaved[FILE.absolute()] = state
        problem = (
            f"Your progress could not be saved to {FILE} ({student_files.reason(error)}): go on, "
            "it is kept until you close the notebook; to keep it longer, free some space or make "
            "the lesson's folder writable, then answer once more."
        )
        print(problem)
    if _show is not None:
        _show(state)
    return problem


def _set_aside() -> str:
    try:
        aside = student_files.set_aside(FILE)
    except OSError as error:
        return (
            f"{FILE} cannot be read, nor moved away ({student_files.reason(error)}): nothing that "
            "it held is counted; delete it or restore a good copy."
        )
    return (
        f"{FILE} could not be read, so it was kept as {aside} and your progress starts from "
        "scratch: answer the quiz and run the checks again."
    )


def _encode(state: Progress) -> str:
    return json.dumps({"version": _VERSION, **asdict(state)}, indent=1, sort_keys=True) + "\n"


def _decode(text: str) -> Progress:
    """Return the progress in `text`; raise `ValueError` for anything but our own format."""
    stored = json.loads(text)
    try:
        if stored["version"] != _VERSION:
            raise ValueError(f"version {stored['version']!r}")
        answers = {name: Answer(**entry) for name, entry in stored["answers"].items()}
        checks = {name: Check(**entry) for name, entry in stored["checks"].items()}
        seconds = stored.get("seconds", 0)  # missing from older files
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not a progress file") from error
    entries: list[Answer | Check] = [*answers.values(), *checks.values()]
    for entry in entries:
        for name, value in asdict(entry).items():
            if type(value) is not _TYPES[name]:
                raise ValueError(f"{name} is {value!r}")
    if type(seconds) is not int or seconds < 0:
        raise ValueError(f"seconds is {seconds!r}")
    return Progress(answers, checks, seconds)


_TYPES: dict[str, Any] = {"choice": int, "tries": int, "fingerprint": str, "passed": bool}
