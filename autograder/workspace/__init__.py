"""Manage the instructor's nbgrader course: its folders, configuration, database and exchange."""

from autograder.workspace.configuration import STUB, configure
from autograder.workspace.database import when_it_answers
from autograder.workspace.exchange import (
    as_student,
    collect,
    export_by_nbgrader,
    hand_back,
    hand_out,
)
from autograder.workspace.folders import (
    CONFIG_FILE,
    Workspace,
    create_workspace,
    find_repository,
    put_own_commands_first,
)
from autograder.workspace.preprocessors import offline, show_reason
from autograder.workspace.timestamps import RECEIPT, timestamp_in, timestamp_text

__all__ = [
    "CONFIG_FILE",
    "RECEIPT",
    "STUB",
    "Workspace",
    "as_student",
    "collect",
    "configure",
    "create_workspace",
    "export_by_nbgrader",
    "find_repository",
    "hand_back",
    "hand_out",
    "offline",
    "put_own_commands_first",
    "show_reason",
    "timestamp_in",
    "timestamp_text",
    "when_it_answers",
]
