"""Become a user's server on a JupyterHub: ``python -P -m transferlab.hub``, the spawner's command.

A student gets the same as from `transferlab.lab`; an instructor also gets nbgrader's tools for
instructors. It must not know which hub it runs on, or who may read what.
"""

import os
import sys

from transferlab import lab

INSTRUCTOR = "instructor"  # the value of TRANSFERLAB_ROLE that the hub sets for one


def main() -> None:
    """Set what JupyterLab needs, then become the server that the hub asked for."""
    lab.use_own_programs()
    if os.environ.get("TRANSFERLAB_ROLE") != INSTRUCTOR:
        lab.use_student_settings()
    lab.use_warm_kernels()
    run = [sys.executable, "-P", "-m", "jupyterhub.singleuser", *sys.argv[1:]]
    # Not a login shell, which is a hub's default: that would forget where the programs are.
    shell = [os.environ.get("SHELL", "/bin/sh")]
    run.append(f"--ServerApp.terminado_settings={{'shell_command': {shell}}}")
    os.execv(run[0], run)


if __name__ == "__main__":
    main()
