"""The class as another system exports it: two options of the commands that need it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.shared import console

if TYPE_CHECKING:
    from autograder.lms import Roster

RosterFile = Annotated[
    Path | None, typer.Option("--roster", help="The class, as CSV that the system exports.")
]
IdColumn = Annotated[
    str | None,
    typer.Option(help="The roster's column that names students here.", show_default="user name"),
]


def open_roster(path: Path | None, id_column: str | None) -> "Roster | None":
    """The roster in this file, if one is given; what is odd about it is told."""
    from autograder.lms import read_roster

    if path is None:
        return None
    roster = read_roster(path, id_column)
    for note in roster.notes:
        console.print(f"{path.name}: {note}", markup=False)
    return roster
