"""Pictures of texts and words: ids, a map, neighbours, accuracy by labels; trains nothing."""

import html
from collections.abc import Mapping, Sequence

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from transferlab.experiment import Comparison
from transferlab.language import PADDING, UNKNOWN, nearest
from transferlab.see import EMPTY, FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import menu_explorer

MARKERS = ("o", "s", "^", "D")
INKS = (FROZEN, TRAINABLE, "#4d7c3a", "#6b4a8c")
LINES = (("-", "o"), ("--", "s"), (":", "^"), ("-.", "D"))


def ids(encoded: np.ndarray, vocabulary: Sequence[str]) -> Figure:
    """Draw texts as rows of ids, each with its word; padding and unknown words marked.

    Args:
        encoded: whole numbers (texts, length).
        vocabulary: the words by id.
    """
    rows, length = encoded.shape
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(9, 0.62 * rows + 1.2))
        for (row, place), number in np.ndenumerate(encoded):
            axis.add_patch(_cell(place, row, int(number)))
            axis.text(place + 0.5, row + 0.36, str(number), ha="center", va="center", fontsize=9)
            axis.text(
                place + 0.5, row + 0.72, vocabulary[number], ha="center", va="center", fontsize=7
            )
        axis.set(xlim=(0, length), ylim=(rows, 0), xlabel="place in the text", ylabel="text")
        axis.set_xticks(np.arange(length) + 0.5, [str(n) for n in range(length)])
        axis.set_yticks(np.arange(rows) + 0.5, [str(n) for n in range(rows)])
        axis.tick_params(length=0)
        figure.legend(
            handles=[
                Patch(facecolor="white", edgecolor="black", label="known word"),
                Patch(facecolor="#f3c9a5", edgecolor="black", hatch="..", label="unknown word"),
                Patch(facecolor="#d5d8dd", edgecolor="black", hatch="///", label="padding"),
            ],
            loc="upper right",
            ncols=3,
            frameon=False,
        )
        figure.tight_layout(rect=(0, 0, 1, 1 - 0.28 / figure.get_figheight()))
    return shown(figure)


def word_map(
    points: np.ndarray, words: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> Figure:
    """Draw words in the plane, a marker for each group.

    Args:
        points: one point for each word, (n, 2).
        words: n words.
        groups: a group's name -> the words in it.
    """
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7.5, 4.6))
        columns = [
            [position for position, word in enumerate(words) if word in members]
            for members in groups.values()
        ]
        for name, chosen, marker, ink in zip(groups, columns, MARKERS, INKS, strict=False):
            axis.scatter(
                points[chosen, 0], points[chosen, 1], marker=marker, c=ink, s=45, label=name
            )
        _name_all(axis, points, words, columns)
        axis.set(xlabel="first principal component", ylabel="second principal component")
        axis.margins(x=0.2, y=0.12)
        axis.legend(loc="upper left", bbox_to_anchor=(0, 1.14), ncols=4, frameon=False)
        figure.tight_layout()
    return shown(figure)


def accuracies(scores: Mapping[str, Comparison], chance: float) -> Figure:
    """Draw the mean accuracy of each method as a bar with its spread, a panel for each comparison.

    Args:
        scores: a title -> the comparison drawn under it; all with the same methods.
        chance: the accuracy of guessing, drawn as a line.
    """
    with plt.rc_context(STYLE):
        methods = list(next(iter(scores.values())).scores)
        figure, axes = plt.subplots(
            1, len(scores), figsize=(9, 0.5 * len(methods) + 1.3), sharey=True, squeeze=False
        )
        for axis, (title, found) in zip(axes[0], scores.items(), strict=True):
            means = [found.mean(method) for method in methods]
            spread = [found.sd(method) for method in methods]
            axis.barh(methods, means, xerr=spread, color=FROZEN, edgecolor="white", capsize=3)
            for row, (mean, sd) in enumerate(zip(means, spread, strict=True)):
                axis.text(mean + sd + 0.02, row, f"{mean:.2f}", va="center", fontsize=9)
            axis.axvline(chance, color="black", linestyle=":")
            axis.text(chance, -0.62, " guessing", fontsize=8, va="center")
            axis.set(xlim=(0, 1.15), ylim=(len(methods) - 0.4, -0.9), title=title)
            axis.set_xticks([0, 0.25, 0.5, 0.75, 1])
            axis.set_xlabel("accuracy (bar: mean, line: ± 1 sd)")
        figure.tight_layout()
    return shown(figure)


