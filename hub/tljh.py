"""For The Littlest JupyterHub, which loads it from /opt/tljh/config/jupyterhub_config.d/."""
# ruff: noqa: F821 - JupyterHub gives a configuration file its `c` and `load_subconfig`.

load_subconfig("/opt/transferlab/hub/jupyterhub_config.py")

# Who teaches, by the name with which they log in.
c.JupyterHub.load_groups = {"instructors": {"users": ["grace"]}}
