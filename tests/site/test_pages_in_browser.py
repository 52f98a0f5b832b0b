"""The pages around the lessons in the built site: there, alive, and linked both ways."""

import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from builder import glossary
from builder.outside_requests import pages_of
from lxml import etree
from playwright.sync_api import Locator, Page, expect

from transferlab import backbones, course

ROOT = Path(__file__).resolve().parents[2]
LESSONS = course.lessons(ROOT / "course")
NAMES = [lesson.notebook.stem for lesson in LESSONS]
TERMS = glossary.read(ROOT / "book" / "glossary.toml")
AROUND = (
    *("index", "install", "gallery", "glossary", "models", "timings", "teaching", "hub"),
    *("cluster", "scale", "about", "accessibility", "licence", "cite", "changelog"),
)

OpenPage = Callable[..., Page]


class _Reader(HTMLParser):
    """Collects where the links of a page's own content lead, its anchors, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.words = ""
        self._article = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {given["id"] or ""} if "id" in given else set()
        self._article += tag == "article"
        if self._article and tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._article -= tag == "article"

    def handle_data(self, data: str) -> None:
        if self._article:
            self.words += data


@cache
def read(path: Path) -> _Reader:
    """A built page."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


def test_every_address_is_a_link(site: Path) -> None:
    # Jupyter Book is told not to look for bare ones: `parse` in book/_config.yml.
    for path in pages_of(site):
        text = etree.HTML(path.read_bytes(), etree.HTMLParser(encoding="utf-8"))
        bare = text.xpath(
            "//article//text()[contains(., '://')]"
            "[not(ancestor::a or ancestor::code or ancestor::pre or ancestor::script)]"
        )
        assert not bare, f"{path.name}: write <https://…>"


@pytest.mark.parametrize("name", AROUND)
def test_page_is_there_and_its_links_lead_somewhere(site: Path, name: str) -> None:
    path = site / f"{name}.html"
    page = read(path)
    assert len(page.words.split()) > 30
    assert not re.search(r"\{\{ \w+", page.words), "a fact is missing"
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        assert target.exists(), link
        if parts.fragment and target.suffix == ".html":
            assert unquote(parts.fragment) in read(target).anchors, link


def test_every_page_around_is_in_the_menu(site: Path) -> None:
    menu = (site / "index.html").read_text(encoding="utf-8")
    for name in AROUND[1:]:
        assert f'href="{name}.html"' in menu


# ---------------------------------------------------------------- glossary


def glossary_links(site: Path, lesson: str) -> set[str]:
    """The anchors of the glossary that a lesson's page leads to."""
    links = read(site / "lessons" / f"{lesson}.html").links
    return {urlsplit(link).fragment for link in links if "glossary.html#" in link}


def lessons_by_term(site: Path) -> dict[str, set[str]]:
    """The lessons that each entry of the built glossary leads to, by the entry's anchor."""
    text = (site / "glossary.html").read_text(encoding="utf-8")
    entries = re.findall(r'<dt id="([^"]+)">.*?<dd>(.*?)</dd>', text, flags=re.DOTALL)
    return {id: set(re.findall(r'href="lessons/(\w+)\.html"', entry)) for id, entry in entries}


def test_glossary_has_an_entry_for_each_term(site: Path) -> None:
    text = (site / "glossary.html").read_text(encoding="utf-8")
    shown = re.findall(r'<dt id="[^"]+">(.*?)<a class="headerlink"', text)
    assert [name.replace("\u2019", "'") for name in shown] == [term.name for term in TERMS]


def test_lessons_and_glossary_lead_to_each_other(site: Path) -> None:
    entries = lessons_by_term(site)
    for lesson in NAMES:
        used = glossary_links(site, lesson)
        assert len(used) >= 10, f"{lesson} links few terms"
        assert used == {id for id, lessons in entries.items() if lesson in lessons}


