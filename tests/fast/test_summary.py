"""The summary: the same facts on screen, as HTML and as PDF, and one sentence when it fails."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import ipywidgets as widgets
import pytest

from tests.support.course_folder import add_lesson, work
from transferlab import summary


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two lessons, the first done; the working directory."""
    for number in (1, 2):
        add_lesson(tmp_path, number)
    work(tmp_path / "01_lesson", right=2, passed=("one", "two"), minutes=65)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "transferlab.summary", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


def test_page_tells_all_and_claims_no_more(folder: Path) -> None:
    html = summary.as_html(summary.summarise("  Ada <b>  Lovelace\n"))
    assert "<h1>Ada &lt;b&gt; Lovelace</h1>" in html
    assert "is on the way and has completed 1 of 2 lessons: 2 of 4 checks passed, " in html
    assert "2 of 4 quiz questions right, in 1 h 05 min of work." in html
    row = "".join(f"<td>{cell}</td>" for cell in ("2 of 2", "2 of 2", "1 h 05 min", "done"))
    assert f'<th scope="row">1. Lesson 1 &amp; more</th>{row}' in html
    assert date.today().strftime("%B %Y") in html
    assert "course version " in html
    assert "not signed" in html
    assert not re.search(r"<script|https?:|src=", html)


def test_all_done(folder: Path) -> None:
    work(folder / "02_lesson", right=2, passed=("one", "two"), minutes=5)
    assert "has completed all 2 lessons: 4 of 4" in summary.summarise().sentence
    assert "A student of this course" in summary.as_html(summary.summarise())


def test_pdf_is_one_page_with_the_same_facts(folder: Path) -> None:
    made = summary.summarise("Søren $x$ Łukasz")
    assert summary.as_pdf(made).startswith(b"%PDF")
    assert summary.as_pdf(made).count(b"/Type /Page ") == 1
    drawn = {text.get_text() for text in summary._drawn(made).texts}
    assert {"Søren $x$ Łukasz", made.made, *(cell for row in made.rows for cell in row)} <= drawn


def test_letter_that_the_pdf_cannot_show_is_named(folder: Path) -> None:
    with pytest.raises(summary.SummaryError, match=r"no '山': save the summary as HTML"):
        summary.save_pdf(summary.summarise("山田"), folder / "a.pdf")
    assert not (folder / "a.pdf").exists()


def test_command_writes_what_is_named(folder: Path) -> None:
    done = run("--name", "Ada", "--html", "a.html", "--pdf", "a.pdf")
    assert done.returncode == 0
    assert "<h1>Ada</h1>" in (folder / "a.html").read_text(encoding="utf-8")
    assert (folder / "a.pdf").read_bytes().startswith(b"%PDF")


def test_command_alone_shows_and_writes_nothing(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    done = run()
    assert "1. Lesson 1 & more" in done.stdout
    assert "1 h 05 min" in done.stdout
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--html", "nowhere/a.html"], "nowhere/a.html cannot be written (No such file"),
        (["--pdf", "01_lesson"], "01_lesson is not a file: name another one"),
        (["--course", "01_lesson"], "no lesson in 01_lesson"),
    ],
)
def test_failure_is_one_sentence(folder: Path, arguments: list[str], sentence: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_help_teaches(folder: Path) -> None:
    text = " ".join(run("--help").stdout.split())
    assert 'Example: python -m transferlab.summary --name "Ada Lovelace"' in text
    assert "no file is written" in text


def test_form_saves_and_says_so(folder: Path) -> None:
    name, buttons, status = summary.form().children
    assert isinstance(name, widgets.Text)
    name.value = "Ada"
    html, pdf = buttons.children
    html.click()
    assert "Saved to summary.html" in status.value
    assert "<h1>Ada</h1>" in (folder / "summary.html").read_text(encoding="utf-8")
    name.value = "山"
    pdf.click()
    assert "save the summary as HTML" in status.value
    assert not (folder / "summary.pdf").exists()
