"""Let the judge call functions in the student's process; arguments and results go by value.

The judge runs only trusted code and believes nothing that it receives; the student's process holds
whatever the student's code has made of it. Neither end knows what is checked.
"""

from autograder.carry.calls import Judge, Student
from autograder.carry.errors import CarryError
from autograder.carry.frames import SocketTransport

# Imported when the first model is sent, unless the process was forked from one that has them.
LAZY_MODULES = tuple(
    f"{__name__}.{name}" for name in ("graph_reader", "graph_writer", "layers", "states")
)

__all__ = [
    "LAZY_MODULES",
    "CarryError",
    "Judge",
    "SocketTransport",
    "Student",
]
