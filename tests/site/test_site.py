"""The built site as a reader meets it: alive without a kernel, alone on its host, and discreet."""

import ast
import html
import json
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from builder.outside_requests import pages_of
from playwright.sync_api import Browser, Locator, Page, expect

from tests.site.audit import Complaint, audit

ROOT = Path(__file__).resolve().parents[2]
LESSON = "02_anatomy_and_freezing"
LESSON_PAGE = f"lessons/{LESSON}.html"
SECRET = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(?P<code>.*?)### END \1", flags=re.DOTALL)
SHORTEST_TELLING_LINE = 10  # without blanks; `else:` and `return x` tell nothing

OpenPage = Callable[..., Page]


# ---------------------------------------------------------------- every page


@pytest.fixture(scope="module")
def complaints(browser: Browser, site: Path, site_url: str) -> list[Complaint]:
    """What is wrong with any page: one walk for all tests."""
    return audit(browser, site_url, [p.relative_to(site).as_posix() for p in pages_of(site)])


@pytest.mark.parametrize("kind", ["host", "console", "axe", "content", "sideways"])
def test_no_page_is_complained_of(complaints: list[Complaint], kind: str) -> None:
    assert not [str(complaint) for complaint in complaints if complaint.kind == kind]


def test_browser_refuses_to_ask_another_host(open_page: OpenPage) -> None:
    page = open_page(LESSON_PAGE)
    blocked = page.evaluate(
        """() => new Promise(resolve => {
            document.addEventListener("securitypolicyviolation", e => resolve(e.blockedURI));
            fetch("http://localhost:9/").then(() => resolve("asked"), () => {});
        })"""
    )
    assert blocked == "http://localhost:9/"


# ---------------------------------------------------------------- quiz and explorer


def questions() -> dict[str, Any]:
    """The lesson's questions as its quiz.json holds them, by id."""
    stored = json.loads((ROOT / "course" / LESSON / "quiz.json").read_text(encoding="utf-8"))
    return dict(stored["questions"])


def quizzes(page: Page) -> list[Locator]:
    """The questions on the page, once all of them have come alive."""
    found = page.locator(".transferlab-quiz")
    expect(found).to_have_count(len(questions()))
    return found.all()


def feedback(quiz: Locator) -> Locator:
    """The panel that a choice brings up."""
    return quiz.locator(".transferlab-feedback:visible")


def test_nothing_is_answered_before_the_reader_answers(open_page: OpenPage) -> None:
    for quiz in quizzes(open_page(LESSON_PAGE)):
        assert quiz.get_by_role("radio").count() >= 2
        expect(quiz.get_by_role("radio", checked=True)).to_have_count(0)
        expect(feedback(quiz)).to_have_count(0)


def test_mouse_answers_every_question(open_page: OpenPage) -> None:
    for quiz in quizzes(open_page(LESSON_PAGE)):
        verdicts = []
        for radio in quiz.get_by_role("radio").all():
            radio.check()
            expect(feedback(quiz)).to_have_count(1)
            verdicts.append(feedback(quiz).locator("strong").first.inner_text())
        assert set(verdicts) == {"Right.", "Not yet."}
        assert verdicts.count("Right.") == 1


def test_keyboard_answers_a_question(open_page: OpenPage) -> None:
    page = open_page(LESSON_PAGE)
    quiz = quizzes(page)[0]
    first, second = quiz.get_by_role("radio").all()[:2]
    first.focus()
    page.keyboard.press("Space")
    expect(first).to_be_checked()
    said = feedback(quiz).inner_text()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_checked()
    expect(feedback(quiz)).not_to_have_text(said)


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_explorer_moves(open_page: OpenPage, how: str) -> None:
    page = open_page(LESSON_PAGE)
    explorer = page.locator(".widget-vbox", has=page.locator(".tl-layers")).first
    panel = explorer.locator("p:visible").first
    expect(panel).to_contain_text("parameters can learn")
    before = panel.inner_text()
    nothing = explorer.get_by_role("button", name="nothing")
    if how == "mouse":
        nothing.click()
    else:
        nothing.focus()
        page.keyboard.press("Enter")
    after = explorer.locator("p:visible").first
    expect(after).to_contain_text("0 of")
    assert after.inner_text() != before


