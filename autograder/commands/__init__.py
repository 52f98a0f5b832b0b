"""The commands that an instructor types: they read options, print tables and decide nothing."""

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
    help="""Release lessons to a class, grade what students submit and return feedback.

    The usual order of work:

    [bold]autograder release[/bold]   make the student notebooks from solutions/
    [bold]nbgrader collect[/bold]     in grading/: collect what students submitted, or
    [bold]autograder import[/bold]    import a download from Moodle, Canvas or Blackboard
    [bold]autograder grade[/bold]     score submissions into nbgrader's gradebook
    [bold]autograder feedback[/bold]  write the pages that students get back
    [bold]autograder report[/bold]    show the whole class on one page, with a data table
    [bold]autograder export[/bold]    write the grades for Moodle, Canvas or a spreadsheet

    [bold]autograder class[/bold] demonstrates all of this on a class of invented students;
    [bold]autograder doctor[/bold] checks what this machine can do.
    """,
)
# --help lists the commands in this order, the order of the work.
app.command("release")(release_command)
app.command("grade")(grade_command)
app.command("feedback")(feedback_command)
app.command("report")(report_command)
app.command("import")(import_command)
app.command("export")(export_command)
app.command("class")(class_command)
app.command("doctor")(doctor_command)
