"""Use the database of a gradebook: a file, or a server that may refuse, go away and come back.

It must not know what a gradebook holds, nor what writes into it.
"""

import sqlite3
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nbgrader.api import InvalidEntry
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)

from autograder.errors import GradingFailed, WorkspaceError

PATIENCE_SECONDS = 60.0
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_MOST_COLLISIONS = 20
_DUPLICATE_TABLE = "42P07"
_LONGEST_REASON = 240
_ABOUT_SERVER = (
    "make sure that the server is running, and that the address in nbgrader_config.py (db_url) and "
    "the password (PGPASSFILE, ~/.pgpass or PGPASSWORD) are right; `autograder doctor` shows when "
    "it answers."
)
_Done = TypeVar("_Done")


@dataclass(frozen=True)
class Database:
    """The database in which a gradebook is kept, as nbgrader's `db_url` names it."""

    url: URL

    @classmethod
    def of(cls, db_url: str) -> "Database":
        """Return the database at this address.

        Raises:
            WorkspaceError: `db_url` is not a database address.
        """
        try:
            return cls(make_url(db_url))
        except ArgumentError:
            raise WorkspaceError(
                "db_url in nbgrader_config.py is not a database address: write it like "
                "postgresql+psycopg://user@host/database, or leave it out for gradebook.db."
            ) from None

    @property
    def file(self) -> Path | None:
        """The database's file; None if the database is on a server."""
        is_file = self.url.get_backend_name() == "sqlite" and self.url.database
        return Path(self.url.database or "") if is_file else None

    def __str__(self) -> str:
        """Return the address without options and without the password."""
        plain = URL.create(
            self.url.get_backend_name(),
            self.url.username,
            None,
            self.url.host,
            self.url.port,
            self.url.database,
        )
        return plain.render_as_string()

    def ask(self) -> str:
        """Check that the database answers; return its kind and version.

        Raises:
            WorkspaceError: it doesn't answer, or it refuses us.
        """
        try:
            engine = create_engine(self.url)
            with engine.connect() as connection:
                version = connection.dialect.server_version_info or ()
            engine.dispose()
        except (DBAPIError, ArgumentError, ModuleNotFoundError) as error:
            raise self.trouble(error) from error
        return f"{engine.dialect.name} {'.'.join(map(str, version))}"

    def trouble(self, error: Exception) -> WorkspaceError:
        """Return an error that explains to an instructor what this database or driver reported."""
        if isinstance(error, ModuleNotFoundError):
            return WorkspaceError(
                f"The package {error.name} is missing, and the gradebook {self} needs it: "
                "install the course with this extra, `pip install -e .[grading,postgres]`."
            )
        if self.file:
            return WorkspaceError(
                f"The gradebook {self.file} can't be used ({_why(error)}): free some space, close "
                f"other programs that use it, or put a good copy of {self.file.name} there."
            )
        return WorkspaceError(
            f"The gradebook {self} can't be used ({_why(error)}): {_ABOUT_SERVER}"
        )


def unless_in_the_way(action: Callable[[], _Done]) -> _Done:
    """Do the action; repeat it if another grader created the same row or table at that moment."""
    for _ in range(_MOST_COLLISIONS):
        try:
            return action()
        except (DBAPIError, InvalidEntry) as error:
            if not _collided(_cause(error)):
                raise
    return action()


def retry_while_away(action: Callable[[], _Done]) -> _Done:
    """Do something that may safely be done twice; repeat it while the server is away.

    Messages on stderr say that it waits, and when the server is back.

    Raises:
        GradingFailed: the server was away for longer than `PATIENCE_SECONDS`.
    """
    began, pause, told = 0.0, _FIRST_PAUSE, False
    while True:
        try:
            done = unless_in_the_way(action)
        except (DBAPIError, InvalidEntry) as error:
            if not _is_away(_cause(error)):
                raise
            began = began or time.monotonic()
            if time.monotonic() - began > PATIENCE_SECONDS:
                raise GradingFailed(_given_up(_cause(error))) from error
            if not told and pause > _FIRST_PAUSE:  # a lost connection is often back at once
                told = _tell(
                    f"The gradebook's database is away ({_why(_cause(error))}): retrying for up to "
                    f"{PATIENCE_SECONDS:g} s; results are kept."
                )
        else:
            if told:
                _tell("The gradebook's database is back: grading continues.")
            return done
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _given_up(error: BaseException) -> str:
    return (
        f"The gradebook's database has been away for {PATIENCE_SECONDS:g} s ({_why(error)}): make "
        "sure that its server is running, then run `autograder grade` again. What was run is kept, "
        "and will be recorded without being run again."
    )


def _tell(sentence: str) -> bool:
    print(f"autograder: {sentence}", file=sys.stderr)
    return True


def _cause(error: BaseException) -> BaseException:
    """Return the database's error, even if nbgrader raised its own error in place of it."""
    return error.__context__ or error if isinstance(error, InvalidEntry) else error


def _collided(error: BaseException) -> bool:
    if isinstance(error, ProgrammingError):
        return getattr(error.orig, "sqlstate", None) == _DUPLICATE_TABLE
    return isinstance(error, IntegrityError)


def _is_away(error: BaseException) -> bool:
    """Return whether a server is away or too busy; never for a file, which would fail again."""
    if not isinstance(error, DBAPIError) or isinstance(error.orig, sqlite3.Error):
        return False
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def _why(error: BaseException) -> str:
    original = error.orig if isinstance(error, DBAPIError) else error
    return textwrap.shorten(str(original), _LONGEST_REASON, placeholder=" ...")
