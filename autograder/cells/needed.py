"""Choose the cells that grading runs: those whose work the checks use.

Grading runs each graded cell (nbgrader's solutions and checks) and each cell with an import at
its top level. It also runs each cell that binds a name which one of the cells it runs uses, or
that changes such an object in a way that a statement shows: `a += 1`, `a.b = 1`, `a[0] = 1`,
`del a[0]`, `a.append(1)` as a whole statement (a call on an imported name, like
`np.random.seed(0)`, is not counted). A
cell tagged `demonstration` is run only if it binds such a name, and no cell after the last graded
one is run. If a cell may use any name (it holds a magic or a syntax error, or calls `exec`), it
and every cell before it are run.

Anything else is not followed: `f(a)` that changes `a`, a second name of an object, the random
state, files. `autograder release` proves by running that this changes no score.
"""

from collections import defaultdict

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from autograder.cells.names import bindings_in

# An author's word that a cell changes nothing that an exercise needs. A submission is rebuilt from
# the author's notebook, so a student can't give it.
DEMONSTRATION = "demonstration"


def needed(notebook: NotebookNode) -> set[int]:
    """Return the indices in `notebook.cells` of the code cells that grading runs.

    Args:
        notebook: a notebook (nbformat 4) whose checks and solutions have nbgrader's metadata.
    """
    return set(reasons(notebook))


def reasons(notebook: NotebookNode) -> dict[int, str]:
    """Return, for each cell that grading runs, by its index, a sentence that says why."""
    code = {i: cell for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    last = max((i for i, cell in code.items() if is_grade(cell) or is_solution(cell)), default=-1)
    cells = {i: _Cell(cell) for i, cell in code.items() if i <= last}
    found = _needed_by_themselves(cells)
    touched_by = _touched_by(cells)
    queue = list(found)
    for user in queue:  # it grows on the way
        for name in sorted(cells[user].names.uses):
            for index in touched_by.pop(name, ()):
                if index not in found:
                    verb = "binds" if name in cells[index].names.binds else "changes"
                    found[index] = f"It {verb} {name}, which cell {user + 1} uses."
                    queue.append(index)
    return dict(sorted(found.items()))


class _Cell:
    """A code cell, as far as the rule looks at it."""

    def __init__(self, cell: NotebookNode) -> None:
        self.names = bindings_in(cell.source)
        self.graded = is_grade(cell) or is_solution(cell)
        self.demonstration = DEMONSTRATION in (cell.metadata.get("tags") or [])
        self.hidden = self.names.hidden and not self.demonstration


def _needed_by_themselves(cells: dict[int, _Cell]) -> dict[int, str]:
    """Give the reason of each cell that is run whatever names the others use."""
    last_hidden = max((index for index, cell in cells.items() if cell.hidden), default=-1)
    found: dict[int, str] = {}
    for index, cell in cells.items():
        if cell.graded:
            found[index] = "It is graded."
        elif cell.hidden:
            found[index] = "It may use or bind any name: it isn't plain Python, or calls exec."
        elif index < last_hidden:
            found[index] = f"Cell {last_hidden + 1} may use any name that it binds."
        elif cell.names.imports and not cell.demonstration:
            found[index] = "It imports."
    return found


def _touched_by(cells: dict[int, _Cell]) -> dict[str, list[int]]:
    """List by name the cells that bind it, and those that change what it stands for."""
    imports = {name for cell in cells.values() for name in cell.names.imports}
    others = {name for cell in cells.values() for name in cell.names.binds - cell.names.imports}
    imported = imports - others
    found: dict[str, list[int]] = defaultdict(list)
    for index, cell in cells.items():
        names = cell.names
        changes = frozenset() if cell.demonstration else names.changes | names.calls - imported
        for name in names.binds | changes:
            found[name].append(index)
    return found
