"""Finish the pages around the lessons: put in what is read from the lessons and the repository.

Each page lies in this folder as a text; `{{ name }}` stands where something is put in.
"""

from collections.abc import Sequence
from pathlib import Path

import cards
import citation
import facts
import gallery
import glossary
import nbformat
import reading
import scale

from transferlab import backbones, course


def stage(staging: Path, root: Path) -> None:
    """Finish the pages that lie in `staging`, the lessons' among them, which get their links.

    Raises PageError when a page asks for what nobody knows.
    """
    lessons = course.lessons(root / "course")
    pages = reading.lesson_pages(staging, lessons)
    costs = scale.read(root / "book" / "scale.toml")
    explorers = gallery.explorers(pages)
    known = {
        **facts.read(root, lessons),
        **texts(root),
        **scale.facts(costs),
        "explorers": "\n\n".join(map(gallery.section, explorers)),
        "model_cards": cards.page(cards.read(backbones.WEIGHTS), pages),
        "glossary": glossary.entries(glossary.read(root / "book" / "glossary.toml"), pages),
    }
    for page in pages:
        nbformat.write(page.notebook, staging / page.path)
    scale.draw(costs, staging / "scale.png")
    for path in sorted(staging.glob("*.md")):
        finish(path, known, explorers)


def texts(root: Path) -> dict[str, str]:
    """What pages take over as it is from files that have another home."""
    cited = citation.read(root / "CITATION.cff")
    return {
        "changelog": (root / "CHANGELOG.md").read_text(encoding="utf-8"),
        "licence_of_code": (root / "LICENSE").read_text(encoding="utf-8").strip(),
        "licence_of_content": (root / "LICENSE-CONTENT").read_text(encoding="utf-8").strip(),
        "citation": cited.sentence,
        "bibtex": cited.bibtex,
    }


def finish(path: Path, known: dict[str, str], explorers: Sequence[gallery.Explorer]) -> None:
    """Fill a page; one with explorers becomes a notebook in its place."""
    text = facts.filled(path.read_text(encoding="utf-8"), known)
    if gallery.names_explorers(text):
        nbformat.write(gallery.page(text, explorers), path.with_suffix(".ipynb"))
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
