"""What every JupyterHub for this course has in common: the servers of students and instructors.

The Littlest JupyterHub loads it (`tljh.py`), the Helm chart (`values.yaml`) and the tests; each of
them chooses its own spawner and authenticator. It needs JupyterHub alone: the course's packages are
in the environment of the users, which `hub/install` makes, and not in the hub's.
"""
# ruff: noqa: F821 - JupyterHub gives a configuration file its `c`.

import os

PYTHON = os.environ.get("TRANSFERLAB_PYTHON", "/opt/transferlab/.venv/bin/python")
EXCHANGE = os.environ.get("TRANSFERLAB_EXCHANGE", "/srv/nbgrader/exchange")
INSTRUCTORS = "instructors"  # a group of the hub; all others are students


def role(spawner):  # noqa: ANN001, ANN201
    """Tell the server of a user which tools to show. What they may read is not decided by it."""
    groups = {group.name for group in spawner.user.groups}
    return "instructor" if INSTRUCTORS in groups else "student"


# -P: a file that lies in somebody's home must not be taken for a module of the server.
c.Spawner.cmd = [PYTHON, "-P", "-m", "transferlab.hub"]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {"TRANSFERLAB_EXCHANGE": EXCHANGE, "TRANSFERLAB_ROLE": role}
# For the server, the warm parent of its kernels, and the largest lesson in one of them.
c.Spawner.mem_limit = "3G"
c.Spawner.mem_guarantee = "1G"
