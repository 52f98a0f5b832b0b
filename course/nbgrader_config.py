"""nbgrader's configuration on a student's side: which course, which exchange, what stays private.

JupyterLab started in this folder reads it: Assignment List, Validate and submission use it.
"""

import os
from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "transferlab"
# A shared folder on a server; on one's own machine the instructor's workspace beside this folder.
c.Exchange.root = os.environ.get("TRANSFERLAB_EXCHANGE") or str(
    Path(__file__).resolve().parent.parent / "grading" / "exchange"
)
# progress.json travels with a submission, because the quiz is scored from it; what a student
# wrote in the reflection form stays with the student.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "reflection.md",
    "*.bad",
]
