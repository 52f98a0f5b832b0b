"""Settings that The Littlest JupyterHub loads from /opt/tljh/config/jupyterhub_config.d/."""
# ruff: noqa: F821 - JupyterHub gives a configuration file its `c` and `load_subconfig`.

load_subconfig("/opt/transferlab/hub/jupyterhub_config.py")

# The instructors, by the name with which they log in.
c.JupyterHub.load_groups = {"instructors": {"users": ["grace"]}}
