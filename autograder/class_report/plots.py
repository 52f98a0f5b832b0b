"""Draw the report's plots as SVG for a page: in the page's colours, each with a text equivalent.

It gets numbers and names. It must not know where they come from.
"""

import io
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from html import escape

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.class_report.statistics import Spread

# Each stands for a colour of the page, which has a light and a dark set of colours.
_INK, _FAINT, _FILL, _ACCENT, _PAPER = "#010101", "#020202", "#030303", "#040404", "#050505"
_COLOURS = {_INK: "ink", _FAINT: "rule", _FILL: "fill", _ACCENT: "accent", _PAPER: "paper"}
_STYLE = {
    "svg.fonttype": "none",  # text stays text: it can be read, searched and scaled
    "svg.hashsalt": "class report",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": _FAINT,
    "axes.labelcolor": _INK,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": _FAINT,
    "grid.linewidth": 0.5,
    "text.color": _INK,
    "text.parse_math": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
}
WIDTH = 4.9  # inches; on a narrow screen the text is still large enough to read
_COLOUR = re.compile("|".join(_COLOURS))
_REFERENCE = re.compile(r'(id="|url\(#|xlink:href="#)')
_FONT = re.compile(r"font-family: [^;\"]*")
# Its styles would apply to the whole page.
_OWN_STYLE = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)
_BINS = [*range(0, 101, 10)]


@dataclass(frozen=True)
class Plot:
    """A plot: SVG for an HTML page, and a sentence that says the same in words."""

    svg: str
    words: str


def style() -> AbstractContextManager[None]:
    """Return a context in which all plots are drawn in the same style."""
    return matplotlib.rc_context(_STYLE)


def distribution(name: str, percents: Sequence[float], middle: Spread) -> Plot:
    """Draw a histogram of the scores of a lesson, with bins of 10 % of the points.

    Args:
        name: different from the name of any other plot on the page.
        percents: (students,) from 0 to 100.
        middle: their quartiles.
    """
    figure, axes = _axes(2.2)
    inside = [min(max(percent, 0.0), 100.0) for percent in percents]
    axes.hist(inside, bins=_BINS, color=_FILL, edgecolor=_ACCENT)
    axes.axvline(middle.median, color=_INK, linestyle="--", linewidth=1)
    axes.annotate(
        "median",
        (middle.median, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-3 if middle.median > 50 else 3, 2),
        textcoords="offset points",
        ha="right" if middle.median > 50 else "left",
    )
    axes.set(xlabel="score (% of the points)", ylabel="students", xlim=(0, 100))
    axes.yaxis.set_major_locator(MaxNLocator("auto", integer=True))
    words = (
        f"Histogram of {middle.count} scores in % of the points: median {middle.median:.0f}, "
        f"quartiles {middle.lower:.0f} and {middle.upper:.0f}, "
        f"from {middle.least:.0f} to {middle.most:.0f}."
    )
    return _plot(figure, name, "Scores", words)


def progress(
    name: str, lessons: Sequence[str], spreads: Sequence[Spread | None], handed: Sequence[int]
) -> Plot:
    """Draw the class over the lessons: the middle half of the scores, and how many submitted.

    Args:
        name: as above.
        lessons: (lessons,) short names.
        spreads: (lessons,) spreads of the scores in %.
        handed: (lessons,) how many students submitted.
    """
    figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    places = [place for place, each in enumerate(spreads) if each]
    known = [each for each in spreads if each]
    bottoms, tops = [each.lower for each in known], [each.upper for each in known]
    upper.vlines(places, bottoms, tops, color=_FILL, linewidth=9)
    upper.plot(places, [each.median for each in known], color=_ACCENT, marker="o")
    upper.set(ylabel="score (%)", ylim=(-3, 103))
    lower.bar(range(len(lessons)), handed, color=_FILL, edgecolor=_ACCENT, width=0.6)
    lower.set(ylabel="submitted", xlabel="lesson", xticks=range(len(lessons)))
    lower.set_xticklabels(lessons)
    lower.yaxis.set_major_locator(MaxNLocator("auto", integer=True))
    parts = [
        f"{lesson}: median {each.median:.0f} % of {count} who submitted"
        for lesson, each, count in zip(lessons, spreads, handed, strict=True)
        if each
    ]
    words = "Median score with the middle half of the class, over the lessons. " + "; ".join(parts)
    return _plot(figure, name, "Progress over the lessons", f"{words}.")


