"""Sphinx extension: the panel under a lesson's title that leads from reading to working.

It must not know how a lesson was run. The repository's address is the environment variable
REPOSITORY_URL, or else `course_repository` in _config.yml; if both are empty, no link leads there.
"""

import os
import re
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.logging import getLogger

LESSON = re.compile(r"lessons/(?P<name>\d\d_\w+)")
ON_GITHUB = re.compile(r"https://github\.com/(?P<project>[\w.-]+/[\w.-]+?)(\.git)?/?")
logger = getLogger(__name__)


def read_repository(app: Sphinx, config: Config) -> None:
    """Take the repository's address from the environment if it is set there."""
    config.course_repository = os.environ.get("REPOSITORY_URL") or config.course_repository
    if config.course_repository and not ON_GITHUB.fullmatch(config.course_repository):
        logger.warning(
            "course_repository must be like https://github.com/owner/name, not %r",
            config.course_repository,
        )


def launchers(repository: str, branch: str, lesson: str) -> list[tuple[str, str]]:
    """Return names and addresses of the services that can run the lesson from its repository."""
    found = ON_GITHUB.fullmatch(repository)
    if not found:
        return []
    notebook = f"course/{lesson}/{lesson}.ipynb"
    binder = f"https://mybinder.org/v2/gh/{found['project']}/{quote(branch, safe='')}"
    colab = f"https://colab.research.google.com/github/{found['project']}/blob/{quote(branch)}"
    return [
        ("Binder", f"{binder}?urlpath={quote(f'lab/tree/{notebook}', safe='')}"),
        ("Colab", f"{colab}/{notebook}"),
    ]


def colab_setup(repository: str, lesson: str) -> str:
    """Return what a notebook on Colab must run first, to get the package and the questions."""
    found = ON_GITHUB.fullmatch(repository)
    name = found["project"].partition("/")[2] if found else ""
    return (
        f"!git clone --depth 1 {repository} && pip install --quiet ./{name}\n"
        f"%cd {name}/course/{lesson}"
    )


def panel(
    lesson: str, downloads: str, repository: str, branch: str, facts: Mapping[str, str]
) -> str:
    """Return the panel as HTML.

    Args:
        lesson: the name of the lesson.
        downloads: the path from the page to the lesson's files.
        repository: the address of the repository, or an empty string.
        branch: the branch that is opened there.
        facts: facts about the page, such as `run_seconds`.
    """
    notebook = f"{downloads}/{lesson}.ipynb"
    links = [f'<a href="{notebook}" download>Download the notebook</a>']
    links += [
        f'<a href="{escape(address)}" rel="external">Open in {name}</a>'
        for name, address in launchers(repository, branch, lesson)
    ]
    items = "".join(f"<li>{link}</li>" for link in links)
    clone = f'<a href="{escape(repository)}" rel="external">clone of the course</a>'
    say = [
        "<p>To work on it in JupyterLab, run <code>make lab</code> in a "
        f"{clone if repository else 'clone of the course'}. "
        f'The notebook needs the course and its <a href="{downloads}/quiz.json" '
        "download>questions</a> next to it.</p>"
    ]
    if launchers(repository, branch, lesson):
        setup = escape(colab_setup(repository, lesson))
        say.append(f"<details><summary>First cell on Colab</summary><pre>{setup}</pre></details>")
    if "run_seconds" in facts:
        say.append(f'<p class="run-time">{run_time(facts)}</p>')
    return (
        '<aside class="lesson-links" aria-label="Work on this lesson">'
        f"<ul>{items}</ul>{''.join(say)}</aside>"
    )


def run_time(facts: Mapping[str, str]) -> str:
    """Return a sentence on how long it took to make the outputs on the page."""
    seconds, day = escape(facts["run_seconds"]), escape(facts["run_day"])
    return f"With the exercises solved, the code on this page ran in {seconds} s on {day}."


def add_panel(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Put the panel under the title of a lesson."""
    lesson = LESSON.fullmatch(pagename)
    if lesson and "body" in context:
        made = panel(
            lesson["name"],
            f"../downloads/{lesson['name']}",
            app.config.course_repository,
            app.config.course_branch,
            context.get("meta") or {},
        )
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{made}", 1)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.add_config_value("course_repository", "", "html")
    app.add_config_value("course_branch", "main", "html")
    app.connect("config-inited", read_repository)
    app.connect("html-page-context", add_panel)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
