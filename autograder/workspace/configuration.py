"""Configure nbgrader for a workspace of this course."""

import os
from pathlib import Path

from traitlets.config import Config

from autograder.limits import CELL_SECONDS
from autograder.workspace.folders import DATABASE, LOCK_WAIT_SECONDS
from transferlab.submitting import configure_student

# What students get in place of a solution.
STUB = (
    "# YOUR CODE HERE\n"
    'raise NotImplementedError("Not attempted yet: replace this line with your own code.")'
)
CONNECT_SECONDS = 10
# A busy machine must not cost a student points: nbclient's own limit for late output is 4 s.
OUTPUT_WAIT_SECONDS = 60


def configure(config: Config, config_file: str) -> None:
    """Set in `config` what this course needs of nbgrader; the workspace's config file calls it."""
    from autograder.workspace import preprocessors

    root = Path(config_file).resolve().parent
    config.Exchange.root = str(root / "exchange")
    config.ExchangeFactory.collect = "autograder.workspace.collector.TrustedCollect"
    configure_student(config)
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.db_url = f"sqlite:///{root / DATABASE}?timeout={LOCK_WAIT_SECONDS}"
    # Don't wait as long as the system would for a server that is switched off.
    os.environ.setdefault("PGCONNECT_TIMEOUT", str(CONNECT_SECONDS))
    config.ClearSolutions.code_stub = {"python": STUB}
    config.Execute.timeout = CELL_SECONDS
    config.Execute.iopub_timeout = OUTPUT_WAIT_SECONDS
    config.Execute.startup_timeout = OUTPUT_WAIT_SECONDS
    config.OverwriteCells.add_missing_cells = True
    config.GenerateAssignment.preprocessors = preprocessors.for_release()
    config.Autograde.autograde_preprocessors = preprocessors.for_autograde()
    config.GenerateFeedback.preprocessors = preprocessors.for_feedback()
    config.GenerateFeedback.exporter_class = (
        "autograder.workspace.preprocessors.OfflineHTMLExporter"
    )
