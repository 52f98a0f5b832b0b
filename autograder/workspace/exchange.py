"""Distribute lessons and feedback and collect submissions through nbgrader's own exchange."""

import re
from pathlib import Path
from typing import Literal

from autograder.errors import AutograderError, ExchangeFailed, ExportFailed, last_line
from autograder.workspace.folders import Workspace

# A warning in nbgrader's log, which may span several lines.
_WARNING = re.compile(r"^\[WARNING\] (.*?)(?=^\[[A-Z]+\] |\Z)", re.MULTILINE | re.DOTALL)
_NOBODY = "No submissions of"
StudentAction = Literal["FetchAssignment", "Submit", "FetchFeedback"]


def release_to_exchange(lesson: str, workspace: Workspace) -> None:
    """Put the released lesson into the exchange, in place of an earlier version.

    Raises:
        ExchangeFailed: the exchange can't be used.
    """
    config = workspace.config()
    config.ExchangeReleaseAssignment.force = True
    _check(workspace.api(config).release_assignment(lesson), f"{lesson} could not be handed out")


def collect(lesson: str, workspace: Workspace) -> list[str]:
    """Collect each student's newest submission; return warnings that a person should look at.

    Raises:
        ExchangeFailed: the exchange can't be used.
    """
    result = workspace.api().collect(lesson)
    _check(result, f"{lesson} could not be collected")
    warnings = (" ".join(found.split()) for found in _WARNING.findall(result.get("log", "")))
    return [warning for warning in warnings if not warning.startswith(_NOBODY)]


def return_feedback(lesson: str, workspace: Workspace) -> None:
    """Put the feedback pages into the exchange, where each student finds their own.

    Raises:
        ExchangeFailed: the exchange can't be used.
    """
    result = workspace.api().release_feedback(lesson)
    _check(result, f"The feedback on {lesson} could not be handed back")


def export_by_nbgrader(lessons: list[str], file: Path, workspace: Workspace) -> None:
    """Write grades with nbgrader's own exporter, or the one that the workspace's config names.

    Raises:
        ExportFailed: the exporter failed.
    """
    from nbgrader.plugins import CsvExportPlugin
    from traitlets.utils.importstring import import_item

    # Not with nbgrader's application: it sets up logging again, which closes handlers in use.
    config = workspace.config()
    chosen = config.ExportApp.get("plugin_class", CsvExportPlugin)
    kind = import_item(chosen) if isinstance(chosen, str) else chosen
    exporter = kind(config=config)
    exporter.to, exporter.assignment = str(file), lessons
    try:
        with workspace.gradebook() as gradebook:
            exporter.export(gradebook)
    except AutograderError:
        raise
    except Exception as error:
        raise ExportFailed(f"nbgrader's {kind.__name__} failed: {error}") from error


def as_student(
    student: str, lesson: str, home: Path, action: StudentAction, workspace: Workspace
) -> None:
    """Do what a student does with the exchange, in that student's folder `home`.

    Raises:
        ExchangeFailed: the exchange refused.
    """
    config = workspace.config()
    config.Exchange.assignment_dir = str(home)
    config.Exchange.cache = str(home / ".cache")
    api = workspace.api(config)
    api.coursedir.assignment_id = lesson
    api.coursedir.student_id = student
    step = getattr(api.exchange, action)(
        coursedir=api.coursedir, authenticator=api.authenticator, parent=api
    )
    try:
        step.start()
    except Exception as error:
        raise ExchangeFailed(f"{student} could not do {action} on {lesson}: {error}") from error


def _check(result: dict[str, str], failure: str) -> None:
    if not result["success"]:
        raise ExchangeFailed(f"{failure}: {last_line(result['error'])}")
