"""One page on what a student has done, to keep or to print: ``python -m transferlab.summary``.

It shows what `course` has read, and writes only the file that it is asked for. The HTML page is
self-contained. The PDF is drawn by matplotlib, which the course needs anyway, so that it works
offline and without a browser.
"""

import argparse
import io
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import escape
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from transferlab import course, student_files
from transferlab.errors import TransferlabError
from transferlab.start_page import Standings, worked

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HTML_FILE = Path("summary.html")
PDF_FILE = Path("summary.pdf")
COURSE = "Transfer learning with Keras"
HONESTLY = (
    "Written by the student's own computer from the student's own files: checks run and passed "
    "there, answers given there, minutes counted there. It is not signed and proves nothing by "
    "itself."
)
HEADS = ("Lesson", "Checks passed", "Quiz right", "Time", "State")


class SummaryError(TransferlabError):
    """The summary cannot be made or saved; the message says what to do."""


@dataclass(frozen=True)
class Summary:
    """What the page says.

    Attributes:
        name: the student's name, "" when it was not given.
        day: the day on which it was made.
        version: the course's version.
        standings: each lesson, and how far the student has come in it.
    """

    name: str
    day: date
    version: str
    standings: Standings

    @property
    def sentence(self) -> str:
        """What was done in all, in words."""
        stands = [stand for _, stand in self.standings]
        done, all_ = sum(stand.state == "done" for stand in stands), len(stands)
        lessons = f"all {all_} lessons" if done == all_ else f"{done} of {all_} lessons"
        checks = sum(len(lesson.exercises) for lesson, _ in self.standings)
        return (
            f"{'has completed' if done == all_ else 'is on the way and has completed'} {lessons}: "
            f"{sum(stand.passed for stand in stands)} of {checks} checks passed, "
            f"{sum(stand.right for stand in stands)} of "
            f"{sum(stand.questions for stand in stands)} quiz questions right, in "
            f"{worked(sum(stand.minutes for stand in stands))} of work."
        )

    @property
    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """The table's rows, one for each lesson, under `HEADS`."""
        return [
            (
                f"{lesson.number}. {lesson.title}",
                f"{stand.passed} of {len(lesson.exercises)}",
                f"{stand.right} of {stand.questions}",
                worked(stand.minutes),
                stand.state,
            )
            for lesson, stand in self.standings
        ]

    @property
    def made(self) -> str:
        """When, and from which version of the course."""
        return f"{self.day.day} {self.day:%B %Y} · course version {self.version}"


def summarise(name: str = "", folder: Path | None = None) -> Summary:
    """Return the summary of the course in `folder`, today.

    Raises `course.CourseError` when no folder is given and no course is found.
    """
    lessons = course.lessons(folder or course.find())
    if not lessons:
        raise SummaryError(f"There is no lesson in {folder}: name the course's folder.")
    try:
        version = metadata.version("transferlab")
    except metadata.PackageNotFoundError:
        version = "unknown"
    standings = [(lesson, course.standing(lesson)) for lesson in lessons]
    return Summary(" ".join(name.split()), date.today(), version, standings)


def save_html(summary: Summary, path: Path) -> None:
    """Write the summary as one self-contained page.

    Raises `SummaryError` when it cannot be written.
    """
    _write(path, as_html(summary))


def save_pdf(summary: Summary, path: Path) -> None:
    """Write the summary as a PDF, one A4 page.

    Raises `SummaryError` when it cannot be written, or the PDF's font lacks a letter of the name.
    """
    _write(path, as_pdf(summary))