def test_panels_that_need_a_kernel_say_so(open_page: OpenPage) -> None:
    student = nbformat.read(ROOT / "course" / LESSON / f"{LESSON}.ipynb", as_version=4)
    calls = ("progress.panel()", "reflect.form()")
    panels = [cell for cell in student.cells if cell.source.strip() in calls]
    assert panels
    said = open_page(LESSON_PAGE).locator(".needs-a-kernel")
    assert said.count() >= len(panels)
    for sentence in said.all():
        expect(sentence).to_contain_text("In JupyterLab")


# ---------------------------------------------------------------- for every reader


def test_a_lesson_is_there_before_its_widgets_are(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.route("**/vendor/widgets/*.js*", lambda route: None)  # they never come
    page.goto(site_url + LESSON_PAGE, wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.close()


def test_lesson_shows_its_figures(open_page: OpenPage) -> None:
    assert open_page(LESSON_PAGE).locator("article .cell_output img").count() >= 2


# ---------------------------------------------------------------- discreet


def squeezed(text: str) -> str:
    """`text` without blanks, so that indentation and line breaks cannot hide a line."""
    return re.sub(r"\s+", "", text)


def secret_code() -> Iterator[str]:
    """Each solution and each hidden test of every lesson."""
    for source in (ROOT / "solutions").glob("[0-9]*.py"):
        for secret in SECRET.finditer(source.read_text(encoding="utf-8")):
            yield secret["code"]


def given_to_students() -> str:
    """All that the student notebooks hold."""
    return "\n".join(
        cell.source
        for path in (ROOT / "course").glob("[0-9]*/*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
    )


def secret_lines() -> set[str]:
    """Squeezed lines that only an author and the grader may see."""
    given = squeezed(given_to_students())
    lines = {squeezed(line) for code in secret_code() for line in code.splitlines()}
    return {line for line in lines if len(line) >= SHORTEST_TELLING_LINE and line not in given}


def secret_names() -> set[str]:
    """Names made of several words that occur in secret code alone; the search index has words."""
    given = set(re.findall(r"\w+", given_to_students()))
    names = {
        node.id
        for code in secret_code()
        for node in ast.walk(ast.parse(_as_function(code)))
        if isinstance(node, ast.Name)
    }
    return {name for name in names - given if "_" in name.strip("_")}


def _as_function(code: str) -> str:
    """The code as a function's body, where `return` may stand."""
    return "def _():\n" + textwrap.indent(textwrap.dedent(code.rstrip()), "    ")


def readings(path: Path) -> list[str]:
    """The text of a file as it is, as a browser shows it, and with its JSON escapes undone."""
    text = path.read_text(encoding="utf-8", errors="ignore")
    shown = html.unescape(re.sub(r"<[^>]*>", "", text)) if path.suffix == ".html" else text
    return [squeezed(version) for version in (text, shown, shown.replace("\\n", "\n"))]


def leaks(site: Path, lines: set[str]) -> list[str]:
    """Where a secret line stands in the built tree."""
    found = []
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        texts = readings(path)
        found += [
            f"{path.relative_to(site)}: {line}"
            for line in sorted(lines)
            if any(line in text for text in texts)
        ]
    return found


def test_site_holds_no_solution_and_no_hidden_test(site: Path) -> None:
    lines = secret_lines()
    assert len(lines) >= 10, "the lessons' solutions were not found"
    assert not leaks(site, lines)


def test_site_holds_no_marker_of_secret_code(site: Path) -> None:
    markers = {squeezed(f"### BEGIN {of}") for of in ("SOLUTION", "HIDDEN TESTS")}
    assert not leaks(site, markers)


def test_search_index_knows_no_name_from_secret_code(site: Path) -> None:
    names = secret_names()
    index = (site / "searchindex.js").read_text(encoding="utf-8").lower()
    assert not [name for name in names if name.lower() in index]


def test_leak_is_found_behind_syntax_colours(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<span>layer</span><span>.</span><span>trainable</span> <span>=</span> <b>False</b>"
    )
    (tmp_path / "index.js").write_text(json.dumps({"text": "a\n    layer.trainable = False"}))
    (tmp_path / "clean.html").write_text("<p>layer.trainable is a flag</p>")
    found = leaks(tmp_path, {squeezed("layer.trainable = False")})
    assert [line.split(":")[0] for line in found] == ["index.js", "page.html"]
