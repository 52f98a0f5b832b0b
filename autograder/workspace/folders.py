"""Give access to the instructor's nbgrader workspace: its folders, configuration and gradebook.

Everything here follows nbgrader's own layout, so that nbgrader's commands, its formgrader and its
exchange work in the same folder. This module must not know how a lesson is made or how a score is
found.
"""

import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config, PyFileConfigLoader

from autograder.errors import WorkspaceError
from transferlab.submitting import COURSE_ID

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI

    from autograder.workspace.database import Database

CONFIG_FILE = "nbgrader_config.py"
DATABASE = "gradebook.db"
LOCK_WAIT_SECONDS = 60
CONFIG_TEXT = '''\
"""nbgrader's configuration of this workspace; your own settings go below the call."""

from autograder.workspace import configure

c = get_config()  # noqa: F821
configure(c, __file__)
'''


@dataclass(frozen=True)
class Workspace:
    """The folder in which a class is graded, made by `create_workspace`."""

    root: Path

    @property
    def source(self) -> Path:
        """The folder of lessons with solutions and hidden tests."""
        return self.root / "source"

    @property
    def release(self) -> Path:
        """The folder of lessons as students get them."""
        return self.root / "release"

    @property
    def submitted(self) -> Path:
        """The folder of submissions: one folder per student, and in it one per lesson."""
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        """The folder of executed submissions."""
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        """The folder of pages that students get back."""
        return self.root / "feedback"

    def config(self) -> Config:
        """Read the workspace's `nbgrader_config.py`, including the instructor's additions.

        Raises:
            WorkspaceError: there is no workspace here, or its configuration doesn't run.
        """
        if not (self.root / CONFIG_FILE).is_file():
            raise WorkspaceError(
                f"{self.root} is not a grading workspace: create it with `autograder release`, "
                "or name another folder with --workspace."
            )
        try:
            return PyFileConfigLoader(CONFIG_FILE, path=str(self.root)).load_config()
        except Exception as error:
            raise WorkspaceError(
                f"{self.root / CONFIG_FILE} doesn't run ({type(error).__name__}: {error}): "
                "fix it, or delete it and run `autograder release` again."
            ) from error

    def api(self, config: Config | None = None) -> "NbGraderAPI":
        """Return nbgrader's own API for this workspace, with `config` in place of its own if given.

        Calls of the API change the working directory, so it must not be used in threads.
        """
        from nbgrader.apps import NbGraderAPI

        put_own_commands_first()
        return NbGraderAPI(config=config or self.config())

    @contextmanager
    def gradebook(self) -> Iterator["Gradebook"]:
        """Open nbgrader's gradebook for the `with` block.

        Raises:
            WorkspaceError: it can't be read or written.
        """
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import ArgumentError, DBAPIError

        from autograder.workspace.database import unless_in_the_way

        put_own_commands_first()
        database = self.database()
        _check_file(database.file)
        url = database.url.render_as_string(hide_password=False)
        try:
            with unless_in_the_way(lambda: Gradebook(url, COURSE_ID)) as gradebook:
                yield gradebook
        except (ArgumentError, DBAPIError, ModuleNotFoundError) as error:
            raise database.trouble(error) from error

    def check_writable(self) -> None:
        """Test that the workspace can be written, before anything is graded.

        Raises:
            WorkspaceError: there is no workspace here.
            OSError: the folder or the gradebook can't be written.
        """
        self.config()
        with tempfile.TemporaryFile(dir=self.root) as probe:
            probe.write(b"x")
        file = self.database().file
        if file and file.exists():
            file.open("r+b").close()

    def database(self) -> "Database":
        """Return the gradebook's database, which `db_url` in the configuration names.

        Raises:
            WorkspaceError: there is no workspace here, or its `db_url` is not an address.
        """
        from autograder.workspace.database import Database

        return Database.of(self.config().CourseDirectory.db_url)

    def lessons_with_submissions(self) -> list[str]:
        """Return the names of the lessons that at least one student submitted."""
        return sorted({folder.name for folder in self.submitted.glob("*/*") if folder.is_dir()})

    def students_of(self, lesson: str) -> list[str]:
        """Return the names of the students who submitted `lesson`."""
        return sorted(folder.parent.name for folder in self.submitted.glob(f"*/{lesson}"))


def create_workspace(root: Path, gradebook: bool = True) -> Workspace:
    """Create what is missing of a workspace; leave what is there as it is.

    Args:
        root: its folder.
        gradebook: False for a temporary workspace in which nothing is graded.

    Raises:
        OSError: the folder can't be written.
    """
    root = root.resolve()
    for name in ("source", "exchange"):
        (root / name).mkdir(parents=True, exist_ok=True)
    config = root / CONFIG_FILE
    if not config.exists():
        config.write_text(CONFIG_TEXT, encoding="utf-8")
    workspace = Workspace(root)
    if gradebook:
        with workspace.gradebook():
            pass  # opening it creates it; otherwise several workers might do so at the same time
    return workspace


def _check_file(database: Path | None) -> None:
    """Raise `WorkspaceError` if the gradebook's file is damaged.

    SQLite would take an empty file for a new gradebook, and detect other damage late.
    """
    if database and database.exists() and not _is_whole(database):
        raise WorkspaceError(
            f"{database.name} in {database.parent} is damaged: restore a copy, or move it away, "
            "run `autograder release` and grade again; submissions are kept."
        )


def _is_whole(database: Path) -> bool:
    if database.stat().st_size == 0:
        return False
    uri = f"{database.as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=LOCK_WAIT_SECONDS)) as connection:
            return connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except sqlite3.OperationalError:
        return True  # locked or not readable: opening it as a gradebook will report that
    except sqlite3.DatabaseError:
        return False


def put_own_commands_first() -> None:
    """Put this environment first on the PATH, from which nbgrader calls `alembic`."""
    own = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if path.split(os.pathsep)[0] != own:
        os.environ["PATH"] = os.pathsep.join([own, path]) if path else own


def find_repository(start: Path | None = None) -> Path:
    """Find the course's repository (the folder with `solutions/`) from `start` upwards.

    Raises:
        WorkspaceError: there is no repository in `start` or above it.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "solutions").is_dir():
            return folder
    raise WorkspaceError(
        f"There is no course in {start} or above it: go to the repository (the folder that "
        "contains solutions/) and run the command there."
    )
