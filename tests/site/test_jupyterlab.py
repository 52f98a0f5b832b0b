"""A student's session with the lesson, in a real browser on a real JupyterLab."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import build
import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.support.jupyterlab_server import (
    NOTEBOOK,
    Server,
    choose,
    copy_course,
    jupyterlab,
    open_page,
    run_all,
)
from transferlab import course, progress_file, quiz

LESSON = "02_anatomy_and_freezing"
RUN_MS = 180_000  # to run the lesson, on a machine that is busy with other things
CELL_MS = 60_000  # to run a cell or two, the import of TensorFlow included
MAX_TABS = 40
PRECEDES_FOCUS = (
    "e => document.activeElement.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING"
)


@dataclass(frozen=True)
class Session:
    """The lesson, open in the browser with all its cells run, and what the page did meanwhile."""

    page: Page
    folder: Path
    questions: list[quiz.Question]
    complaints: list[str]

    def question(self, number: int) -> Locator:
        """Return the widget of a question."""
        prompt = self.questions[number].prompt.replace("`", "")
        return self.page.locator(".transferlab-quiz", has_text=prompt)

    def radio(self, number: int, choice: int) -> Locator:
        """Return one choice of a question, found by the name that a screen reader gives it."""
        label = self.questions[number].choices[choice].text.replace("`", "")
        return self.question(number).get_by_role("radio", name=label, exact=True)

    def choice(self, number: int, right: bool) -> int:
        """Return the index of a right, or the first wrong, choice of a question."""
        choices = self.questions[number].choices
        return next(i for i, choice in enumerate(choices) if choice.right == right)

    def recorded(self, number: int) -> dict[str, int]:
        """Return what Python has written about a question, {} when nothing."""
        try:
            stored = json.loads((self.folder / "progress.json").read_text())
        except FileNotFoundError:
            return {}
        return stored["answers"].get(self.questions[number].id, {})

    def cell(self, source: str) -> Locator:
        """Return the code cell whose source contains some text."""
        editor = self.page.locator(".jp-InputArea-editor", has_text=source)
        return self.page.locator(".jp-CodeCell", has=editor)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running JupyterLab on a fresh copy of the course."""
    with jupyterlab(copy_course(tmp_path_factory.mktemp("lab") / "course")) as running:
        yield running


