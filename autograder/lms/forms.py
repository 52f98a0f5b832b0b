"""Names where downloads come from and where grades go, for a command line that starts fast."""

from enum import StrEnum


class Lms(StrEnum):
    """Where a download comes from."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    BLACKBOARD = "blackboard"
    FOLDER = "folder"


class Form(StrEnum):
    """What grades are written for."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    CSV = "csv"
    JSON = "json"
    NBGRADER = "nbgrader"
