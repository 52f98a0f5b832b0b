"""Sphinx extension: make the pages in several processes, and don't make what no page shows.

It changes nothing in a page. Jupyter Book's own command has no option for several processes, and
loads one extension that would prevent them: sphinx_multitoc_numbering does not say whether it may
run in parallel. That extension acts only if `use_multitoc_numbering` is set, and here it is not.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any

import myst_nb.core.render
import myst_nb.sphinx_
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

# More than one for each processor: Sphinx divides the pages into as many parts as there are
# processes, and the long pages are next to each other, so one process would still be at work when
# all others have ended.
PROCESSES_FOR_EACH_PROCESSOR = 3


def allow(app: Sphinx) -> None:
    """Ask for the processes, and declare on that extension's behalf that it may run in parallel."""
    if not app.config.use_multitoc_numbering:
        app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True
    app.parallel = PROCESSES_FOR_EACH_PROCESSOR * (os.cpu_count() or 1)


def title_alone(toc: nodes.Element) -> nodes.Element:
    """Return a page's table of contents without its headings; one that holds pages stays whole."""
    copy = toc.deepcopy()
    if not any(copy.findall(addnodes.toctree)):
        for entry in copy.children:
            del entry[1:]
    return copy


@cache
def titles_alone(env: BuildEnvironment) -> dict[str, nodes.Element]:
    """Return the table of contents of each page, without its headings."""
    return {name: title_alone(toc) for name, toc in env.tocs.items()}


@contextmanager
def without_headings(env: BuildEnvironment) -> Iterator[None]:
    """Leave the headings out of all tables of contents until the block ends."""
    whole, env.tocs = env.tocs, titles_alone(env)
    try:
        yield
    finally:
        env.tocs = whole


def list_titles_only(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Make the sidebar from titles; Sphinx would copy each page's headings for it on every page."""
    whole = context["toctree"]

    def toctree(**options: Any) -> str:
        if not options.get("titles_only"):
            return str(whole(**options))
        with without_headings(app.env):
            return str(whole(**options))

    context["toctree"] = toctree


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx, before anything is read."""
    app.connect("builder-inited", allow)
    app.connect("html-page-context", list_titles_only)
    # myst_nb would search all installed packages for each output of a notebook.
    myst_nb.core.render.entry_points = cache(myst_nb.core.render.entry_points)
    # myst_nb would write a copy of each notebook that it reads, which nobody ever sees.
    myst_nb.sphinx_.nbformat = SimpleNamespace(writes=lambda notebook: "")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
