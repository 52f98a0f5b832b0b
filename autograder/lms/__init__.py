"""Import submissions from learning management systems, and export grades to them."""

from autograder.lms import grades, pages, summary
from autograder.lms.forms import ExportFormat, Lms
from autograder.lms.import_download import ImportOptions, open_download
from autograder.lms.roster import Roster, read_roster
from autograder.lms.rows import Status

__all__ = [
    "ExportFormat",
    "ImportOptions",
    "Lms",
    "Roster",
    "Status",
    "grades",
    "open_download",
    "pages",
    "read_roster",
    "summary",
]
