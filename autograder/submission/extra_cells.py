"""Find which of the cells that a student added are needed to run the student's answers.

It must not know nbgrader, nor run anything.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from autograder.cells import ANY_NAME, Bindings, bindings_in
from autograder.submission.read_notebook import Cell

# No honest student adds as much code; to look through more would take seconds.
_MOST_CHARACTERS = 500_000


@dataclass(frozen=True)
class Needed:
    """A cell to keep, the name for which it is kept, and whether it uses the answer itself."""

    cell: Cell
    name: str
    comes_after: bool

    @property
    def what(self) -> str:
        """The cell, described for the student."""
        if self.name == ANY_NAME:
            return "Your own cell that imports everything from a module"
        return f"Your own cell that defines `{self.name}`"


class OwnCells:
    """The code cells that a student added; each is given out once."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self.too_many = False
        self._left = _MOST_CHARACTERS
        self._names: dict[Cell, Bindings] = {}
        self.add(cells)

    def add(self, cells: Iterable[Cell]) -> None:
        """Add cells, except those that bind no name, can't be parsed or are too much in total."""
        for cell in cells:
            if len(cell.source) > self._left:
                self.too_many = True
                continue
            self._left -= len(cell.source)
            if (names := bindings_in(cell.source)).binds:
                self._names[cell] = names

    def take(self, wanted: Set[str]) -> Cell | None:
        """Remove and return the last cell that defines all these functions and classes, or None."""
        found = [cell for cell, names in self._names.items() if wanted <= names.defines]
        if not found:
            return None
        last = max(found, key=lambda cell: cell.place)
        del self._names[last]
        return last

    def needed(self, answer: Bindings, bound: Set[str]) -> list[Needed]:
        """Remove and return the cells that an answer needs, and those that these need.

        Args:
            answer: the answer's names.
            bound: the names that are bound without these cells.
        """
        found: dict[Cell, str] = {}
        queue = sorted(answer.uses - bound)
        seen = set(queue)
        for name in queue:  # the queue grows during the loop
            cell, reason = self._binder(name)
            if cell is None or cell in found:
                continue
            found[cell] = reason
            new = sorted(self._names[cell].uses - bound - seen)
            seen.update(new)
            queue.extend(new)
        kept = []
        for cell in sorted(found, key=lambda cell: cell.place):
            names = self._names.pop(cell)
            kept.append(Needed(cell, found[cell], bool(names.uses & answer.binds)))
        return kept

    def _binder(self, name: str) -> tuple[Cell | None, str]:
        """Return the last cell that binds a name, or else the last that may, and the reason for it.

        The reason is the name, or `ANY_NAME` for a cell that may bind it.
        """
        for sought in (name, ANY_NAME):
            found = [cell for cell, names in self._names.items() if sought in names.binds]
            if found:
                return max(found, key=lambda cell: cell.place), sought
        return None, name
