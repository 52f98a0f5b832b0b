"""The files in `hub/`, loaded as a JupyterHub would, but for the packages that it would have."""

from pathlib import Path
from typing import Any

import yaml
from jupyterhub.traitlets import ByteSpecification
from traitlets.config import Config

ROOT = Path(__file__).parents[2]
HUB = ROOT / "hub"
README = ROOT / "README.md"


def base() -> dict[str, Any]:
    """What `jupyterhub_config.py` defines; its settings are under `c`."""
    defined: dict[str, Any] = {"c": Config()}
    exec((HUB / "jupyterhub_config.py").read_text(), defined)
    return defined


def values() -> dict[str, Any]:
    """What the Helm chart is given."""
    return yaml.safe_load((HUB / "values.yaml").read_text())


def memory() -> tuple[int, int]:
    """How many bytes a user's server is promised, and how many it may take."""
    spawner, size = base()["c"].Spawner, ByteSpecification()
    return size.validate(None, spawner.mem_guarantee), size.validate(None, spawner.mem_limit)
