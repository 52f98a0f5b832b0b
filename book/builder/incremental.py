"""Bring the folder that Sphinx reads up to date, so that it makes only the changed pages again.

Sphinx decides by the times of its files, and misses what a page shows of another page, such as its
title. If that may have changed, or if the last build failed, all pages are made again. It must not
know what the pages are about.
"""

import re
import shutil
from pathlib import Path

import nbformat

MADE = "_build"  # Jupyter Book's folder within the one that it reads
WHOLE = "whole"  # in that folder: the last build succeeded; the file holds that build's `went_by`
PAGES = (".md", ".ipynb")
HANDED_OUT = "front_end/downloads/"  # no page shows the contents of these files
# Sphinx's search forgets the terms of a page that is not made again.
WITH_TERMS = "glossary.md"
HEADING = re.compile(r"^#+ .*$", re.MULTILINE)


def renew(staging: Path, fresh: Path, went_by: str) -> None:
    """Make `staging` hold what `fresh` holds, but leave alone what is the same.

    Args:
        staging: what Sphinx read in the last build, if there was one, and what it made.
        fresh: what Sphinx must read now; its files are moved, and the folder is deleted.
        went_by: names everything else that decides how pages look.
    """
    old, new = files(staging), files(fresh)
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    whole = staging / MADE / WHOLE
    known = whole.read_text(encoding="utf-8") if whole.exists() else None
    if known != went_by or any(shows_elsewhere(name, old, new) for name in changed):
        shutil.rmtree(staging / MADE, ignore_errors=True)
    whole.unlink(missing_ok=True)
    for name in changed:
        (staging / name).unlink(missing_ok=True)
        if name in new:
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(fresh / name, staging / name)
    if WITH_TERMS in new:
        (staging / WITH_TERMS).touch()
    shutil.rmtree(fresh)


def keep(staging: Path, went_by: str) -> None:
    """Record that the next build can build upon what was made from `staging`."""
    (staging / MADE / WHOLE).write_text(went_by, encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder, by relative name, without what was made from it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != MADE
    }


def shows_elsewhere(name: str, old: dict[str, bytes], new: dict[str, bytes]) -> bool:
    """Return whether a change of this file shows on pages that are not made from it."""
    if name.startswith(HANDED_OUT):
        return False
    if not name.endswith(PAGES) or name not in old or name not in new:
        return True
    return headings(name, old[name]) != headings(name, new[name])


def headings(name: str, content: bytes) -> list[str]:
    """Return the headings of a page; other pages refer to it by them."""
    text = content.decode()
    if name.endswith(".ipynb"):
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return HEADING.findall(text)
