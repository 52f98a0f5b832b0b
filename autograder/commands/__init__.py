"""The commands an instructor types: options in, tables out; they decide nothing themselves."""

import typer

from autograder.commands.demo_class import class_command
from autograder.commands.doctor import doctor_command
from autograder.commands.feedback import feedback_command
from autograder.commands.grade import grade_command
from autograder.commands.lms_export import export_command
from autograder.commands.lms_import import import_command
from autograder.commands.release import release_command
from autograder.commands.report import report_command

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="""Release lessons to a class, grade what comes back, return feedback.

    The order of the work:

    [bold]autograder release[/bold]   make the student notebooks from solutions/
    [bold]nbgrader collect[/bold]     in grading/: take in what students submitted, or
    [bold]autograder import[/bold]    take in a download of Moodle, Canvas or Blackboard
    [bold]autograder grade[/bold]     score it into nbgrader's gradebook
    [bold]autograder feedback[/bold]  write the pages that students get back
    [bold]autograder report[/bold]    show the whole class on one page, with a table of data
    [bold]autograder export[/bold]    write the grades for Moodle, Canvas or a spreadsheet

    [bold]autograder class[/bold] shows it all on a class of invented students;
    [bold]autograder doctor[/bold] tells what this machine can do.
    """,
)
# In the order of the work, as --help lists them.
app.command("release")(release_command)
app.command("grade")(grade_command)
app.command("feedback")(feedback_command)
app.command("report")(report_command)
app.command("import")(import_command)
app.command("export")(export_command)
app.command("class")(class_command)
app.command("doctor")(doctor_command)
