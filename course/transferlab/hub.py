"""Become a user's server of a JupyterHub: ``python -P -m transferlab.hub``, its spawner's command.

A student gets what `transferlab.lab` gives; an instructor, nbgrader's tools for instructors too.
It must not know which hub that is, nor who may read what.
"""

import os
import sys

from transferlab import lab

INSTRUCTOR = "instructor"  # what the hub says of one in TRANSFERLAB_ROLE


def main() -> None:
    """Set what JupyterLab needs, then become the server that the hub asked for."""
    lab.use_own_programs()
    if os.environ.get("TRANSFERLAB_ROLE") != INSTRUCTOR:
        lab.use_student_settings()
    lab.use_warm_kernels()
    run = [sys.executable, "-P", "-m", "jupyterhub.singleuser", *sys.argv[1:]]
    # Not a login shell, as by itself under a hub: that would forget where the programs are.
    shell = [os.environ.get("SHELL", "/bin/sh")]
    run.append(f"--ServerApp.terminado_settings={{'shell_command': {shell}}}")
    os.execv(run[0], run)


if __name__ == "__main__":
    main()
