"""Read a released lesson and derive from it what grading needs."""

import ast
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.cells import check_prelude, names_by_check, parsing
from autograder.errors import GradingFailed
from autograder.files import fingerprint, read_regular_files
from autograder.grading.options import Options


@dataclass(frozen=True, eq=False)
class Lesson:
    """A released lesson, as far as grading needs it, read once for a whole class.

    It never changes, so threads share it. What it derives from its files is derived only once.

    Attributes:
        name: the lesson's name, which is also the name of its folder.
        source: the folder with its solutions and hidden tests.
        files: the contents of that folder's files, by relative name.
        shown: the outputs of each cell of the solved lesson, by notebook and cell id, as far as
            they are known (see `same_scores`).
        inside: the checks that can be judged only in the student's own process (see
            `solution_trial`).
    """

    name: str
    source: Path
    files: dict[str, bytes]
    shown: dict[str, dict[str, list[NotebookNode]]] = field(default_factory=dict)
    inside: frozenset[str] = frozenset()

    @classmethod
    def read(cls, source: Path) -> "Lesson":
        """Read the folder of a released lesson."""
        return cls(source.name, source, read_regular_files(source))

    def __getstate__(self) -> dict[str, object]:
        """Return what a copy needs, even on another machine; it derives the rest again."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @cached_property
    def notebooks(self) -> dict[str, NotebookNode]:
        """The notebooks with solutions and hidden tests, by name.

        Raises:
            GradingFailed: a notebook can't be read.
        """
        found = {}
        for name, content in self.files.items():
            if name.endswith(".ipynb"):
                try:
                    found[name.removesuffix(".ipynb")] = nbformat.reads(content.decode(), 4)
                except Exception as error:
                    raise GradingFailed(
                        f"{self.source / name} can't be read ({type(error).__name__}): run "
                        "`autograder release` again."
                    ) from error
        return found

    @cached_property
    def fetched(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """The student's names that each check needs, by notebook and by the check's grade_id."""
        return {
            name: names_by_check(notebook, self.preludes[name])
            for name, notebook in self.notebooks.items()
        }

    @cached_property
    def preludes(self) -> dict[str, str]:
        """The code that the judge runs before the checks, by notebook."""
        return {name: check_prelude(notebook) for name, notebook in self.notebooks.items()}

    @cached_property
    def imports(self) -> frozenset[str]:
        """The modules that its cells import."""
        return frozenset(
            name
            for notebook in self.notebooks.values()
            for cell in notebook.cells
            if cell.cell_type == "code"
            for name in _imports(cell.source)
        )

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """The fingerprints of its files, by relative name."""
        return fingerprint.of_files(self.files)

    @cached_property
    def decisive(self) -> str:
        """The key that, with a submission and the options, covers all that decides the result."""
        return fingerprint.of(
            self.name, self.fingerprints, self.shown, fingerprint.of_installation()
        )

    def key(self, submitted: Path, options: Options) -> str:
        """Return a key that covers everything that decides the result of a submission."""
        decisive = replace(options, jobs=None)
        theirs = fingerprint.of_files(read_regular_files(submitted))
        return fingerprint.of(self.decisive, theirs, asdict(decisive))


def _imports(source: str) -> Iterator[str]:
    try:
        tree = parsing.tree(source)
    except SyntaxError:  # a magic; the module is imported when the cell runs
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            # The imported name may be a module itself; if it isn't, its import fails silently.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
