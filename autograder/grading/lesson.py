"""A released lesson, as far as grading needs it."""

import ast
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.cells import names_by_check, parsing, prelude_of
from autograder.errors import GradingFailed
from autograder.files import fingerprint, plain_files
from autograder.grading.options import Options


@dataclass(frozen=True, eq=False)
class Lesson:
    """A released lesson, as far as grading needs it; read once for a whole class.

    It never changes, so threads share it. What it derives from its files, it derives once.

    Attributes:
        name: its name, which is also its folder's.
        source: the folder with its solutions and hidden tests.
        files: what that folder holds, by relative name.
        shown: what each cell of the solved lesson shows, by notebook and cell id, as far as it is
            known (see `proof`).
        inside: the checks that can only be judged in the student's own process (see `trial`).
    """

    name: str
    source: Path
    files: dict[str, bytes]
    shown: dict[str, dict[str, list[NotebookNode]]] = field(default_factory=dict)
    inside: frozenset[str] = frozenset()

    @classmethod
    def read(cls, source: Path) -> "Lesson":
        """Read the folder of a released lesson."""
        return cls(source.name, source, plain_files(source))

    def __getstate__(self) -> dict[str, object]:
        """Return what a copy needs, also on another machine; it derives the rest again."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @cached_property
    def notebooks(self) -> dict[str, NotebookNode]:
        """The notebooks with solutions and hidden tests, by name.

        Raises:
            GradingFailed: one can't be read.
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
        """The names that the checks of each notebook need of the student, by grade_id."""
        return {
            name: names_by_check(notebook, self.preludes[name])
            for name, notebook in self.notebooks.items()
        }

    @cached_property
    def preludes(self) -> dict[str, str]:
        """What the judge runs before the checks of each notebook."""
        return {name: prelude_of(notebook) for name, notebook in self.notebooks.items()}

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
        """What its files hold, in short."""
        return fingerprint.of_files(self.files)

    @cached_property
    def decisive(self) -> str:
        """Names, together with a submission and the options, all that decides its result."""
        return fingerprint.of(
            self.name, self.fingerprints, self.shown, fingerprint.of_installation()
        )

    def key(self, submitted: Path, options: Options) -> str:
        """Name all that decides what becomes of a submission."""
        decisive = replace(options, jobs=None)
        theirs = fingerprint.of_files(plain_files(submitted))
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
            # What is imported may be a module itself; where it isn't, importing it fails quietly.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
