"""Two options for commands that need the class list as another system exports it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.shared import console

if TYPE_CHECKING:
    from autograder.lms import Roster

RosterFile = Annotated[
    Path | None, typer.Option("--roster", help="The class list, as a CSV file from the system.")
]
IdColumn = Annotated[
    str | None,
    typer.Option(
        help="The roster's column that holds the students' ids in the gradebook.",
        show_default="user name",
    ),
]


def open_roster(path: Path | None, id_column: str | None) -> "Roster | None":
    """Return the roster in this file, if one is given; print what is odd about it."""
    from autograder.lms import read_roster

    if path is None:
        return None
    roster = read_roster(path, id_column)
    for note in roster.notes:
        console.print(f"{path.name}: {note}", markup=False)
    return roster
