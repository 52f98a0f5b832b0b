"""The settings that every JupyterHub for this course shares: students' and instructors' servers.

The Littlest JupyterHub (`tljh.py`), the Helm chart (`values.yaml`) and the tests load it; each of
them chooses its own spawner and authenticator. It needs only JupyterHub: the course's packages are
in the users' environment, which `hub/install` creates, and not in the hub's.
"""
# ruff: noqa: F821 - JupyterHub gives a configuration file its `c`.

import os

PYTHON = os.environ.get("TRANSFERLAB_PYTHON", "/opt/transferlab/.venv/bin/python")
EXCHANGE = os.environ.get("TRANSFERLAB_EXCHANGE", "/srv/nbgrader/exchange")
INSTRUCTORS = "instructors"  # a group of the hub; all others are students


def role(spawner):  # noqa: ANN001, ANN201
    """Return which tools a user's server shows. It does not decide what the user may read."""
    groups = {group.name for group in spawner.user.groups}
    return "instructor" if INSTRUCTORS in groups else "student"


# -P: a file in a user's home must not be taken for a module of the server.
c.Spawner.cmd = [PYTHON, "-P", "-m", "transferlab.hub"]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {"TRANSFERLAB_EXCHANGE": EXCHANGE, "TRANSFERLAB_ROLE": role}
# Enough for the server, the warm parent of its kernels, and the largest lesson in one of them.
c.Spawner.mem_limit = "3G"
c.Spawner.mem_guarantee = "1G"
