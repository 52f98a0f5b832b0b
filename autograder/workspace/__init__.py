"""Manage the instructor's nbgrader course: its folders, configuration, database and exchange."""

from autograder.workspace.configuration import STUB, configure
from autograder.workspace.database import retry_while_away
from autograder.workspace.exchange import (
    as_student,
    collect,
    export_by_nbgrader,
    release_to_exchange,
    return_feedback,
)
from autograder.workspace.folders import (
    CONFIG_FILE,
    Workspace,
    create_workspace,
    find_repository,
    put_own_commands_first,
)
from autograder.workspace.preprocessors import make_page_offline, show_reason
from autograder.workspace.timestamp_file import RECEIPT_FILES, timestamp_in, timestamp_text

__all__ = [
    "CONFIG_FILE",
    "RECEIPT_FILES",
    "STUB",
    "Workspace",
    "as_student",
    "collect",
    "configure",
    "create_workspace",
    "export_by_nbgrader",
    "find_repository",
    "make_page_offline",
    "put_own_commands_first",
    "release_to_exchange",
    "retry_while_away",
    "return_feedback",
    "show_reason",
    "timestamp_in",
    "timestamp_text",
]
