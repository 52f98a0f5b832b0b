"""Sphinx extension: several processes make the pages, and what no page shows is not made.

It changes nothing in a page. Jupyter Book's own command has no option for several processes, and
brings one extension that would forbid them: sphinx_multitoc_numbering does not say whether it may
run in parallel. It acts only where `use_multitoc_numbering` is set, and here it is not.
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

# More than one for each processor: Sphinx deals the pages out in as many parts, and the long ones
# lie side by side, so that one process would still be at work when all others have ended.
PROCESSES_FOR_EACH_PROCESSOR = 3


def allow(app: Sphinx) -> None:
    """Ask for the processes, and say in that extension's place that it may run in them."""
    if not app.config.use_multitoc_numbering:
        app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True
    app.parallel = PROCESSES_FOR_EACH_PROCESSOR * (os.cpu_count() or 1)


def title_alone(toc: nodes.Element) -> nodes.Element:
    """A page's table of contents without its headings; a table that holds pages stays whole."""
    copy = toc.deepcopy()
    if not any(copy.findall(addnodes.toctree)):
        for entry in copy.children:
            del entry[1:]
    return copy


@cache
def titles_alone(env: BuildEnvironment) -> dict[str, nodes.Element]:
    """The table of contents of each page, without its headings."""
    return {name: title_alone(toc) for name, toc in env.tocs.items()}


@contextmanager
def without_headings(env: BuildEnvironment) -> Iterator[None]:
    """Leave the headings out of all tables of contents for the time of the block."""
    whole, env.tocs = env.tocs, titles_alone(env)
    try:
        yield
    finally:
        env.tocs = whole


def list_titles_only(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Make the sidebar of titles: Sphinx would copy each page's headings for it, for every page."""
    whole = context["toctree"]

    def toctree(**options: Any) -> str:
        if not options.get("titles_only"):
            return str(whole(**options))
        with without_headings(app.env):
            return str(whole(**options))

    context["toctree"] = toctree


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, before anything is read."""
    app.connect("builder-inited", allow)
    app.connect("html-page-context", list_titles_only)
    # It would look through all installed packages for each output of a notebook.
    myst_nb.core.render.entry_points = cache(myst_nb.core.render.entry_points)
    # It would write a copy of each notebook that it reads, which nobody gets to see.
    myst_nb.sphinx_.nbformat = SimpleNamespace(writes=lambda notebook: "")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
