"""Import submissions from learning management systems, and export grades to them."""

from autograder.lms import grades, pages, show
from autograder.lms.forms import Form, Lms
from autograder.lms.roster import Roster, read_roster
from autograder.lms.rows import Status
from autograder.lms.take_in import ImportOptions, open_download

__all__ = [
    "Form",
    "ImportOptions",
    "Lms",
    "Roster",
    "Status",
    "grades",
    "open_download",
    "pages",
    "read_roster",
    "show",
]
