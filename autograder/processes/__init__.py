"""Start, sandbox, measure and end processes; it knows nothing about grading."""

from autograder.processes.cold_start import ColdStart
from autograder.processes.resources import Usage
from autograder.processes.sandbox import Place, SandboxLimits, enter_sandbox, python_folders
from autograder.processes.zygote_client import ColdStartNeeded, ZygoteClient

__all__ = [
    "ColdStart",
    "ColdStartNeeded",
    "Place",
    "SandboxLimits",
    "Usage",
    "ZygoteClient",
    "enter_sandbox",
    "python_folders",
]
