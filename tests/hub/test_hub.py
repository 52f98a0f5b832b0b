"""A lesson's way through a real JupyterHub, in a real browser: an instructor and two students."""

import re
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Expect, Locator, Page

from autograder.workspace.folders import Workspace
from tests.hub.server import Hub, running_hub
from tests.hub.shipped import README, memory
from tests.hub.users import User, made
from tests.support.jupyterlab_server import choose
from transferlab.submitting import COURSE_ID

LESSON = "01_toy"
NOTEBOOK = f"{LESSON}/{LESSON}.ipynb"
SOLUTIONS = Path(__file__).parents[1] / "grading" / "solutions"
AUTOGRADER = Path(sys.executable).with_name("autograder")
ANSWER = "def double(number):\n    return number + number"
# On a machine that is busy with other things: a server, with the import of TensorFlow.
WAIT_SECONDS = 180
# One of its own: the one that playwright shares is as patient as other tests want it.
expect = Expect()
expect.set_options(timeout=1000 * WAIT_SECONDS)


@dataclass(frozen=True)
class Term:
    """A hub, the instructor Grace, the students Ada and Bela, and what each has open."""

    hub: Hub
    grace: User
    ada: User
    bela: User
    pages: dict[str, Page]

    def page(self, user: User) -> Page:
        """The user's page."""
        return self.pages[user.name]

    @property
    def workspace(self) -> Workspace:
        """The instructor's."""
        return Workspace(self.grace.home / "transferlab" / "grading")

    @property
    def exchange(self) -> Path:
        """The course's folder in the exchange."""
        return self.hub.exchange / COURSE_ID


@pytest.fixture(scope="module")
def term(browser: Browser) -> Iterator[Term]:
    """A term in which a lesson was handed out, worked on, submitted, graded and given back."""
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
            term = Term(hub, grace, ada, bela, {u.name: hub.log_in(browser, u) for u in users})
            fetch(term.page(bela))
            submit(term.page(bela))
            fetch(term.page(ada))
            work(term.page(ada), hub.server(ada), ada.home / NOTEBOOK)
            submit(term.page(ada))
            grade(term.page(grace), grace)
            yield term


def hand_out(grace: User, hub: Hub) -> None:
    """Set up the instructor's home and hand the lesson out, as book/hub.md tells."""
    steps = (
        "mkdir -p transferlab .jupyter",
        f"cp -R {SOLUTIONS} transferlab",  # where the real one clones the repository
        "ln -sf ~/transferlab/grading/nbgrader_config.py ~/.jupyter/",
        "cd transferlab",
        f"{AUTOGRADER} release --exchange",
    )
    done = grace.run("sh", "-c", " && ".join(steps), TRANSFERLAB_EXCHANGE=str(hub.exchange))
    assert done.returncode == 0, done.stdout + done.stderr


def assignments(page: Page, state: str) -> Locator:
    """Open nbgrader's Assignment List; return the part on what was released, fetched, submitted."""
    expect(page.get_by_role("menuitem", name="Nbgrader", exact=True)).to_be_visible()
    choose(page, "Nbgrader", "Assignment List")
    page.locator("#refresh_assignments_list").click()
    return page.locator(f"#{state}_assignments_list")


def fetch(page: Page) -> None:
    """Fetch the lesson."""
    assignments(page, "released").get_by_role("button", name="Fetch").click()
    expect(page.locator("#fetched_assignments_list")).to_contain_text(LESSON)


def submit(page: Page) -> None:
    """Submit the lesson."""
    assignments(page, "fetched").get_by_role("button", name="Submit").click()
    expect(page.locator("#submitted_assignments_list")).to_contain_text(LESSON)


def work(page: Page, server: str, notebook: Path) -> None:
    """Answer the first exercise, run the notebook, look at the check, save."""
    page.goto(f"{server}/lab/tree/{NOTEBOOK}")
    expect(page.get_by_text("| Idle")).to_be_visible()
    exercise = page.locator(".jp-CodeCell", has_text="def double")
    exercise.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(ANSWER)
    choose(page, "Run", "Run All Cells")
    expect(page.locator(".jp-OutputArea-output", has_text="double: passed")).to_be_visible()
    page.keyboard.press("Control+S")
    eventually(lambda: "number + number" in notebook.read_text(), "the notebook was not saved")


