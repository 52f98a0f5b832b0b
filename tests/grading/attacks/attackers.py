"""Reads the attacks in `cases`: what each hands in, and what must come of it.

The header of a case, its docstring, says in a sentence what it tries, then `key: value` lines:

lesson   what is attacked (the toy lesson if left out)
score    what the work deserves of 6 points; `none` where nothing could be graded
quiz     how many of the quiz's questions are answered rightly (all if left out)
seen     a pattern that the reasons or repairs must match, as the instructor sees them
shows    a pattern that the outputs must match: the attack was indeed tried
never    a pattern that the outputs must not match: it did not succeed
exchange `yes` if it goes the whole way through nbgrader's exchange
page     `yes` if its feedback page is looked at

Below stand the student's cells, each under its exercise's name; what is left out is answered as the
author would. `hand_in` is what the student does to the folder by hand. Names in braces stand for
what a student may know about the machine.
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

from autograder.demo_class import Homework

TOY, MODEL = "01_toy", "02_model"
CASES = Path(__file__).parent / "cases"
_CELL = re.compile(r"^# %% (\w+)\n", re.MULTILINE)
_FIELD = re.compile(r"^(\w+): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Attack:
    """One student of a bad class."""

    name: str
    fields: dict[str, str]
    cells: dict[str, str] = field(repr=False)

    @property
    def kind(self) -> str:
        """The row of the table in which it stands."""
        return self.name.partition("_")[0]

    @property
    def lesson(self) -> str:
        """What is attacked."""
        return self.fields.get("lesson", TOY)

    @property
    def score(self) -> float | None:
        """What the work deserves."""
        text = self.fields["score"]
        return None if text == "none" else float(text)

    def says(self, name: str) -> str:
        """A field of the header; empty if it is left out."""
        return self.fields.get(name, "")

    def work(self, homework: Homework, known: dict[str, str]) -> None:
        """Fill in the notebook, and do by hand what is to be done."""
        cells = {name: _filled(source, known) for name, source in self.cells.items()}
        by_hand = cells.pop("hand_in", "")
        homework.fill(cells, int(self.fields["quiz"]) if "quiz" in self.fields else None)
        if by_hand:
            names: dict = {}
            exec(by_hand, names)
            names["hand_in"](homework)


def load() -> list[Attack]:
    """Read all cases."""
    return [_read(path) for path in sorted(CASES.glob("*.py"))]


def _read(path: Path) -> Attack:
    text = path.read_text(encoding="utf-8")
    header = ast.get_docstring(ast.parse(text)) or ""
    _, *parts = _CELL.split(text)
    cells = dict(zip(parts[::2], parts[1::2], strict=True))
    return Attack(path.stem, dict(_FIELD.findall(header)), cells)


def _filled(source: str, known: dict[str, str]) -> str:
    for name, value in known.items():
        source = source.replace(f"{{{name}}}", value)
    return source.strip()
