"""What the pages around the lessons are made of: facts, terms, cards, explorers, the citation."""

import re
import tomllib
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from builder import (
    citation,
    facts,
    gallery,
    glossary,
    lesson_pages,
    lesson_text,
    model_cards,
    other_pages,
)
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder import answer_bank
from transferlab import backbones, course

ROOT = Path(__file__).resolve().parents[2]
LESSONS = course.lessons(ROOT / "course")
SEE = "from transferlab.see.freezing import freezing_explorer"


def lesson_page(number: int, *cells: NotebookNode, **metadata: Any) -> lesson_text.LessonPage:
    """A page with these cells."""
    path = Path(f"{number:02}_lesson/{number:02}_lesson.ipynb")
    lesson = course.CourseLesson(number, f"Lesson {number}", ("do it",), 60, (), (), path)
    return lesson_text.LessonPage(lesson, new_notebook(cells=list(cells), metadata=metadata))


def prose(number: int, *texts: str) -> lesson_text.LessonPage:
    """A page of these texts."""
    return lesson_page(number, *map(new_markdown_cell, texts))


# ---------------------------------------------------------------- facts


def test_facts_are_put_in_where_a_page_asks() -> None:
    assert other_pages.filled("{{ lessons }} lessons, {x}", {"lessons": "12"}) == "12 lessons, {x}"
    with pytest.raises(lesson_pages.PageError, match=r"asks for 'lesons': choose from lessons\."):
        other_pages.filled("{{ lesons }}", {"lessons": "12"})


def test_facts_are_those_of_this_repository() -> None:
    answers = {
        lesson.notebook.stem: answer_bank.load(lesson.notebook.stem, ROOT / "tests" / "bank")
        for lesson in LESSONS
    }
    known = facts.read(ROOT, LESSONS, answers)
    assert known["lessons"] == str(len(LESSONS))
    assert known["pythons"] == "3.11 to 3.13"
    assert set(known["tested_pythons"].split(" and ")) <= {"3.11", "3.12", "3.13"}
    assert int(known["shortest"]) <= int(known["longest"]) <= 60 * int(known["hours"])
    assert all(int(known[name]) > 0 for name in ("questions", "wrong_answers", "attacks"))
    for lesson in LESSONS:
        assert f"[{lesson.title}](lessons/{lesson.notebook.name})" in known["lesson_list"]
    assert facts.data_table().count("CC0") == 2


def test_odd_requirement_is_told() -> None:
    with pytest.raises(lesson_pages.PageError, match=r"write it as >=3\.a,<3\.b"):
        facts._range("~=3.11")


# ---------------------------------------------------------------- glossary

BASE = glossary.Term("base", ("base", "bases"), "All but the head.")
HEAD = glossary.Term("head", ("head", "heads"), "The end.")
FEATURE_MAP = glossary.Term("feature map", ("feature map", "feature maps"), "A picture.")
FEATURE = glossary.Term("feature", ("feature", "features"), "A number.")


def linked(text: str, *terms: glossary.Term) -> str:
    """The text with its links."""
    cell = new_markdown_cell(text)
    glossary.link([cell], terms)
    return str(cell.source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A base. The base.", "A {term}`base <base>`. The base."),
        ("**Bases** first", "**{term}`Bases <base>`** first"),
        (
            "feature maps and features",
            "{term}`feature maps <feature map>` and {term}`features <feature>`",
        ),
        ("a baseline, database-base, base_x", "a baseline, database-base, base_x"),
        ("# The base\n\nits base", "# The base\n\nits {term}`base <base>`"),
        ("`base` and ```\nbase\n``` and $base$", "`base` and ```\nbase\n``` and $base$"),
        ("[the base](x.md) <b title='base'>", "[the base](x.md) <b title='base'>"),
        ("<details><summary>a</summary>\n\nbase\n</details>", None),
        ("(explorer-base)=\nA {ref}`base <base>`", None),
        ("$$\nbase\n$$", None),
    ],
)
def test_first_occurrence_in_prose_is_linked(text: str, expected: str | None) -> None:
    assert linked(text, BASE, FEATURE, FEATURE_MAP) == (text if expected is None else expected)


def test_a_term_is_linked_once_in_a_lesson_and_not_in_its_hints() -> None:
    hints = new_markdown_cell("base", metadata={"tags": ["hints"]})
    page = lesson_page(1, hints, *map(new_markdown_cell, ("no", "a base", "the base")))
    text = glossary.entries([BASE], [page])
    assert [cell.source for cell in page.notebook.cells] == [
        "base",
        "no",
        "a {term}`base <base>`",
        "the base",
    ]
    assert "Introduced in [lesson 1](lessons/01_lesson.ipynb)." in text