_STYLE = """
@page { size: A4; margin: 16mm }
* { box-sizing: border-box }
body { margin: 0; background: #eceeef; color: #1c2326;
  font: 16px/1.5 Georgia, "DejaVu Serif", serif }
main { background: #fff; max-width: 46rem; margin: 2rem auto; padding: 3.2rem 3.6rem;
  border: 1px solid #0f6b75; outline: 1px solid #0f6b75; outline-offset: -9px }
.course { color: #0f6b75; font-variant: small-caps; letter-spacing: .06em; margin: 0 }
h1 { font-size: 2.1rem; font-weight: normal; line-height: 1.2; margin: .3rem 0 .6rem;
  overflow-wrap: anywhere }
p { margin: .6rem 0 }
table { border-collapse: collapse; width: 100%; margin: 1.8rem 0; font-size: .95rem }
th, td { text-align: left; vertical-align: top; padding: .38rem .8rem .38rem 0;
  border-bottom: 1px solid #d5dadc }
thead th { border-bottom: 2px solid #0f6b75; font-weight: bold }
tbody th { font-weight: normal }
td { white-space: nowrap }
footer { color: #4a5559; font-size: .85rem }
@media (max-width: 40rem) { main { margin: 0; padding: 2rem 1.4rem; overflow-x: auto } }
@media print { body { background: none; font-size: 11pt } main { margin: 0; max-width: none;
  border-color: #0f6b75; padding: 12mm } tr { break-inside: avoid } }
"""


def as_html(summary: Summary) -> str:
    """Return the whole page: no script, nothing loaded from anywhere."""
    head = "".join(f'<th scope="col">{name}</th>' for name in HEADS)
    rows = "".join(
        f'<tr><th scope="row">{escape(lesson)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>\n"
        for lesson, *cells in summary.rows
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(f"{COURSE}: {_who(summary)}")}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<p class="course">{COURSE}</p>
<h1>{escape(_who(summary))}</h1>
<p>{escape(summary.sentence)}</p>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}</tbody>
</table>
<footer>
<p>{escape(summary.made)}</p>
<p>{escape(HONESTLY)}</p>
</footer>
</main>
</body>
</html>
"""


def as_pdf(summary: Summary) -> bytes:
    """Return one A4 page as a PDF.

    Raises `SummaryError` when the font lacks a letter of the name.
    """
    # Imported here: the start page must not wait for matplotlib.
    from matplotlib import rc_context

    _require_letters(summary.name)
    stream = io.BytesIO()
    with rc_context({"font.family": "DejaVu Serif", "pdf.fonttype": 42}):
        title = {"Title": f"{COURSE}: {_who(summary)}", "Creator": "transferlab"}
        _drawn(summary).savefig(stream, format="pdf", metadata=title)
    return stream.getvalue()


def _drawn(summary: Summary) -> "Figure":
    """Return the page as a figure; positions are in millimetres from the upper left corner."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    accent, ink, quiet, rule = "#0f6b75", "#1c2326", "#4a5559", "#d5dadc"
    width, height, left, right = 210.0, 297.0, 28.0, 182.0
    columns = (left, 99.0, 125.0, 146.0, 164.0)
    page = Figure(figsize=(width / 25.4, height / 25.4))

    def write(x: float, y: float, text: str, size: float, color: str = ink, **looks: Any) -> None:
        place = x / width, 1 - y / height
        page.text(*place, text, fontsize=size, color=color, parse_math=False, **looks)

    def draw_rule(y: float, color: str, thick: float) -> None:
        ends = [left / width, right / width], [1 - y / height] * 2
        page.add_artist(Line2D(*ends, color=color, linewidth=thick))

    for inset in (14.0, 16.0):
        corner = inset / width, inset / height
        sides = 1 - 2 * corner[0], 1 - 2 * corner[1]
        page.add_artist(Rectangle(corner, *sides, fill=False, edgecolor=accent, linewidth=0.7))
    who = _who(summary)
    write(left, 38, COURSE, 11, accent)
    write(left, 50, who, min(23, 23 * 32 / len(who)))
    y = 59.0
    for line in textwrap.wrap(summary.sentence, 78):
        write(left, y, line, 10)
        y += 5.5
    y += 9
    for x, name in zip(columns, HEADS, strict=True):
        write(x, y, name, 7.5, weight="bold")
    draw_rule(y + 2.5, accent, 1.2)
    for title, *cells in summary.rows:
        y += 8
        for x, cell in zip(columns[1:], cells, strict=True):
            write(x, y, cell, 8.5)
        lines = textwrap.wrap(title, 42)
        for place, line in enumerate(lines):
            write(left, y + 4.2 * place, line, 8.5)
        y += 4.2 * (len(lines) - 1)
        draw_rule(y + 2.8, rule, 0.6)
    y = max(y + 16, 260)
    for line in [summary.made, *textwrap.wrap(HONESTLY, 98)]:
        write(left, y, line, 8, quiet)
        y += 4.6
    return page


