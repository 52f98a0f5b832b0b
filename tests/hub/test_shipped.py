"""What is shipped for a hub fits together: names, versions, paths; without running one."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from types import SimpleNamespace

import pytest
import yaml
from jupyterhub.app import JupyterHub
from jupyterhub.spawner import Spawner

from tests.hub.shipped import HUB, ROOT, base, values
from transferlab import hub, lab

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
CHART_FOLDER = "/usr/local/etc/jupyterhub/jupyterhub_config.d/"  # whose files the chart loads
PINNED = re.compile(r"\d+\.\d+\.\d+")


def user(name: str, *groups: str) -> SimpleNamespace:
    """A spawner, as far as the configuration looks at one."""
    group = [SimpleNamespace(name=each) for each in groups]
    return SimpleNamespace(user=SimpleNamespace(name=name, groups=group))


def test_the_base_sets_what_jupyterhub_knows_and_nothing_of_a_platform() -> None:
    config = base()["c"]
    assert set(config) == {"Spawner"}
    assert set(config.Spawner) <= set(Spawner.class_traits(config=True))


def test_the_role_is_read_from_the_hubs_groups() -> None:
    role = base()["c"].Spawner.environment["TRANSFERLAB_ROLE"]
    assert role(user("ada", "others")) == "student"
    assert role(user("grace", "others", "instructors")) == hub.INSTRUCTOR


def test_the_littlest_jupyterhub_loads_the_base_and_names_instructors() -> None:
    shared, loaded = base(), []
    exec((HUB / "tljh.py").read_text(), {"c": shared["c"], "load_subconfig": loaded.append})
    assert loaded == ["/opt/transferlab/hub/jupyterhub_config.py"]
    assert list(shared["c"].JupyterHub.load_groups) == [shared["INSTRUCTORS"]]
    assert "load_groups" in JupyterHub.class_traits(config=True)


def test_the_chart_gets_the_base_and_each_user_a_number() -> None:
    shared, chart = base(), values()["hub"]
    (file,) = chart["extraFiles"].values()
    assert file["mountPath"].startswith(CHART_FOLDER)
    assert list(chart["config"]["JupyterHub"]["load_groups"]) == [shared["INSTRUCTORS"]]
    exec(chart["extraConfig"]["transferlab"], shared)
    spawner = shared["c"].KubeSpawner
    for name in ("environment", "mem_limit", "mem_guarantee"):
        assert spawner[name] == shared["c"].Spawner[name]
    numbers = {spawner.uid(user(f"student{number}")) for number in range(500)}
    assert len(numbers) == 500
    assert all(100_000 <= number < 2**31 for number in numbers)
    assert spawner.uid(user("ada")) == spawner.fs_gid(user("ada")) == spawner.uid(user("ada"))


def test_images_and_the_chart_are_pinned() -> None:
    server = values()["singleuser"]
    image = server["image"]
    assert image["tag"] == VERSION
    assert [each["image"] for each in server["initContainers"]] == [f"{image['name']}:{VERSION}"]
    (chart,) = re.findall(r"--version (\S+)", (HUB / "values.yaml").read_text())
    assert PINNED.fullmatch(chart)
    bases = re.findall(r"^FROM (\S+)", (HUB / "Dockerfile").read_text(), re.M)
    assert len(set(bases)) == 1
    assert PINNED.search(bases[0])


def test_the_exchange_is_one_everywhere() -> None:
    exchange, server = base()["EXCHANGE"], values()["singleuser"]
    claim = yaml.safe_load((HUB / "exchange.yaml").read_text())
    (volume,) = server["storage"]["extraVolumes"]
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    (first,) = server["initContainers"]
    for mounts in (server["storage"]["extraVolumeMounts"], first["volumeMounts"]):
        assert mounts == [{"name": volume["name"], "mountPath": exchange}]
    assert first["command"] == ["chmod", "1777", exchange]
    page = (ROOT / "book" / "hub.md").read_text()
    assert f"install --directory --mode 1777 {exchange}" in page


def test_users_get_the_environment_without_what_they_must_not_read(tmp_path) -> None:
    repository, made = tmp_path / "repository", tmp_path / "opt" / "transferlab"
    for name in ("hub", ".ci"):
        shutil.copytree(ROOT / name, repository / name)
    for name in ("solutions", "tests", "grading", "book", ".git", "course", "autograder"):
        (repository / name).mkdir()
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copy(path, repository)
    setup = repository / ".ci" / "setup"
    setup.write_text('#!/bin/sh\necho "$@" >extras\n')
    subprocess.run([repository / "hub" / "install", made], check=True)
    assert (made / "extras").read_text() == "grading postgres hub\n"
    folders = {path.name for path in made.iterdir() if path.is_dir()}
    assert folders == {".ci", "autograder", "course", "hub"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = [*project["project"]["license-files"], project["project"]["readme"], "uv.lock"]
    assert all((made / name).is_file() for name in needed)
    for path in made.rglob("*"):
        assert path.stat().st_mode & 0o022 == 0, f"others can write {path.name}"
        assert path.stat().st_mode & 0o004, f"others can't read {path.name}"


@pytest.mark.parametrize("role", ["student", "instructor"])
def test_the_server_of_a_user(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, arguments: started.append(arguments))
    monkeypatch.setattr(sys, "argv", ["hub", "--port=1"])
    monkeypatch.setenv("TRANSFERLAB_ROLE", role)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/elsewhere")
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "")
    hub.main()
    assert started[0][:5] == [sys.executable, "-P", "-m", "jupyterhub.singleuser", "--port=1"]
    assert os.environ["PATH"].startswith(os.path.dirname(sys.executable))
    paths = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert paths == [*([str(lab.SETTINGS)] if role == "student" else []), "/elsewhere"]