@pytest.fixture(scope="module")
def session(server: Server, browser: Browser) -> Iterator[Session]:
    """Return the lesson, opened as a student does, after Run All Cells."""
    page = open_page(browser, server.page(f"{LESSON}/{LESSON}.ipynb"), NOTEBOOK)
    folder = server.folder / LESSON
    questions = list(quiz.load_questions(folder / "quiz.json").values())
    session = Session(page, folder, questions, _complaints(page, server))
    page.set_default_timeout(30_000)
    run_all(page)
    yield session
    page.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the accessibility checker, a script to be run in a page."""
    build.install_front_end()
    return (build.NODE_MODULES / "axe-core" / "axe.min.js").read_text()


def _complaints(page: Page, server: Server) -> list[str]:
    """Return a list that grows with each error in the page and each request to another host."""
    complaints: list[str] = []
    own = (f"http://127.0.0.1:{server.port}/", f"ws://127.0.0.1:{server.port}/", "data:", "blob:")
    page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
    page.on(
        "console", lambda m: complaints.append(f"console: {m.text}") if m.type == "error" else 0
    )
    page.on("request", lambda r: None if r.url.startswith(own) else complaints.append(r.url))
    return complaints


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until `condition` holds; return False when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_run_all_passes_by_the_exercises_that_are_not_attempted(session: Session) -> None:
    # JupyterLab shows errors and warnings alike as this type: nothing else may be among them.
    red = session.page.locator('.jp-Cell [data-mime-type="application/vnd.jupyter.stderr"]')
    texts = red.all_text_contents()  # inner texts are empty where a cell is out of sight
    assert texts, "where are the checks of the exercises?"
    assert [text for text in texts if not text.startswith("NotAttempted: ")] == []
    assert [text for text in texts if "Traceback" in text or "File " in text] == []


def test_a_question_answered_by_mouse(session: Session) -> None:
    number, choice = 0, session.choice(0, right=True)
    expect(session.question(number).get_by_role("status")).to_have_count(0)
    session.radio(number, choice).click()
    feedback = session.question(number).get_by_role("status")
    expect(feedback).to_have_text(re.compile(r"^Right\. "))
    assert eventually(lambda: session.recorded(number).get("choice") == choice)
    expect(session.page.locator(".transferlab-progress")).to_contain_text("1 right")


def test_a_question_answered_by_keyboard(session: Session) -> None:
    keys = session.page.keyboard
    session.question(0).get_by_role("radio").last.focus()
    for right in (False, True):
        choice = session.choice(1, right)
        _press_until_focused(session.page, session.radio(1, choice))
        keys.press("Space")
        expect(session.radio(1, choice)).to_be_checked()
        expect(session.radio(1, choice)).to_be_focused()
        word = "Right." if right else "Not yet."
        expect(session.question(1).get_by_role("status")).to_contain_text(word)
        assert eventually(lambda choice=choice: session.recorded(1).get("choice") == choice)
        expect(session.question(1).get_by_role("radio", checked=True)).to_have_count(1)
    assert session.recorded(1)["tries"] == 2


def _press_until_focused(page: Page, target: Locator) -> None:
    """Press Tab (or Shift+Tab, when `target` lies behind) until `target` has the focus."""
    behind = target.evaluate(PRECEDES_FOCUS)
    for _ in range(MAX_TABS):
        page.keyboard.press("Shift+Tab" if behind else "Tab")
        if target.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"{MAX_TABS} presses of Tab did not lead to the choice")


def test_the_widgets_are_accessible(session: Session, axe: str) -> None:
    session.page.evaluate(axe)
    own = ".transferlab-quiz, .transferlab-progress, .transferlab-reflection"
    found = session.page.evaluate("own => axe.run(own).then(result => result.violations)", own)
    assert [(each["id"], each["help"]) for each in found] == []


def test_progress_and_answers_survive_a_restart(session: Session) -> None:
    page = session.page
    session.radio(0, session.choice(0, right=True)).click()
    assert eventually(lambda: bool(session.recorded(0)))
    expect(page.locator(".transferlab-progress")).not_to_contain_text("0 right")
    before = replace(progress_file.read(session.folder / "progress.json"), seconds=0)
    shown = page.locator(".transferlab-progress").text_content() or ""
    assert "answered" in shown
    choose(session.page, "Kernel", "Restart Kernel and Clear Outputs of All Cells…")
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(page.locator(".transferlab-progress")).to_have_count(0)
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=CELL_MS)
    session.cell("progress.panel(").click()
    choose(session.page, "Run", "Run All Above Selected Cell")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".transferlab-progress")).to_have_text(shown, timeout=CELL_MS)
    session.cell(f'quiz.ask("{session.questions[0].id}")').click()
    page.keyboard.press("Control+Enter")
    expect(session.radio(0, session.choice(0, right=True))).to_be_checked()
    expect(session.question(0).get_by_role("status")).to_contain_text("Right.")
    after = replace(progress_file.read(session.folder / "progress.json"), seconds=0)
    assert after == before, "restoring counted as a try"


def test_jupyterlab_asks_nothing_and_shows_no_tool_for_instructors(session: Session) -> None:
    expect(session.page.locator(".Toastify__toast")).to_have_count(0)
    expect(session.page.get_by_text("Create Assignment")).to_have_count(0)


def test_validate_says_what_is_open(session: Session) -> None:
    session.page.get_by_role("button", name="Validate").click()
    dialog = session.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Validation Results", timeout=RUN_MS)
    text = dialog.inner_text()
    assert "freeze_base: not attempted yet" in text
    assert "Traceback" not in text
    dialog.get_by_role("button", name="Ok").click()


def test_nothing_went_wrong_and_nothing_left_this_machine(session: Session) -> None:
    assert session.complaints == []


def test_a_kernel_is_shown_as_ready_when_it_only_told_about_itself(
    server: Server, browser: Browser
) -> None:
    # By itself JupyterLab goes by what other requests set off, which may be lost with a connection
    # that is cut; the kernel, ready, is then shown as "Unknown" until a cell is run.
    connections: list[WebSocketRoute] = []
    told: list[str | bytes] = []

    def connect(page_end: WebSocketRoute) -> None:
        server_end = page_end.connect_to_server()
        if connections:
            page_end.on_message(lambda m: server_end.send(m) if _about(m, "request") else None)
            server_end.on_message(lambda m: (told.append(m), page_end.send(m)))
        connections.append(page_end)

    page = browser.new_page()
    page.route_web_socket(re.compile("/channels"), connect)
    page.goto(server.page("start.ipynb"))
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=RUN_MS)
    connections[0].close(code=3000)
    for _ in range(CELL_MS // 100):  # not `eventually`: while it sleeps no message is passed on
        if any(_about(message, "reply") for message in told):
            break
        page.wait_for_timeout(100)
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=CELL_MS)
    page.close()


def _about(message: str | bytes, kind: str) -> bool:
    """Whether a message is the `request` for what a kernel tells about itself, or the `reply`."""
    raw = message if isinstance(message, bytes) else message.encode()
    return f'"msg_type":"kernel_info_{kind}"'.encode() in raw.replace(b" ", b"")


def test_start_page_leads_into_the_first_lesson(tmp_path: Path, browser: Browser, axe: str) -> None:
    with jupyterlab(copy_course(tmp_path / "course")) as server:
        first = course.lessons(server.folder)[0]
        title = f"{first.number}. {first.title}"
        page = open_page(browser, server.page(), NOTEBOOK)
        complaints = _complaints(page, server)
        page.get_by_text("| Idle").wait_for(timeout=CELL_MS)
        choose(page, "Run", "Run All Cells")
        path, form = page.locator(".tl-path"), page.locator(".transferlab-summary")
        expect(path).to_contain_text(f"Begin with {title}", timeout=CELL_MS)
        expect(form).to_be_visible(timeout=CELL_MS)
        page.evaluate(axe)
        found = page.evaluate("axe.run('.tl-path, .transferlab-summary').then(r => r.violations)")
        assert [(each["id"], each["help"]) for each in found] == []
        form.get_by_label("Your name").fill("Ada <b>")
        form.get_by_role("button", name="Save as HTML").click()
        expect(form).to_contain_text("Saved to summary.html", timeout=CELL_MS)
        assert "Ada &lt;b&gt;" in (server.folder / "summary.html").read_text(encoding="utf-8")
        path.get_by_role("link", name=title).first.click()
        expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=CELL_MS)
        assert page.url.endswith(f"/{first.notebook.name}"), "the link left JupyterLab"
        assert complaints == []
        page.close()