def _who(summary: Summary) -> str:
    return summary.name or "A student of this course"


def _require_letters(name: str) -> None:
    from matplotlib import font_manager

    font = font_manager.get_font(font_manager.findfont("DejaVu Serif"))
    for letter in name:
        if not letter.isspace() and not font.get_char_index(ord(letter)):
            raise SummaryError(
                f"The PDF's font has no {letter!r}: save the summary as HTML, open it in a browser "
                "and print it to a PDF there."
            )


def _write(path: Path, content: str | bytes) -> None:
    if path.exists() and not path.is_file():
        raise SummaryError(f"{path} is not a file: name another one.")
    try:
        student_files.write(path, content)
    except OSError as error:
        raise SummaryError(
            f"{path} cannot be written ({student_files.reason(error)}): name a file in a folder of "
            "your own, or free some space."
        ) from error


def form() -> widgets.VBox:
    """Return a field for the name and buttons that save ./summary.html or ./summary.pdf.

    If something goes wrong, a sentence below them says so. Never raises.
    """
    name = widgets.Text(
        description="Your name",
        placeholder="as it should appear on the page",
        style={"description_width": "auto"},
        layout=widgets.Layout(width="28em"),
    )
    status = widgets.HTML()

    def saves(save: Callable[[Summary, Path], None], path: Path) -> Callable[[Any], None]:
        def on_click(_: Any) -> None:
            try:
                save(summarise(name.value), path)
            except TransferlabError as error:
                said = str(error)
            else:
                said = f"Saved to {path}, next to this page."
            status.value = f'<span role="status">{escape(said)}</span>'

        return on_click

    html = widgets.Button(description="Save as HTML", tooltip=f"Write {HTML_FILE}")
    html.on_click(saves(save_html, HTML_FILE))
    pdf = widgets.Button(description="Save as PDF", tooltip=f"Write {PDF_FILE}")
    pdf.on_click(saves(save_pdf, PDF_FILE))
    box = widgets.VBox([name, widgets.HBox([html, pdf]), status])
    box.add_class("transferlab-summary")
    return box


def _show(summary: Summary) -> None:
    from rich.console import Console
    from rich.markup import escape as plain
    from rich.table import Table

    table = Table(*HEADS)
    for row in summary.rows:
        table.add_row(*map(plain, row))
    console = Console()
    console.print(f"{_who(summary)} {summary.sentence}", markup=False, highlight=False)
    console.print(table)


def main() -> None:
    """Show the summary, or write it to the files that are named."""
    parser = argparse.ArgumentParser(
        prog="python -m transferlab.summary",
        description="Sum up what you have done in the course: checks passed, quiz questions "
        "right, minutes. Without --html and --pdf it is shown here and no file is written.",
        epilog='Example: python -m transferlab.summary --name "Ada Lovelace" --html ada.html '
        "--pdf ada.pdf",
    )
    parser.add_argument("--name", default="", help="your name, as it should appear on the page")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page for the browser")
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="write a page for the printer")
    parser.add_argument(
        "--course",
        type=Path,
        metavar="FOLDER",
        help="the folder that holds the lessons (default: this one, else the installed course's)",
    )
    options = parser.parse_args()
    try:
        summary = summarise(options.name, options.course)
        for save, path in ((save_html, options.html), (save_pdf, options.pdf)):
            if path is not None:
                save(summary, path)
                print(f"Saved to {path}.")
    except TransferlabError as error:
        sys.exit(f"summary: {error}")
    if options.html is None and options.pdf is None:
        _show(summary)


if __name__ == "__main__":
    main()
