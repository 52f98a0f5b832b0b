"""Lay the report out as one HTML page that needs nothing but itself: no script, no request.

It gets the computed results and draws the plots. It must not know files or gradebooks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.class_report import plots, similarity
from autograder.class_report.analysis import Item, LessonAnalysis
from autograder.class_report.attention import RULE, Sign
from autograder.class_report.plots import Plot
from autograder.class_report.read_class import ClassRecord
from autograder.class_report.similarity import Pair, SideBySide

TEMPLATE = "page.html"
MOST_PAIRS = 40  # shown side by side; the others are only counted
MOST_FAILURES = 15  # for each lesson; the data table has them all
EASY, HARD, WEAK = 0.95, 0.3, 0.1


@dataclass(frozen=True)
class ReportData:
    """Everything that the page shows, before it is laid out.

    `lessons` are those of `record`, in order; `bank` says whether misconceptions could be named;
    `table` and `notebook` are the names of the files next to the page.
    """

    record: ClassRecord
    lessons: tuple[LessonAnalysis, ...]
    signs: Mapping[str, tuple[Sign, ...]]
    pairs: tuple[Pair, ...]
    bank: bool
    table: str
    notebook: str


@dataclass(frozen=True)
class LessonView:
    """A lesson as the page shows it; a plot is None where there is nothing to draw."""

    name: str
    anchor: str
    found: LessonAnalysis
    scores: Plot | None
    items: Plot | None


@dataclass(frozen=True)
class PairView:
    """A pair of submissions as the page shows it: each similar answer, side by side."""

    pair: Pair
    answers: tuple[tuple[similarity.Likeness, SideBySide], ...]


def as_html(reckoned: ReportData, day: date) -> str:
    """Return the page; every name and text in it is escaped."""
    with plots.style():
        views = [_lesson(number, each) for number, each in enumerate(reckoned.lessons, start=1)]
        overview = list(_overview(reckoned.lessons))
    folder = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "remark": remark}
    return environment.get_template(TEMPLATE).render(
        reckoned=reckoned,
        day=f"{day.day} {day:%B %Y}",
        lessons=views,
        overview=overview,
        pairs=_pairs(reckoned),
        rule=RULE,
        alike=similarity.ALIKE,
        enough=similarity.ENOUGH,
        usual=similarity.USUAL_STUDENTS,
        usual_share=similarity.USUAL_SHARE,
        most_failures=MOST_FAILURES,
        names=_names(reckoned.record),
    )


def number(value: float | None, form: str = ".0f") -> str:
    """Format a number for a table; return a dash if there is none."""
    return "\N{EN DASH}" if value is None else format(value, form)


def remark(item: Item) -> str:
    """Say in a few words what to look at in an item; say nothing if it works well.

    The limits are rules of thumb: an item that nearly all or few students solve reveals little, and
    one that students who know the rest don't solve may be ambiguous.
    """
    if item.discrimination is not None and item.discrimination < 0:
        return "strong students fail it: check it"
    if item.difficulty is not None and item.difficulty >= EASY:
        return "nearly all solve it"
    if item.difficulty is not None and item.difficulty < HARD:
        return "few solve it"
    if item.discrimination is not None and item.discrimination < WEAK:
        return "reveals little"
    return ""


def _names(record: ClassRecord) -> dict[str, str]:
    return {
        student: f"{student} ({name})" if name else student
        for student, name in record.students.items()
    }


def _short(name: str) -> str:
    """Return a lesson's number, or the start of its name if it has none."""
    first = name.partition("_")[0]
    return str(int(first)) if first.isdecimal() else name[:14]


def _overview(lessons: Sequence[LessonAnalysis]) -> Iterator[Plot]:
    """Yield the plots that compare lessons; a single lesson's own section says it all."""
    if len(lessons) < 2:
        return
    names = [_short(each.lesson.name) for each in lessons]
    scores, handed = [each.scores for each in lessons], [each.handed_in for each in lessons]
    yield plots.progress("progress", names, scores, handed)
    minutes, seconds = [each.minutes for each in lessons], [each.seconds for each in lessons]
    if any(minutes):
        yield plots.times("minutes", names, minutes, "work (minutes)")
    if any(seconds):
        yield plots.times("seconds", names, seconds, "grading (processor seconds)")


def _lesson(place: int, found: LessonAnalysis) -> LessonView:
    scores = items = None
    if found.scores is not None:
        scores = plots.distribution(f"scores{place}", found.percents, found.scores)
    if shown := [item for item in found.items if item.difficulty is not None]:
        items = plots.items(
            f"items{place}",
            [item.name for item in shown],
            [item.difficulty for item in shown],
            [item.discrimination for item in shown],
        )
    return LessonView(found.lesson.name, f"lesson-{place}", found, scores, items)


def _pairs(reckoned: ReportData) -> list[PairView]:
    answers = {(each.lesson, each.student): each.answers for each in reckoned.record.submissions}
    return [
        PairView(
            pair,
            tuple(
                (
                    likeness,
                    SideBySide(
                        answers[pair.lesson, pair.first][likeness.exercise],
                        answers[pair.lesson, pair.second][likeness.exercise],
                    ),
                )
                for likeness in pair.alike
            ),
        )
        for pair in reckoned.pairs[:MOST_PAIRS]
    ]
