"""What makes the website's build fast changes nothing in its pages."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import build
import fast_build
import nbformat
import pytest
from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx import addnodes

EXTENSION = Path(fast_build.__file__)
CONFIG = """
title: Pages
execute: {execute_notebooks: 'off'}
sphinx:
  local_extensions: {LOCAL}
  config: {html_theme: sphinx_book_theme, html_last_updated_fmt: ""}
"""
TOC = """
format: jb-book
root: index
parts:
- caption: First
  chapters:
  - file: one
    sections:
    - file: part
- caption: Second
  chapters:
  - file: two
"""
PAGES = {
    "_toc.yml": TOC,
    "index.md": "# Home\n\n## Where\n\nHere.\n",
    "one.md": "# One\n\n## A heading\n\n### One below\n\n## Another\n\n[There](two.ipynb)\n",
    "part.md": "# A part\n\n## Of what\n\n```python\nprint(1)\n```\n",
}


def notebook() -> str:
    """A lesson in small: text, code and two kinds of output."""
    ran = new_code_cell("print(1)", id="c", execution_count=1)
    html = new_output("display_data", {"text/html": "<b>bold</b>", "text/plain": "bold"})
    ran.outputs = [new_output("stream", text="1\n"), html]
    text = '# Two\n\n## "Quotes" -- and $x$\n\n- [ ] a task\n'
    cells = [new_markdown_cell(text, id="t"), ran]
    return str(
        nbformat.writes(new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}))
    )


def made(folder: Path, local: str) -> dict[str, str]:
    """Build these pages with these local extensions; return what each holds."""
    folder.mkdir()
    config = CONFIG.replace("LOCAL", local)
    for name, text in {**PAGES, "_config.yml": config, "two.ipynb": notebook()}.items():
        (folder / name).write_text(text, encoding="utf-8")
    with build.ready_sphinx(folder) as sphinx:
        html = build.make_pages(folder, sphinx)
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(html.glob("*.html"))}


def test_pages_are_those_that_sphinx_makes_alone(tmp_path: Path) -> None:
    alone = made(tmp_path / "alone", "")
    fast = made(tmp_path / "fast", f"fast_build: {EXTENSION.parent}")
    assert fast == alone
    assert {"index.html", "one.html", "part.html", "two.html"} <= alone.keys()
    copies = [tmp_path / each / "_build/jupyter_execute/two.ipynb" for each in ("alone", "fast")]
    assert [bool(copy.read_text()) for copy in copies] == [True, False], "nothing was saved"


# ---------------------------------------------------------------- the sidebar


def contents(title: str, *below: nodes.Node) -> nodes.bullet_list:
    """A page's table of contents: its title, and what lies below it."""
    entry = nodes.list_item("", addnodes.compact_paragraph("", title))
    if below:
        entry += nodes.bullet_list("", *below)
    return nodes.bullet_list("", entry)


def test_headings_are_left_out_and_pages_below_stay() -> None:
    heading = nodes.list_item("", addnodes.compact_paragraph("", "A heading"))
    page = contents("A page", heading)
    assert fast_build.title_alone(page).astext() == "A page"
    assert "A heading" in page.astext(), "the page's own table has lost them"
    with_pages = contents("A part", addnodes.toctree(entries=[("", "below")]))
    assert list(fast_build.title_alone(with_pages).findall(addnodes.toctree))


class Environment:
    """The part of Sphinx's that is looked at."""

    def __init__(self, tocs: dict[str, nodes.Element]) -> None:
        self.tocs = tocs


@pytest.mark.parametrize("options", [{"titles_only": True}, {}])
def test_only_who_asks_for_titles_gets_nothing_else(options: dict[str, Any]) -> None:
    heading = nodes.list_item("", addnodes.compact_paragraph("", "A heading"))
    env = Environment({"page": contents("A page", heading)})
    context: dict[str, Any] = {"toctree": lambda **_: env.tocs["page"].astext()}
    fast_build.list_titles_only(SimpleNamespace(env=env), "page", "", context, None)
    assert ("A heading" in context["toctree"](**options)) != bool(options)
    assert "A heading" in env.tocs["page"].astext()
