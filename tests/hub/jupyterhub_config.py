"""The hub of the tests: what is shipped, with servers on this machine and a password for all."""
# ruff: noqa: F821 - JupyterHub gives a configuration file its `c` and `load_subconfig`.

import json
import os
from pathlib import Path

load_subconfig(str(Path(__file__).parents[2] / "hub" / "jupyterhub_config.py"))

given = json.loads(os.environ["TRANSFERLAB_TEST_HUB"])
address = {name: f"http://127.0.0.1:{port}" for name, port in given["ports"].items()}

c.JupyterHub.bind_url = address["public"]
c.JupyterHub.hub_bind_url = address["internal"]
c.ConfigurableHTTPProxy.api_url = address["proxy"]
c.ConfigurableHTTPProxy.command = [given["proxy"]]

c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = given["password"]
c.Authenticator.allowed_users = set(given["users"])
c.JupyterHub.load_groups = {"instructors": {"users": given["instructors"]}}

c.JupyterHub.spawner_class = given["spawner"]
c.SimpleLocalProcessSpawner.home_dir_template = f"{given['homes']}/{{username}}"
c.Spawner.environment["XDG_RUNTIME_DIR"] = given["runtime"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
