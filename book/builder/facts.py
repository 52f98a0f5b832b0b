"""Numbers that pages show, read from the files that hold them; it measures nothing new.

A page writes `{{ name }}` where a fact belongs; `other_pages` fills it in.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from autograder.limits import CELL_SECONDS, DEADLINE_SECONDS
from autograder.processes import SandboxLimits
from builder.lesson_pages import Bank, PageError
from transferlab import backbones, course, quiz

_ROOM = re.compile(r"the course needs (?P<mb>\d+)")  # what .ci/setup says of the disk
_LARGEST = re.compile(r"`lesson_largest_mb` \| (?P<mb>\d+ MB)")  # the measured value, in README.md
_MEMORY = re.compile(r'mem_(?P<kind>limit|guarantee) = "(?P<gb>\d+)G"')  # for a server of the hub


def read(
    root: Path, lessons: tuple[course.CourseLesson, ...], answers: Mapping[str, Bank]
) -> dict[str, str]:
    """Return what is known about the course in this repository, by the names that pages use.

    `answers` holds the bank's answers, by lesson.
    """
    limits = SandboxLimits()
    attacks = (root / "tests" / "grading" / "attacks" / "cases").glob("*.py")
    minutes = [lesson.minutes for lesson in lessons if lesson.minutes]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    room = _ROOM.search((root / ".ci" / "setup").read_text(encoding="utf-8"))
    if room is None:
        raise PageError(".ci/setup no longer says how much disk space the course needs.")
    return {
        "lessons": str(len(lessons)),
        "shortest": str(min(minutes)),
        "longest": str(max(minutes)),
        "hours": str(round(sum(minutes) / 60)),
        "exercises": str(sum(len(lesson.exercises) for lesson in lessons)),
        "questions": str(sum(_questions(lesson) for lesson in lessons)),
        "wrong_answers": str(sum(map(_wrong_answers, answers.values()))),
        "attacks": str(sum(not path.name.startswith("innocent") for path in attacks)),
        "cell_seconds": str(CELL_SECONDS),
        "deadline_minutes": str(DEADLINE_SECONDS // 60),
        "memory": f"{limits.memory_mb / 1000:g}",
        "backbones": str(len(backbones.SHIPPED)),
        "version": project["version"],
        "pythons": _range(project["requires-python"]),
        "tested_pythons": " and ".join(_tested(root / ".github" / "workflows" / "test.yml")),
        "gigabytes": f"{int(room['mb']) / 1000:g}",
        **hub(root, project),
        "lesson_list": lesson_list(lessons),
    }


def hub(root: Path, project: Mapping[str, Any]) -> dict[str, str]:
    """Return what the page on a hub says about memory and versions."""
    config = (root / "hub" / "jupyterhub_config.py").read_text(encoding="utf-8")
    largest = _LARGEST.search((root / "README.md").read_text(encoding="utf-8"))
    if largest is None:
        raise PageError("README.md no longer says how much memory the largest lesson takes.")
    (server,) = project["optional-dependencies"]["hub"]
    return {
        "jupyterhub": server.removeprefix("jupyterhub=="),
        "lesson_memory": largest["mb"],
        **{f"hub_{each['kind']}": f"{each['gb']} GB" for each in _MEMORY.finditer(config)},
    }


def lesson_list(lessons: Iterable[course.CourseLesson]) -> str:
    """Return the lessons as a list, each with its time and the first thing that it teaches."""
    return "\n".join(
        f"{each.number}. {each.aims[0]}: "
        f"[{each.title}](lessons/{each.notebook.name}), {each.minutes} minutes"
        for each in lessons
    )


def data_table() -> str:
    """Return where the data come from and under which licence, as a Markdown table."""
    # This import takes seconds, because it imports scikit-learn.
    from transferlab import data

    # Small data sets will do: the source and the licence are the same for every size.
    drawn = data.letters(per_class=1, test_per_class=1)
    digits, textures, texts = data.digits(), data.textures(), data.texts()
    rows = (
        ("handwritten digits", digits.source, digits.licence),
        ("letters and digits, drawn", drawn.source, drawn.licence),
        ("textures", textures.source, textures.licence),
        ("texts", texts.source, texts.licence),
    )
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(["| data | source | licence |", "|---|---|---|", *lines])


def _questions(lesson: course.CourseLesson) -> int:
    return len(quiz.load_questions(lesson.notebook.parent / quiz.FILE))


def _wrong_answers(answers: Bank) -> int:
    return sum(answer.kind == "wrong" for group in answers.values() for answer in group)


def _range(requires: str) -> str:
    """Return the Pythons that a requirement such as `>=3.11,<3.14` allows, in words."""
    bounds = re.fullmatch(r">=3\.(?P<first>\d+),<3\.(?P<after>\d+)", requires)
    if bounds is None:
        raise PageError(f"pyproject.toml requires Python {requires!r}: write it as >=3.a,<3.b.")
    return f"3.{bounds['first']} to 3.{int(bounds['after']) - 1}"


def _tested(workflow: Path) -> list[str]:
    """Return the Pythons with which every change is tested."""
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    return [str(version) for version in jobs["test"]["strategy"]["matrix"]["python"]]
