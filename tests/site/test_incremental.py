"""A second build makes again what has changed, and all where it can't know what has."""

import json
from pathlib import Path

import build
import pytest
from builder import incremental

PAGES = {
    "_config.yml": "title: Three pages\nexecute: {execute_notebooks: 'off'}\n",
    "_toc.yml": "format: jb-book\nroot: index\nchapters:\n- file: one\n- file: two\n"
    "- file: glossary\n",
    "index.md": "# Home\n\nAll begins here.\n",
    "one.md": "# One\n\nIt goes on.\n",
    "two.md": "# Two\n\nAll ends here.\n",
    "glossary.md": "# Glossary\n\n```{glossary}\nbackbone\n: A model.\n```\n",
}


def renewed(site: Path, pages: dict[str, str], went_by: str = "") -> None:
    """Let Sphinx read these files, in place of what it has read."""
    fresh = site.with_suffix(".new")
    for name, text in pages.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    incremental.renew(site, fresh, went_by)
    assert not fresh.exists()


# ---------------------------------------------------------------- what is thrown away


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder of which something was made, well."""
    site = tmp_path / "book"
    site.mkdir()
    renewed(site, PAGES)
    (site / incremental.MADE).mkdir()
    incremental.keep(site, "")
    (site / incremental.MADE / "page.html").touch()
    return site


def is_kept(site: Path) -> bool:
    """Whether what was made is still there."""
    return (site / incremental.MADE / "page.html").exists()


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"two.md": "# Two\n\nAll ends well.\n"},
        {"front_end/downloads/lesson.ipynb": "{}"},
    ],
    ids=["nothing", "text", "handed out"],
)
def test_what_shows_on_no_other_page_throws_nothing_away(
    built: Path, change: dict[str, str]
) -> None:
    renewed(built, PAGES | change)
    assert is_kept(built)
    assert incremental.files(built) == {n: t.encode() for n, t in (PAGES | change).items()}


@pytest.mark.parametrize(
    "change",
    [
        {"two.md": "# The second\n\nAll ends here.\n"},
        {"two.md": "# Two\n\nAll ends here.\n\n## At last\n"},
        {"three.md": "# Three\n"},
        {"_config.yml": "title: Pages\n"},
        {"_static/course.css": "p {color: red}"},
    ],
    ids=["title", "heading", "page", "settings", "style"],
)
def test_what_may_show_on_all_pages_throws_all_away(built: Path, change: dict[str, str]) -> None:
    renewed(built, PAGES | change)
    assert not is_kept(built)


def test_other_packages_or_addresses_throw_all_away(built: Path) -> None:
    renewed(built, PAGES, "another lock")
    assert not is_kept(built)


def test_a_page_that_is_gone_leaves_nothing_behind(built: Path) -> None:
    renewed(built, {name: text for name, text in PAGES.items() if name != "two.md"})
    assert not is_kept(built)
    assert not (built / "two.md").exists()


def test_a_build_that_did_not_end_well_is_not_built_upon(built: Path) -> None:
    renewed(built, PAGES)
    assert is_kept(built)
    renewed(built, PAGES)  # nobody has said that the build in between went well
    assert not is_kept(built)


def test_headings_of_a_notebook_are_those_of_its_text() -> None:
    code = {"cell_type": "code", "id": "a", "source": "# no heading", "metadata": {}}
    code |= {"outputs": [], "execution_count": None}
    words = {"cell_type": "markdown", "id": "b", "source": "Some\n## One\ntext", "metadata": {}}
    notebook = {"cells": [code, words], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    assert incremental.headings("a.ipynb", json.dumps(notebook).encode()) == ["## One"]


# ---------------------------------------------------------------- with Sphinx


def made(site: Path, pages: dict[str, str]) -> dict[str, str]:
    """Build these pages as the website is built; what each page holds, and when it was made."""
    renewed(site, pages)
    with build.ready_sphinx(site) as sphinx:
        folder = build.make_pages(site, sphinx)
    incremental.keep(site, "")
    found = {name: folder / f"{name}.html" for name in ("index", "one", "two")}
    return {name: f"{path.stat().st_mtime_ns} {path.read_text()}" for name, path in found.items()}


def test_sphinx_makes_a_changed_page_and_no_sibling_again(tmp_path: Path) -> None:
    site = tmp_path / "book"
    site.mkdir()
    first = made(site, PAGES)
    second = made(site, PAGES | {"two.md": "# Two\n\nAll ends well.\n"})
    assert second["one"] == first["one"]
    assert "All ends well." in second["two"]
    index = (site / "_build" / "html" / "searchindex.js").read_text(encoding="utf-8")
    assert "term-backbone" in index[index.index("indexentries") :]
    third = made(site, PAGES | {"two.md": "# The second\n\nAll ends well.\n"})
    assert "The second" in third["one"], "the list of pages on it"


def test_a_warning_is_told_again_until_it_is_mended(tmp_path: Path) -> None:
    site = tmp_path / "book"
    site.mkdir()
    for _ in range(2):
        with pytest.raises(build.BuildError, match="nowhere"):
            made(site, PAGES | {"two.md": "# Two\n\n[Nowhere](nowhere.md)\n"})
