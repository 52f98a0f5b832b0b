"""environment.yml, pyproject.toml and uv.lock name the same packages."""

import subprocess
import sys
import tomllib
from importlib.util import cache_from_source
from pathlib import Path

import nbgrader
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
DECLARED = [*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]


def test_conda_environment_equals_pyproject() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    (pip,) = [part["pip"] for part in environment["dependencies"] if isinstance(part, dict)]
    assert pip == [*DECLARED, "-e ."]


def test_lock_holds_what_is_declared() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    locked = {package["name"]: package.get("version") for package in lock["package"]}
    for line in DECLARED:
        requirement = Requirement(line)
        assert requirement.specifier.contains(locked[requirement.name.lower()]), line


def test_extras_are_the_documented_ones() -> None:
    assert list(EXTRAS) == ["grading", "postgres", "cluster", "hub", "book", "dev"]


def test_reading_notebooks_builds_no_grammars() -> None:
    # They would cost each command, JupyterLab and each run of nbgrader seconds.
    program = "import nbformat, sys; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_packages_are_compiled_before_they_are_imported() -> None:
    # Some of these nobody imports; and where Python may write nothing, each start would compile.
    sources = Path(nbgrader.__file__).parent.rglob("*.py")
    assert not [source for source in sources if not Path(cache_from_source(str(source))).exists()]
