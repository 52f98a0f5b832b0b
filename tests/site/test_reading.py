"""The site in a reader's hands: by keyboard, found by search, in the dark, on paper, off a disk."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import ROOT
from transferlab import course

LESSON = "02_anatomy_and_freezing"
LESSON_PAGE = f"lessons/{LESSON}.html"
TITLES = {lesson.notebook.stem: lesson.title for lesson in course.lessons(ROOT / "course")}
# What a browser says of a fetch that it does not allow off a disk.
_EXCERPT_REFUSED = re.compile(r"Access to fetch at .file:|net::ERR_FAILED|Failed to fetch")

OpenPage = Callable[..., Page]


# ---------------------------------------------------------------- by keyboard alone


@pytest.mark.parametrize("lesson", TITLES)
def test_questions_and_explorers_have_names_and_speak(open_page: OpenPage, lesson: str) -> None:
    page = open_page(f"lessons/{lesson}.html")
    stored = json.loads((ROOT / "course" / lesson / "quiz.json").read_text(encoding="utf-8"))
    groups = page.get_by_role("radiogroup")
    expect(groups).to_have_count(len(stored["questions"]))
    unnamed = [group for group in groups.all() if len(name_of(group).split()) < 3]
    assert not unnamed
    for control in page.locator(".widget-toggle-buttons, .widget-dropdown select").all():
        assert name_of(control)
    panels = page.locator(
        ":is(.widget-radio, .widget-toggle-buttons, .widget-dropdown) + .widget-box"
    )
    assert panels.count() >= len(stored["questions"])
    for panel in panels.all():
        expect(panel).to_have_attribute("aria-live", "polite")


def name_of(element: Locator) -> str:
    """The name that assistive technology gives an element, from Chromium's first guess on."""
    return str(
        element.evaluate(
            """element => element.getAttribute("aria-label")
                || [...(element.labels ?? [])].map(label => label.textContent).join(" ")"""
        )
    )


def test_tab_reaches_a_question_and_arrows_answer_it(open_page: OpenPage) -> None:
    page = open_page(LESSON_PAGE)
    page.locator("h2", has_text="Quiz").click()  # from where Tab goes on
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    chosen = page.locator("input[type=radio]:checked")
    expect(chosen).to_have_count(1)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    quiz = page.locator(".transferlab-quiz", has=chosen)
    said = quiz.locator("[aria-live] .transferlab-feedback").inner_text()
    page.keyboard.press("ArrowDown")
    expect(quiz.locator("[aria-live] .transferlab-feedback")).not_to_have_text(said)


def test_first_tab_skips_to_the_text(open_page: OpenPage) -> None:
    page = open_page(LESSON_PAGE)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main-content$"))


# ---------------------------------------------------------------- found


@pytest.mark.parametrize("lesson", TITLES)
def test_search_finds_each_lesson_by_its_title(open_page: OpenPage, lesson: str) -> None:
    words = "+".join(re.findall(r"\w{4,}", TITLES[lesson]))
    page = open_page(f"search.html?q={words}")
    found = page.locator(f'ul.search li a[href*="lessons/{lesson}"]')
    expect(found.first).to_be_visible()


def test_search_field_of_a_page_finds_a_term_within_a_lesson(open_page: OpenPage) -> None:
    page = open_page("index.html")
    page.wait_for_function("document.documentElement.dataset.widgets === 'here'")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("stale compile")
    page.keyboard.press("Enter")
    page.locator("ul.search li a", has_text="stale compile").first.click()
    expect(page).to_have_url(re.compile(rf"{LESSON}\.html.*#the-stale-compile"))


def test_deep_link_shows_its_section(open_page: OpenPage) -> None:
    page = open_page(f"{LESSON_PAGE}#the-stale-compile")
    page.wait_for_function("document.documentElement.dataset.widgets === 'here'")
    expect(page.locator("h2", has_text="The stale compile")).to_be_in_viewport()


@pytest.mark.parametrize("lost", ["nothing.html", "lessons/99_nothing.html", "a/b/c/d/nothing"])
def test_lost_reader_finds_the_way_at_any_depth(browser: Browser, site_url: str, lost: str) -> None:
    page = browser.new_page()
    answer = page.goto(site_url + lost, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("link", name="home page")).to_have_attribute(
        "href", re.compile(rf"/{Path(site_url).name}/$")
    )
    page.get_by_role("link", name="Fine-tuning").click()
    expect(page.locator("h1:visible")).to_contain_text("Fine-tuning")
    page.close()


# ---------------------------------------------------------------- in the dark and on paper


def test_plots_turn_dark_and_pictures_keep_their_paper(open_page: OpenPage) -> None:
    page = open_page(LESSON_PAGE, color_scheme="dark")
    filters = {
        kind: page.locator(f"article img.{kind}").first.evaluate("i => getComputedStyle(i).filter")
        for kind in ("plot", "picture")
    }
    assert "invert" in filters["plot"]
    assert "invert" not in filters["picture"]


def test_paper_has_questions_but_no_frame_and_no_closed_hint(open_page: OpenPage) -> None:
    page = open_page(LESSON_PAGE, color_scheme="dark")
    page.locator(".transferlab-quiz").first.get_by_role("radio").first.check()
    hints = page.locator("article section > details")
    hints.first.evaluate("hint => hint.open = true")
    page.emulate_media(media="print")
    for frame in (".bd-sidebar-primary", ".lesson-links", ".bd-header-article"):
        expect(page.locator(frame).first).not_to_be_visible()
    expect(page.locator(".transferlab-quiz").first).to_be_visible()
    expect(page.locator(".transferlab-feedback")).not_to_be_visible()
    assert [hint.is_visible() for hint in hints.all()] == [True] + [False] * (hints.count() - 1)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"


# ---------------------------------------------------------------- off a disk


def test_site_reads_from_a_disk(browser: Browser, site: Path) -> None:
    complaints: list[str] = []
    page = browser.new_page()
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((site / LESSON_PAGE).as_uri(), wait_until="load")
    page.locator(".transferlab-quiz").first.get_by_role("radio").first.check()
    expect(page.locator(".transferlab-feedback")).to_have_count(1)
    page.goto(f"{(site / 'search.html').as_uri()}?q=freezing")
    expect(page.locator(f'ul.search li a[href*="{LESSON}"]').first).to_be_visible()
    page.close()
    # A browser lets no page fetch files beside it: a result has no excerpt there, and is a link.
    assert not [text for text in complaints if not _EXCERPT_REFUSED.search(text)]


# ---------------------------------------------------------------- from reading to working


def test_lesson_offers_its_notebook_and_no_dead_link(open_page: OpenPage) -> None:
    page = open_page(LESSON_PAGE)
    panel = page.get_by_role("complementary", name="Work on this lesson")
    expect(panel).to_contain_text("make lab")
    expect(panel).to_contain_text(
        re.compile(r"exercises solved, the code on this page ran in \d+ s")
    )
    assert panel.get_by_role("link").count() == 2, "a link leads to a repository that nobody named"
    with page.expect_download() as begun:
        panel.get_by_role("link", name="Download the notebook").click()
    given = ROOT / "course" / LESSON / f"{LESSON}.ipynb"
    assert begun.value.suggested_filename == given.name
    assert Path(begun.value.path()).read_bytes() == given.read_bytes()
