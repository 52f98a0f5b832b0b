"""Name where downloads come from and where grades go, apart so that the command starts fast."""

from enum import StrEnum


class Lms(StrEnum):
    """The system that a download comes from."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    BLACKBOARD = "blackboard"
    FOLDER = "folder"


class ExportFormat(StrEnum):
    """The system or format that grades are written for."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    CSV = "csv"
    JSON = "json"
    NBGRADER = "nbgrader"
