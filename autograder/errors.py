"""The errors an instructor or author may meet; each message says in a sentence what to do next."""


class AutograderError(Exception):
    """Any error that `autograder` reports in one sentence, which says what to do next."""


class LessonError(AutograderError):
    """The author's source of a lesson can't be released as it is."""


class WorkspaceError(AutograderError):
    """The grading workspace, or the repository around it, isn't as it should be."""


class GradingFailed(AutograderError):
    """Something could not be graded because of this machine, not because of the submission."""


class SandboxUnavailable(AutograderError):
    """This system can't run student code in a sandbox."""


class Unusable(AutograderError):
    """Nothing in a submission can be graded; the message is for the student."""


class ExchangeFailed(AutograderError):
    """nbgrader's exchange refused to release, collect or return something."""


class ArchiveRefused(AutograderError):
    """A download, or something in it, is broken, too large, or made to do harm."""


class RosterError(AutograderError):
    """The list of students can't be read as a list of students."""


class ImportFailed(AutograderError):
    """A download can't be imported at all."""


class ExportFailed(AutograderError):
    """Grades can't be written in the format that was asked for."""


class Stopped(AutograderError):
    """Someone pressed Ctrl-C; the message says what is done and kept."""


def last_line(traceback: str) -> str:
    """Return the message at the end of a formatted traceback, without the exception's type."""
    last = traceback.strip().splitlines()[-1]
    return last.partition(": ")[2] or last