def test_entry_names_the_lesson_that_sets_the_term_apart_first() -> None:
    lessons = [prose(1, "a base"), prose(2, "the **base** and a *head*"), prose(3, "head, base")]
    text = glossary.entries([BASE, HEAD], lessons)
    assert (
        "base\n  All but the head.\n\n  Introduced in [lesson 2](lessons/02_lesson.ipynb)." in text
    )
    assert "Also in lessons [1](lessons/01_lesson.ipynb) and [3](lessons/03_lesson.ipynb)." in text
    assert "Introduced in [lesson 2](lessons/02_lesson.ipynb). Also in [lesson 3](" in text


def test_author_may_say_where_a_term_is_introduced_and_where_it_is_none() -> None:
    lessons = [prose(1, "a base"), prose(2, "the **base**"), prose(3, "bases of a triangle")]
    term = glossary.Term("base", BASE.forms, "All but the head.", introduced_in=1, not_in=(3,))
    text = glossary.entries([term], lessons)
    assert "Introduced in [lesson 1](lessons/01_lesson.ipynb). Also in [lesson 2](" in text
    assert "lessons/03" not in text
    assert lessons[2].prose[0].source == "bases of a triangle"


def test_term_that_no_lesson_uses_is_told() -> None:
    with pytest.raises(lesson_pages.PageError, match="No lesson uses 'head'"):
        glossary.entries([HEAD], [prose(1, "a base")])


def test_word_with_two_explanations_is_told(tmp_path: Path) -> None:
    path = tmp_path / "glossary.toml"
    path.write_text(
        '[[term]]\nname = "base"\nmeans = "a"\n[[term]]\nname = "b"\nalso = ["Base"]\nmeans = "b"\n'
    )
    with pytest.raises(lesson_pages.PageError, match=r"explains 'Base' as 'base' and 'b'"):
        glossary.read(path)


def test_explanations_are_short_and_end() -> None:
    for term in glossary.read(ROOT / "book" / "glossary.toml"):
        plain = re.sub(r"\]\([^)]*\)", "", term.means)
        assert 4 <= len(plain.split()) <= 45, term.name
        assert plain[0].isupper(), term.name
        assert plain.rstrip(")").endswith("."), term.name


# ---------------------------------------------------------------- model cards


def test_every_backbone_has_its_row_and_its_card() -> None:
    made = model_cards.read(backbones.WEIGHTS)
    assert tuple(card.name for card in made) == backbones.SHIPPED
    user = lesson_page(4, new_code_cell("for name in ['pose']:\n    load_backbone(name)"))
    text = model_cards.page(made, [user])
    for card in made:
        assert f"| [{card.name}](#model-{card.name}) | {card.data} | {card.score} |" in text
        assert f"(model-{card.name})=\n## {card.name}" in text
        assert f"`python -m transferlab.pretrain {card.name}`" in text
        assert card.text.split("## Limits\n\n")[1].strip() in text
    assert text.count("[lesson 4](lessons/04_lesson.ipynb)") == 2
    assert "| 10,792 unlabelled texts of 538,838 words |" in text
    assert not re.search(r"^# ", text, re.MULTILINE), "a card's own title would be a second one"


def test_card_that_lacks_a_fact_is_told(tmp_path: Path) -> None:
    card = (backbones.WEIGHTS / "pose.md").read_text(encoding="utf-8")
    (tmp_path / "pose.md").write_text(card.replace("licence of this package", "terms of it"))
    with pytest.raises(lesson_pages.PageError, match=r"pose\.md does not say 'licence'"):
        model_cards.read(tmp_path)


# ---------------------------------------------------------------- explorers


