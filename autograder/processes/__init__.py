"""Start, sandbox, measure and end processes; it knows nothing about grading."""

from autograder.processes.cold_start import ColdStart
from autograder.processes.resources import Usage
from autograder.processes.sandbox import Limits, Place, python_folders, shut_in
from autograder.processes.zygote_client import ColdStartNeeded, ZygoteClient

__all__ = [
    "ColdStart",
    "ColdStartNeeded",
    "Limits",
    "Place",
    "Usage",
    "ZygoteClient",
    "python_folders",
    "shut_in",
]
