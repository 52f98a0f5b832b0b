"""Finish the pages around the lessons: fill in what is read from the lessons and the repository.

Each page is a text in this folder; `{{ name }}` marks a place to be filled in.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import answer_bank
from builder import citation, facts, gallery, glossary, lesson_text, model_cards
from builder.cache import Cache
from builder.lesson_pages import Bank, PageError, misconceptions
from transferlab import backbones, course

_PLACE = re.compile(r"\{\{ (?P<name>[a-z_]+) \}\}")


def read_repository(root: Path, cache: Cache, staging: Path) -> dict[str, str]:
    """Return what is read from the repository alone, by the names that pages use.

    Put the picture of the page on scale and the instructors' pages into `staging`. Raise PageError
    when a file no longer contains what a page shows.
    """
    lessons = course.lessons(root / "course")
    answers = {
        each.notebook.stem: answer_bank.load(each.notebook.stem, root / "tests" / "bank")
        for each in lessons
    }
    write_notes(root / "book" / "instructors", lessons, answers, staging)
    tabled = cache.content(
        "data_table.md",
        lambda: facts.data_table().encode(),
        [Path(facts.__file__)],
    )
    return {
        **facts.read(root, lessons, answers),
        "data_table": tabled.decode(),
        **texts(root),
        **simulated(root / "book", cache, staging / "scale.png"),
    }


def simulated(book: Path, cache: Cache, picture: Path) -> dict[str, str]:
    """Return what the page on scale shows; write its picture too."""
    from builder import scale  # and with it NumPy, which nothing else here uses

    sources = [Path(scale.__file__), book / "scale.toml"]
    costs = scale.read(book / "scale.toml")
    picture.write_bytes(cache.content("scale.png", lambda: scale.picture(costs), sources))
    shown = cache.content("scale.json", lambda: json.dumps(scale.facts(costs)).encode(), sources)
    return dict(json.loads(shown))


def write_notes(
    notes: Path, lessons: Sequence[course.CourseLesson], answers: Mapping[str, Bank], staging: Path
) -> None:
    """Write the instructor's page of each lesson: the author's notes, and what students get wrong.

    Raise PageError when notes belong to no lesson.
    """
    exercises = {lesson.notebook.stem: lesson.exercises for lesson in lessons}
    target = staging / notes.name
    target.mkdir(parents=True)
    for path in sorted(notes.glob("*.md")):
        if path.stem not in exercises:
            raise PageError(f"{notes.name}/{path.name} has no lesson: name it after a lesson.")
        written = path.read_text(encoding="utf-8").rstrip()
        refused = misconceptions(answers[path.stem], exercises[path.stem])
        (target / path.name).write_text(written + refused, encoding="utf-8")


def stage(
    staging: Path, root: Path, notebooks: Mapping[str, NotebookNode], known: Mapping[str, str]
) -> None:
    """Finish the pages in `staging`, and write the lessons' pages with their links.

    Args:
        staging: the folder of all pages.
        root: the repository.
        notebooks: the page of each lesson, by its name.
        known: what is known about the repository, by the names that pages use.

    Raises:
        PageError: a page asks for something unknown.
    """
    lessons = course.lessons(root / "course")
    pages = [lesson_text.LessonPage(each, notebooks[each.notebook.stem]) for each in lessons]
    explorers = gallery.explorers(pages)
    all_known = {
        **known,
        "explorers": "\n\n".join(map(gallery.section, explorers)),
        "model_cards": model_cards.page(model_cards.read(backbones.WEIGHTS), pages),
        "glossary": glossary.entries(glossary.read(root / "book" / "glossary.toml"), pages),
    }
    for page in pages:
        (staging / page.path).parent.mkdir(exist_ok=True)
        # Without an indent it is written ten times as fast, and only Sphinx reads it.
        nbformat.write(page.notebook, staging / page.path, indent=None)
    for path in sorted(staging.glob("*.md")):
        finish(path, all_known, explorers)


def texts(root: Path) -> dict[str, str]:
    """Return what pages take over unchanged from files elsewhere in the repository."""
    cited = citation.read(root / "CITATION.cff")
    return {
        "changelog": (root / "CHANGELOG.md").read_text(encoding="utf-8"),
        "licence_of_code": (root / "LICENSE").read_text(encoding="utf-8").strip(),
        "licence_of_content": (root / "LICENSE-CONTENT").read_text(encoding="utf-8").strip(),
        "citation": cited.sentence,
        "bibtex": cited.bibtex,
    }


def filled(text: str, known: Mapping[str, str]) -> str:
    """Put what is known into a page. Raise PageError when it asks for something unknown."""

    def found(place: re.Match[str]) -> str:
        if place["name"] not in known:
            names = ", ".join(sorted(known))
            raise PageError(f"A page asks for {place['name']!r}: choose from {names}.")
        return known[place["name"]]

    return _PLACE.sub(found, text)


def finish(path: Path, known: Mapping[str, str], explorers: Sequence[gallery.Explorer]) -> None:
    """Fill in a page; replace a page that has explorers by a notebook."""
    text = filled(path.read_text(encoding="utf-8"), known)
    if gallery.names_explorers(text):
        nbformat.write(gallery.page(text, explorers), path.with_suffix(".ipynb"), indent=None)
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
