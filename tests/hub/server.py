"""A JupyterHub of the tests' own: the shipped configuration, on this machine alone.

`.ci/hub` makes sure that its proxy is there.
"""

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.hub.users import User
from tests.support.servers import free_port, serving

HERE = Path(__file__).parent
PROXY = HERE / "node_modules" / ".bin" / "configurable-http-proxy"
START_SECONDS = 60


@dataclass(frozen=True)
class Hub:
    """A running hub, and the one password of its users."""

    url: str
    exchange: Path
    password: str

    def log_in(self, browser: Browser, user: User) -> Page:
        """Log in as a user does; return the page on which JupyterLab opens in a while."""
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        page = context.new_page()
        page.set_default_timeout(180_000)
        page.goto(f"{self.url}/hub/login")
        page.get_by_label("Username").fill(user.name)
        page.get_by_label("Password").fill(self.password)
        page.get_by_role("button", name="Sign in").click()
        return page

    def server(self, user: User) -> str:
        """Where a user's server is."""
        return f"{self.url}/user/{user.name}"


@contextmanager
def running_hub(folder: Path, users: list[User], instructor: User) -> Iterator[Hub]:
    """Run a hub for `users` in `folder`, which they can enter; stop it with their servers after.

    Raises:
        RuntimeError: it does not come up; the message is its log.
    """
    assert PROXY.exists(), "JupyterHub's proxy is missing: run .ci/hub."
    exchange, runtime, own = folder / "exchange", folder / "run", folder / "hub"
    for shared in (exchange, runtime):
        shared.mkdir()
        shared.chmod(0o1777)  # as book/hub.md has it made
    own.mkdir(mode=0o700)
    ports = {name: free_port() for name in ("public", "internal", "proxy")}
    hub = Hub(f"http://127.0.0.1:{ports['public']}", exchange, secrets.token_hex(16))
    facts = {
        "ports": ports,
        "proxy": str(PROXY),
        "password": hub.password,
        "users": [user.name for user in users],
        "instructors": [instructor.name],
        "spawner": "localprocess" if instructor.real else "simple",
        "homes": str(instructor.home.parent),
        "runtime": str(runtime),
    }
    given = {
        "TRANSFERLAB_TEST_HUB": json.dumps(facts),
        "TRANSFERLAB_PYTHON": sys.executable,
        "TRANSFERLAB_EXCHANGE": str(exchange),
    }
    config = str(HERE / "jupyterhub_config.py")
    command = [*instructor.view, sys.executable, "-m", "jupyterhub", "-f", config]
    answers = f"{hub.url}/hub/api"
    with serving("JupyterHub", command, answers, START_SECONDS, own, given, own / "log"):
        yield hub
