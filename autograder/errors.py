"""The errors an instructor or author may meet: one sentence each, with what to do next."""


class AutograderError(Exception):
    """Anything `autograder` reports as one sentence; its message says what to do next."""


class LessonError(AutograderError):
    """The author's source of a lesson can't be released as it stands."""


class WorkspaceError(AutograderError):
    """The grading workspace, or the repository around it, isn't as it should be."""


class GradingFailed(AutograderError):
    """This machine, not the submission, is why something could not be graded."""


class SandboxUnavailable(AutograderError):
    """This system does not let student code be shut in."""


class Unusable(AutograderError):
    """Nothing in what a student handed in can be graded; the message is for its author."""


class ExchangeFailed(AutograderError):
    """nbgrader's exchange refused to hand something out or take something in."""


class ArchiveRefused(AutograderError):
    """A download, or something in it, is broken, too large, or built to do harm."""


class RosterError(AutograderError):
    """The list of students can't be read as one."""


class ImportFailed(AutograderError):
    """A download can't be taken in at all."""


class ExportFailed(AutograderError):
    """Grades can't be written in the form that was asked for."""


class Stopped(AutograderError):
    """Somebody pressed Ctrl-C; the message says what is done and kept."""


def last_line(traceback: str) -> str:
    """The message at the end of a formatted traceback, without the exception's type."""
    last = traceback.strip().splitlines()[-1]
    return last.partition(": ")[2] or last
