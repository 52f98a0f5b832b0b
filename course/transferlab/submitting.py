"""What a student's nbgrader needs to fetch and submit; it knows nothing about grading."""

import os

from traitlets.config import Config

COURSE_ID = "transferlab"
# Files in a lesson's folder that concern only the student.
NOT_SUBMITTED = ["reflection.md", "*.bad"]
IGNORED = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", *NOT_SUBMITTED]


def configure_student(config: Config) -> None:
    """Set in `config` the course, the exchange and what is not submitted."""
    config.CourseDirectory.course_id = COURSE_ID
    config.CourseDirectory.ignore = IGNORED
    if exchange := os.environ.get("TRANSFERLAB_EXCHANGE"):
        config.Exchange.root = exchange
