"""A lesson's way through a real JupyterHub, in a real browser: an instructor and two students."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from autograder.workspace import COURSE_ID, Workspace
from tests.hub.server import LAB, SPAWN_SECONDS, Hub, running_hub
from tests.hub.users import User, made
from tests.site.browser import chromium
from tests.site.jupyterlab_server import choose

LESSON = "01_toy"
SOLUTIONS = Path(__file__).parents[1] / "grading" / "solutions"
ANSWER = "def double(number):\n    return number + number"
COMMAND_SECONDS = 120
FEEDBACK = f"{LESSON}/feedback"

expect.set_options(timeout=60_000)


@dataclass(frozen=True)
class Term:
    """A hub on which a lesson was handed out, worked on, graded and handed back."""

    hub: Hub
    grace: User
    ada: User
    bela: User
    pages: dict[str, Page]

    @property
    def workspace(self) -> Workspace:
        """The instructor's."""
        return Workspace(self.grace.home / "transferlab" / "grading")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def term(browser: Browser) -> Iterator[Term]:
    """A term with one lesson."""
    # Not in pytest's folder, which is closed to other users; and the path of a socket is short.
    with tempfile.TemporaryDirectory(prefix="transferlab-hub-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with (
            made(folder, ["grace", "ada", "bela"]) as users,
            running_hub(folder, users, users[0]) as hub,
        ):
            grace, ada, bela = users
            hand_out(grace, hub)
            pages = {user.name: hub.log_in(browser, user) for user in users}
            try:
                fetch(pages[bela.name])
                submit(pages[bela.name])
                fetch(pages[ada.name])
                work(pages[ada.name], hub.server(ada))
                submit(pages[ada.name])
                shell(pages[grace.name], grace, "cd transferlab && autograder grade --collect && autograder feedback --return")
                fetch_feedback(pages[ada.name])
                yield Term(hub, grace, ada, bela, pages)
            except BaseException:
                for name, page in pages.items():
                    page.screenshot(path=f"/tmp/tl/hubprobe/fail-{name.split('-')[0]}.png")
                shutil.copy(folder/"hub"/"log", "/tmp/tl/hubprobe/hub.log")
                raise


def hand_out(grace: User, hub: Hub) -> None:
    """Set up the instructor's home and hand the lesson out, as book/hub.md tells."""
    steps = (
        "mkdir -p transferlab .jupyter",
        f"cp -R {SOLUTIONS} transferlab",  # where the real one clones the repository
        "ln -sf ~/transferlab/grading/nbgrader_config.py ~/.jupyter/nbgrader_config.py",
        "cd transferlab",
        f"{Path(sys.executable).with_name('autograder')} release --exchange",
    )
    done = grace.run("sh", "-c", " && ".join(steps), TRANSFERLAB_EXCHANGE=str(hub.exchange))
    assert done.returncode == 0, done.stdout + done.stderr


def assignments(page: Page) -> Page:
    """Open nbgrader's Assignment List, and have it look again."""
    page.locator(LAB).wait_for(timeout=1000 * SPAWN_SECONDS)
    choose(page, "Nbgrader", "Assignment List")
    page.locator("#refresh_assignments_list").click()
    return page


def fetch(page: Page) -> None:
    """Fetch the lesson."""
    released = assignments(page).locator("#released_assignments_list > .list_item")
    expect(released).to_contain_text(LESSON)
    released.get_by_role("button", name="Fetch").click()
    expect(page.locator("#fetched_assignments_list > .list_item").first).to_contain_text(LESSON)


def submit(page: Page) -> None:
    """Submit the lesson."""
    fetched = assignments(page).locator("#fetched_assignments_list > .list_item").first
    fetched.get_by_role("button", name="Submit").click()
    expect(page.locator("#submitted_assignments_list > .list_item").first).to_contain_text(LESSON)


def work(page: Page, server: str) -> None:
    """Answer the first exercise, run the notebook, look at the check, save."""
    page.goto(f"{server}/lab/tree/{LESSON}/{LESSON}.ipynb")
    page.get_by_text("| Idle").wait_for(timeout=1000 * SPAWN_SECONDS)
    exercise = page.locator(".jp-CodeCell").filter(has_text="def double").first
    exercise.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(ANSWER)
    choose(page, "Run", "Run All Cells")
    expect(page.locator(".jp-OutputArea-output", has_text="double: passed")).to_be_visible()
    page.keyboard.press("Control+S")


def fetch_feedback(page: Page) -> None:
    """Fetch the feedback on the lesson."""
    submitted = assignments(page).locator("#submitted_assignments_list .list_item").last
    submitted.get_by_role("button", name="Fetch Feedback").click()


def shell(page: Page, user: User, command: str) -> str:
    """Type a command into a terminal of JupyterLab; return what it prints."""
    page.locator(LAB).wait_for(timeout=1000 * SPAWN_SECONDS)
    if not page.locator(".jp-Terminal").count():
        page.get_by_role("button", name="Terminal").click()
    code, log = user.home / "code", user.home / "log"
    code.unlink(missing_ok=True)
    page.locator(".jp-Terminal").click()
    page.keyboard.type(f"({command}) 2>&1 | tee ~/log; echo ${{PIPESTATUS[0]}} >~/code\n")
    deadline = time.monotonic() + COMMAND_SECONDS
    while not (code.exists() and code.read_text().strip()):
        assert time.monotonic() < deadline, log.read_text() if log.exists() else "no terminal"
        time.sleep(0.1)
    assert code.read_text().strip() == "0", log.read_text()
    return log.read_text()


def test_it(term):
    import time
    time.sleep(3)
    for name, page in term.pages.items():
        page.screenshot(path=f"/tmp/tl/hubprobe/end-{name.split('-')[0]}.png")
    print((term.grace.home/"log").read_text())
    print(term.grace.run("find", str(term.hub.exchange), "-printf", "%M %u %p\n").stdout)
    print(term.ada.run("find", term.ada.home/LESSON).stdout)
    for user in (term.ada, term.bela, term.grace):
        for q in user.processes(): print(user.name, q.pid, ' '.join(q.cmdline())[:100], q.memory_full_info().pss>>20)
    shutil.copy(term.hub.exchange.parent/"hub"/"log", "/tmp/tl/hubprobe/hub.log")