def items(
    name: str,
    labels: Sequence[str],
    difficulties: Sequence[float | None],
    discriminations: Sequence[float | None],
) -> Plot:
    """Draw the difficulty and the discrimination of each item, side by side.

    Args:
        name: as above.
        labels, difficulties, discriminations: (items,) from top to bottom.
    """
    figure = Figure(figsize=(WIDTH, 0.75 + 0.23 * len(labels)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    places = range(len(labels))
    left.barh(places, [d or 0 for d in difficulties], color=_FILL, edgecolor=_ACCENT, height=0.6)
    left.set(xlim=(0, 1), xlabel="difficulty p\n(share of points; 1 is easy)", yticks=places)
    left.set_yticklabels(labels)
    left.invert_yaxis()
    left.grid(axis="y", visible=False)
    known = [(r, place) for place, r in enumerate(discriminations) if r is not None]
    right.axvline(0, color=_INK, linewidth=0.8)
    right.scatter([r for r, _ in known], [place for _, place in known], color=_ACCENT, s=28)
    right.set(xlim=(-1.05, 1.05), xlabel="discrimination r\n(correlation with the rest)")
    parts = [
        f"{label}: p {_number(p)}, r {_number(r)}"
        for label, p, r in zip(labels, difficulties, discriminations, strict=True)
    ]
    words = f"Difficulty p and discrimination r of {len(labels)} items. {'; '.join(parts)}."
    return _plot(figure, name, "Difficulty and discrimination", words)


def times(name: str, lessons: Sequence[str], spreads: Sequence[Spread | None], unit: str) -> Plot:
    """Draw how long something took in each lesson: the middle half and the median.

    Args:
        name: as above.
        lessons: (lessons,) short names.
        spreads: (lessons,).
        unit: what the numbers are, as the label of an axis: "work (minutes)".
    """
    figure, axes = _axes(2.2)
    for place, each in enumerate(spreads):
        if each:
            axes.vlines(place, each.lower, each.upper, color=_FILL, linewidth=9)
            axes.plot([place], [each.median], color=_ACCENT, marker="o")
    axes.set(ylabel=unit, xlabel="lesson", xticks=range(len(lessons)))
    axes.set_xticklabels(lessons)
    axes.set_xlim(-0.6, len(lessons) - 0.4)
    axes.set_ylim(bottom=0)
    parts = [
        f"{lesson}: {each.median:.1f}, middle half {each.lower:.1f} to {each.upper:.1f}"
        for lesson, each in zip(lessons, spreads, strict=True)
        if each
    ]
    return _plot(figure, name, unit.capitalize(), f"Median {unit}. {'; '.join(parts)}.")


def _axes(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"


def _plot(figure: Figure, name: str, title: str, words: str) -> Plot:
    """Return the figure as SVG, with the page's colours, unique ids, a title and a description."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    text = stream.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = text[text.index("<svg") :]
    text = _COLOUR.sub(lambda found: f"var(--{_COLOURS[found[0]]})", text)
    text = _REFERENCE.sub(rf"\g<1>{name}-", text)
    text = _OWN_STYLE.sub("", _FONT.sub("font-family: inherit", text))
    inside = text[text.index(">") + 1 :]
    size = figure.get_size_inches() * 72
    opening = (
        f'<svg viewBox="0 0 {size[0]:g} {size[1]:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-words">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-words">{escape(words)}</desc>'
    )
    return Plot(opening + inside, words)