def by_labels(results: Mapping[str, Comparison], methods: Sequence[str]) -> Figure:
    """Draw how the accuracy of each method grows with the labels, with a band of ± 1 sd.

    Args:
        results: a condition such as `"5 per topic"` -> the comparison; the number comes first.
        methods: which methods to draw.
    """
    counts = [int(condition.split()[0]) for condition in results]
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7.5, 4.2))
        for method, (line, marker), ink in zip(methods, LINES, INKS, strict=False):
            mean = np.array([found.mean(method) for found in results.values()])
            spread = np.array([found.sd(method) for found in results.values()])
            axis.plot(counts, mean, linestyle=line, marker=marker, color=ink, label=method)
            axis.fill_between(counts, mean - spread, mean + spread, color=ink, alpha=0.12, lw=0)
        axis.set_xscale("log")
        axis.set_xticks(counts, [str(count) for count in counts])
        axis.minorticks_off()
        axis.set(xlabel="labels per topic (count, log scale)", ylabel="accuracy on test texts")
        axis.legend(frameon=False, loc="lower right")
        figure.tight_layout()
    return shown(figure)


def neighbours_explorer(
    vectors: np.ndarray, vocabulary: Sequence[str], words: Sequence[str]
) -> widgets.Widget:
    """Let the reader choose a word and see the words that point most nearly the same way.

    Args:
        vectors: a vector for each word of the vocabulary, (n, dimensions).
        vocabulary: the words by id.
        words: those to choose from.
    """
    panels = {word: _neighbours(word, nearest(word, vectors, vocabulary)) for word in words}
    return menu_explorer("Word", panels)


def _name_all(
    axis: plt.Axes, points: np.ndarray, words: Sequence[str], columns: Sequence[Sequence[int]]
) -> None:
    """Write the words of each group in a column next to their points, each with a line."""
    width, step = 0.25 * np.ptp(points[:, 0]), 0.055 * np.ptp(points[:, 1])
    written: list[tuple[float, float]] = []  # the left edge of each column and its lower end
    for chosen in sorted(columns, key=lambda column: -points[column, 1].mean()):
        left = points[chosen, 0].max() + 0.06 * np.ptp(points[:, 0])
        top = points[chosen, 1].mean() + step * (len(chosen) - 1) / 2
        below = [end - 1.3 * step for edge, end in written if abs(edge - left) < width]
        top = min([top, *below])
        for rank, position in enumerate(sorted(chosen, key=lambda n: -points[n, 1])):
            axis.annotate(
                words[position],
                points[position],
                (left, top - step * rank),
                va="center",
                fontsize=9,
                arrowprops={"arrowstyle": "-", "lw": 0.6, "alpha": 0.5, "relpos": (0, 0.5)},
            )
        written.append((left, top - step * (len(chosen) - 1)))


def _neighbours(word: str, found: Sequence[tuple[str, float]]) -> str:
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left;padding:.15em .8em">'
        f"<code>{html.escape(other)}</code></th>"
        f'<td style="text-align:right;padding:.15em .8em">{cosine:.2f}</td>'
        f'<td style="text-align:left"><span aria-hidden="true" style="display:inline-block;'
        f'height:.8em;width:{12 * max(cosine, 0):.2f}em;background:{FROZEN}"></span></td></tr>'
        for other, cosine in found
    )
    return (
        f"<p>Nearest to <strong>{html.escape(word)}</strong>, by the cosine of the angle between "
        "the vectors (1: the same direction, 0: nothing in common).</p>"
        '<table style="border-collapse:collapse;font-size:.9em"><thead><tr><th>word</th>'
        f"<th>cosine</th><td></td></tr></thead><tbody>{rows}</tbody></table>"
    )


def _cell(place: int, row: int, number: int) -> Rectangle:
    face, hatch = {PADDING: ("#d5d8dd", "///"), UNKNOWN: ("#f3c9a5", "..")}.get(
        number, ("white", "")
    )
    return Rectangle(
        (place, row), 1, 1, facecolor=face, edgecolor=EMPTY, hatch=hatch, linewidth=0.8
    )