def state_of(**models: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a notebook with these widgets."""
    every = {
        id: {"model_name": value.pop("name", "HTMLModel"), "state": value}
        for id, value in models.items()
    }
    return {gallery.STATE: {"state": every, "version_major": 2, "version_minor": 0}}


def explorer_page(number: int = 2) -> lesson_text.LessonPage:
    """A lesson with an explorer of a menu and a stack, a link between them, and more."""
    view = new_output("display_data", {lesson_pages.WIDGET: {"model_id": "box"}})
    printed = new_output("stream", text="a line above it")
    shown = new_code_cell("x = 1\nfreezing_explorer(x)", outputs=[printed, view])
    plot = new_code_cell("parameters(x)", outputs=[view])
    models = {
        "box": {"children": ["IPY_MODEL_menu", "IPY_MODEL_stack"]},
        "menu": {"index": 0},
        "stack": {"children": ["IPY_MODEL_panel"]},
        "panel": {"value": "<p>frozen</p>"},
        "link": {
            "name": "LinkModel",
            "source": ["IPY_MODEL_menu", "index"],
            "target": ["IPY_MODEL_stack", "selected_index"],
        },
        "other_link": {
            "name": "LinkModel",
            "source": ["IPY_MODEL_quiz", "index"],
            "target": ["IPY_MODEL_panel", "x"],
        },
        "quiz": {"value": "a quiz"},
    }
    text = new_markdown_cell("Before.\n\n### Move the cut\n\nChoose one.\n\nPredict.")
    return lesson_page(number, new_code_cell(SEE), plot, text, shown, widgets=state_of(**models))


def test_explorer_is_found_by_what_it_calls() -> None:
    page = explorer_page()
    (found,) = gallery.explorers([page])
    assert found.lead == "Choose one.\n\nPredict."
    assert sorted(found.models) == ["box", "link", "menu", "panel", "stack"]
    assert page.notebook.cells[2].source.startswith("(explorer-02_lesson)=\nBefore.")
    assert gallery.section(found) == (
        "## [2. Lesson 2](lessons/02_lesson.ipynb)\n\nChoose one.\n\nPredict.\n\n"
        "{{ explorer 02_lesson }}\n\n[Read on in lesson 2](#explorer-02_lesson)"
    )


@pytest.mark.parametrize("code", ["x = 1", "%matplotlib inline", SEE, "see.images(x)"])
def test_lesson_without_explorer_is_told(code: str) -> None:
    view = new_output("display_data", {lesson_pages.WIDGET: {"model_id": "box"}})
    page = lesson_page(1, new_markdown_cell("a"), new_code_cell(code, outputs=[view]))
    with pytest.raises(lesson_pages.PageError, match="No explorer of 01_lesson"):
        gallery.explorers([page])


def test_page_with_an_explorer_is_a_notebook_that_holds_it_alone() -> None:
    found = gallery.explorers([explorer_page(2), explorer_page(3)])
    text = "---\ntheme: plain\n---\n\n# Title\n\n{{ explorer 03_lesson }}\n\nThe end."
    assert gallery.names_explorers(text)
    made = gallery.page(text, found)
    nbformat.validate(made)
    assert made.metadata.theme == "plain"
    assert "kernelspec" not in made.metadata
    assert [cell.source for cell in made.cells[::2]] == ["# Title", "The end."]
    assert [output.output_type for output in made.cells[1].outputs] == ["display_data"]
    assert made.cells[1].metadata.tags == ["remove-input"]
    assert set(made.metadata.widgets[gallery.STATE].state) == set(found[1].models)


def test_unknown_explorer_is_told() -> None:
    with pytest.raises(lesson_pages.PageError, match="shows the explorer of '99_none'"):
        gallery.page("{{ explorer 99_none }}", gallery.explorers([explorer_page()]))
    assert not gallery.names_explorers("{{ lessons }} and `{{ explorer x }}`")


# ---------------------------------------------------------------- citation


def test_citation_agrees_with_the_project() -> None:
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert said["title"].lower() == project["name"]
    assert said["abstract"] == project["description"]
    assert said["version"] == project["version"]
    assert said["license"] == project["license"]
    assert f"## {said['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_citation_has_the_form_that_programs_read() -> None:
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert said["cff-version"] == "1.2.0"
    assert said["type"] == "software"
    assert said["message"]
    assert [set(author) for author in said["authors"]] == [{"name"}]
    known = {"cff-version", "message", "type", "title", "abstract", "version", "authors"}
    assert set(said) <= known | {"license", "keywords", "date-released", "url", "repository-code"}


def test_citation_is_told_with_and_without_a_year(tmp_path: Path) -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    path = tmp_path / "CITATION.cff"
    path.write_text(re.sub(r"^date-released.*\n", "", text, flags=re.MULTILINE))
    cited = citation.read(path)
    assert "(unreleased). *Transferlab: A Jupyter course" in cited.sentence
    assert "year" not in cited.bibtex
    path.write_text(path.read_text() + "date-released: 2027-01-31\n")
    cited = citation.read(path)
    assert "(2027)" in cited.sentence
    assert "  year = {2027},\n}" in cited.bibtex
    assert "author = {{The Transferlab authors}}," in cited.bibtex