def grade(page: Page, grace: User) -> None:
    """Collect, grade and give back in a terminal of JupyterLab."""
    command = "autograder grade --collect && autograder feedback --return"
    log, code = grace.home / "log", grace.home / "code"
    page.get_by_role("button", name="Terminal").click()
    page.locator(".jp-Terminal").click()
    page.keyboard.type("cd transferlab\n")
    page.keyboard.type(f"({command}) 2>&1 | tee ~/log; echo ${{PIPESTATUS[0]}} >~/code\n")
    eventually(lambda: code.exists() and bool(code.read_text()), "grading has no end")
    assert code.read_text() == "0\n", log.read_text()


def eventually(condition: Callable[[], bool], failure: str) -> None:
    """Wait until `condition` holds."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, failure
        time.sleep(0.1)


def test_each_student_has_the_score_of_the_own_work(term: Term) -> None:
    with term.workspace.gradebook() as gradebook:
        scores = {
            user.name: gradebook.find_submission(LESSON, user.name).score
            for user in (term.ada, term.bela)
        }
    assert scores == {term.ada.name: 2, term.bela.name: 0}


def test_a_student_fetches_the_own_feedback_and_reads_it(term: Term) -> None:
    page = term.page(term.ada)
    submitted = assignments(page, "submitted")
    submitted.get_by_role("button", name="Fetch Feedback").click()
    expect(submitted).to_contain_text("view feedback")
    (feedback,) = (term.ada.home / LESSON / "feedback").glob(f"*/{LESSON}.html")
    page.goto(f"{term.hub.server(term.ada)}/files/{feedback.relative_to(term.ada.home)}")
    expect(page.locator("body")).to_contain_text("Not attempted yet")
    expect(page.locator("body")).to_contain_text("double: passed")
    expect(page.locator("body")).not_to_contain_text("Twice 7.5")


def test_tools_for_instructors_are_shown_to_the_instructor_only(term: Term) -> None:
    for user, tools in ((term.bela, 0), (term.grace, 1)):
        page = term.page(user)
        page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
        expect(page.get_by_role("menuitem", name="Assignment List")).to_be_visible()
        expect(page.get_by_role("menuitem", name="Create Assignment")).to_have_count(tools)
        page.keyboard.press("Escape")


def test_the_formgrader_knows_the_class(term: Term) -> None:
    page = term.page(term.grace)
    page.goto(f"{term.hub.server(term.grace)}/formgrader")
    lesson = page.get_by_role("row", name=LESSON)
    expect(lesson.locator(".num-submissions")).to_have_text("2")


def test_the_hub_lets_a_student_into_the_own_server_only(term: Term) -> None:
    ada = term.page(term.ada).context.request
    codes = {
        user.name.partition("-")[0]: ada.get(f"{term.hub.server(user)}/api/contents").status
        for user in (term.ada, term.bela, term.grace)
    }
    assert codes == {"ada": 200, "bela": 403, "grace": 403}


def test_a_student_reads_and_moves_nothing_of_others(term: Term) -> None:
    if not term.ada.real:
        pytest.skip("all users are one here: only root can make Unix users of their own")
    workspace, inbound = term.workspace, term.exchange / "inbound"
    (submission,) = inbound.glob(f"{term.bela.name}+*")
    (server,) = [each for each in term.bela.processes() if "jupyterhub" in str(each.cmdline())]
    for who, command in (
        (term.bela, f"ls {term.bela.home}"),
        (term.bela, f"head -c 1 {term.bela.home / NOTEBOOK}"),
        (term.bela, f"head -c 1 /proc/{server.pid}/environ"),
        (term.grace, f"head -c 1 {workspace.source / NOTEBOOK}"),
        (term.grace, f"head -c 1 {workspace.root / 'gradebook.db'}"),
        (term.grace, f"head -c 1 {workspace.submitted / term.bela.name / NOTEBOOK}"),
        (term.grace, f"ls {inbound}"),
        (term.grace, f"ls {term.exchange / 'feedback'}"),
        (term.grace, f"mv {term.exchange} {term.exchange}.mine"),
    ):
        done = term.ada.run(*shlex.split(command), LC_ALL="C")
        assert re.search("Permission denied|Operation not permitted", done.stderr), command
        if not command.startswith("mv"):
            assert who.run(*shlex.split(command)).returncode == 0, command
    assert submission.exists()


def test_what_a_server_is_promised_is_enough_until_a_lesson_trains(term: Term) -> None:
    running = term.ada.processes()
    assert any("autograder.processes.zygote" in process.cmdline() for process in running), (
        "a cold kernel"
    )
    used = sum(process.memory_full_info().pss for process in running)
    promised, limit = memory()
    assert used < promised
    largest = re.search(r"`lesson_largest_mb` \| (\d+) MB", README.read_text())
    assert largest
    assert used + int(largest[1]) * 10**6 < limit