def test_reader_goes_from_a_word_to_its_entry_and_back(open_page: OpenPage) -> None:
    page = open_page(f"lessons/{NAMES[1]}.html")
    page.locator('article a[href$="glossary.html#term-freezing"]').click()
    expect(page).to_have_url(re.compile(r"glossary\.html#term-freezing$"))
    entry = page.locator("dt#term-freezing + dd")
    expect(entry).to_contain_text("trainable = False")
    entry.get_by_role("link", name="lesson 2", exact=True).click()
    expect(page).to_have_url(re.compile(rf"{NAMES[1]}\.html$"))


def test_student_notebooks_know_no_glossary() -> None:
    for lesson in LESSONS:
        assert "{term}" not in lesson.notebook.read_text(encoding="utf-8")


# ---------------------------------------------------------------- explorers


def controls(explorer: Locator) -> Locator:
    """What chooses the panels of an explorer: the first row of buttons, or the first menu."""
    return explorer.locator(".widget-toggle-buttons, .widget-dropdown").first


def shown(explorer: Locator) -> str:
    """What an explorer shows: its words and its pictures."""
    return str(
        explorer.evaluate(
            """explorer => [...explorer.querySelectorAll('[aria-live]')]
                .filter(panel => panel.checkVisibility())
                .map(panel => panel.innerHTML).join()"""
        )
    )


def answers(explorer: Locator) -> bool:
    """Choose what is not chosen now; tell whether the explorer shows something else then."""
    before = shown(explorer)
    assert before, "the explorer shows nothing"
    choose_another(explorer)
    for _ in range(50):
        if shown(explorer) not in ("", before):
            return True
        explorer.page.wait_for_timeout(100)
    return False


def choose_another(explorer: Locator) -> None:
    """Choose what is not chosen now."""
    control = controls(explorer)
    menu = control.locator("select")
    if menu.count():
        chosen = menu.evaluate("menu => menu.selectedIndex")
        menu.select_option(index=0 if chosen else 1)
    else:
        control.locator("button:not(.mod-active)").first.click()


@pytest.mark.parametrize("lesson", NAMES)
def test_every_explorer_is_in_the_gallery_and_lives(open_page: OpenPage, lesson: str) -> None:
    page = open_page("gallery.html")
    section = page.locator("section", has=page.locator(f'h2 a[href="lessons/{lesson}.html"]')).last
    explorer = section.locator(".cell_output .widget-vbox").first
    expect(explorer).to_be_visible()
    assert answers(explorer)


def test_gallery_leads_to_the_place_in_each_lesson(site: Path) -> None:
    links = read(site / "gallery.html").links
    for lesson in NAMES:
        (link,) = [each for each in links if each.startswith(f"lessons/{lesson}.html#explorer")]
        assert urlsplit(link).fragment in read(site / "lessons" / f"{lesson}.html").anchors


@pytest.mark.parametrize("width", [360, 1280])
def test_home_page_has_one_explorer_that_lives(open_page: OpenPage, width: int) -> None:
    page = open_page("index.html", viewport={"width": width, "height": 900})
    expect(page.locator(".cell_output")).to_have_count(1)
    explorer = page.locator(".cell_output .widget-vbox").first
    expect(explorer).to_be_visible()
    assert answers(explorer)


def test_home_page_tells_its_purpose_on_the_first_screen(open_page: OpenPage) -> None:
    page = open_page("index.html", viewport={"width": 1280, "height": 800})
    for words in ("What you will learn", "For whom", "How long"):
        expect(page.get_by_text(words, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.locator(".cell_output .widget-toggle-buttons").first).to_be_in_viewport(ratio=1)


# ---------------------------------------------------------------- cards, licences, changes


def test_models_page_has_every_card(site: Path) -> None:
    page = read(site / "models.html")
    assert {f"model-{name.replace('_', '-')}" for name in backbones.SHIPPED} <= page.anchors


@pytest.mark.parametrize(
    ("page", "file"),
    [("licence", "LICENSE"), ("licence", "LICENSE-CONTENT"), ("changelog", "CHANGELOG.md")],
)
def test_page_holds_what_the_file_says(site: Path, page: str, file: str) -> None:
    # Marks of Markdown and quotes look otherwise on a page: compare the words.
    said = re.sub(r"\W+", " ", (ROOT / file).read_text(encoding="utf-8")).strip()
    assert said in re.sub(r"\W+", " ", read(site / f"{page}.html").words)
