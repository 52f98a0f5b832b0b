"""Pictures for choosing a source: gaps, the winner's curse, and sources by targets.

Draws comparisons and differences that others have computed; trains nothing.
"""

from collections.abc import Mapping, Sequence

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from transferlab.experiment import Comparison, Difference
from transferlab.see import FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import explorer, menu_explorer, picture

CLEAR, OPEN = (TRAINABLE, "D"), (FROZEN, "o")


def gaps(differences: Mapping[str, Difference], than: str) -> Figure:
    """Draw differences with their 95 % intervals; a filled diamond where zero is outside.

    Args:
        differences: the name of the row -> the difference, at least one.
        than: what all of them are compared with, such as `"no transfer"`.
    """
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7.4, 0.45 * len(differences) + 1.4))
        _draw_gaps(axis, list(differences.values()))
        axis.set_yticks(range(len(differences)), list(differences))
        axis.set_xlabel(f"accuracy, points (0.01) better than {than}")
        axis.set_title(
            "line: 95 % interval; filled: clear; hollow: undecided", x=0, fontsize="small"
        )
        figure.tight_layout()
    return shown(figure)


def _draw_gaps(axis: Axes, differences: Sequence[Difference]) -> None:
    axis.axvline(0, color="black", linestyle=":")
    for row, gap in enumerate(differences):
        colour, marker = CLEAR if gap.is_clear else OPEN
        axis.plot([100 * gap.low, 100 * gap.high], [row, row], color=colour, linewidth=2)
        axis.plot(
            100 * gap.mean,
            row,
            marker,
            color=colour,
            markersize=8,
            markerfacecolor=colour if gap.is_clear else "white",
        )
        axis.annotate(
            f"{100 * gap.mean:+.1f}",
            (1.02, row),
            xycoords=("axes fraction", "data"),
            va="center",
        )
    axis.set_ylim(len(differences) - 0.5, -0.5)
    axis.grid(axis="y", alpha=0.3)


def shortcuts(
    facts: Mapping[str, Mapping[str, float]], labels: Mapping[str, str], probe: str
) -> Figure:
    """Draw the probe's accuracy against facts that one might choose by, a panel for each.

    Args:
        facts: name of the source -> name of the fact -> its value.
        labels: name of the fact -> the label of its axis, with the unit.
        probe: the fact that is drawn upwards, a share from 0 to 1.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            1, len(labels), figsize=(3.9 * len(labels), 3.4), sharey=True, squeeze=False
        )
        for axis, (fact, label) in zip(axes[0], labels.items(), strict=True):
            for letter, (name, values) in zip("ABCDEFGHIJ", facts.items(), strict=False):
                x, y = values[fact], values[probe]
                axis.scatter(x, y, 90, color=FROZEN, marker=f"${letter}$", label=name)
            axis.margins(0.12)
            axis.set_xlabel(label)
            axis.grid(alpha=0.3)
        axes[0, 0].set_ylabel("linear probe on the target\n(share of test images, 0 to 1)")
        handles, names = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, names, loc="center right", frameon=False)
        figure.tight_layout(rect=(0, 0, 1 - 1.45 / figure.get_figwidth(), 1))
    return shown(figure)


def winners_curse(counts: Sequence[int], chosen_on: np.ndarray, fresh: np.ndarray) -> Figure:
    """Draw the winner's accuracy on the images that chose it and on fresh ones.

    Args:
        counts: k numbers of candidates.
        chosen_on, fresh: accuracies `(seeds, k)`, from 0 to 1; lines join the means.
    """
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 3.2))
        for values, (colour, marker), line, label in (
            (chosen_on, CLEAR, "-", "on the images that chose it"),
            (fresh, OPEN, "--", "on fresh images"),
        ):
            mean, spread = values.mean(axis=0), values.std(axis=0, ddof=1)
            axis.fill_between(counts, mean - spread, mean + spread, color=colour, alpha=0.15)
            axis.plot(counts, mean, color=colour, marker=marker, linestyle=line)
            axis.annotate(f"  {label}", (counts[-1], mean[-1]), color=colour, va="center")
        axis.set_xscale("log")
        axis.set_xticks(counts, [str(count) for count in counts])
        axis.minorticks_off()
        axis.set_xlim(counts[0], counts[-1])
        axis.set_xlabel("candidates to choose from (count)")
        axis.set_ylabel("accuracy of the winner\n(share, 0 to 1)")
        axis.set_title(f"mean of {len(chosen_on)} seeds; band: one standard deviation")
        figure.tight_layout()
    return shown(figure)


def within_noise(scores: Mapping[str, np.ndarray]) -> Figure:
    """Draw cross-validated scores, and the band of one standard error below the best mean.

    Args:
        scores: name of the candidate -> the accuracies of its folds `(folds,)`.
    """
    order = sorted(scores, key=lambda name: -np.mean(scores[name]))
    means = {name: float(np.mean(scores[name])) for name in order}
    top = scores[order[0]]
    best, error = means[order[0]], float(np.std(top, ddof=1) / np.sqrt(len(top)))
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7.4, 0.42 * len(order) + 1.4))
        axis.axvspan(
            best - error, best, facecolor="none", edgecolor=TRAINABLE, hatch="///", alpha=0.5
        )
        for row, name in enumerate(order):
            level = means[name] >= best - error
            colour, marker = CLEAR if level else OPEN
            axis.scatter(scores[name], [row] * len(scores[name]), 12, colour, alpha=0.5)
            axis.plot(
                means[name],
                row,
                marker,
                color=colour,
                markersize=9,
                markerfacecolor=colour if level else "white",
            )
            word = "level" if level else ""
            axis.annotate(
                f"{means[name]:.2f}  {word}",
                (1.02, row),
                xycoords=("axes fraction", "data"),
                va="center",
            )
        axis.set_yticks(range(len(order)), order)
        axis.set_ylim(len(order) - 0.5, -0.5)
        axis.set_xlabel("accuracy on held-out training images (share; small: one fold)")
        axis.set_title("hatched: one standard error below the best mean", fontsize="small")
        axis.grid(axis="y", alpha=0.3)
        figure.tight_layout()
    return shown(figure)


def sources_explorer(
    results: Mapping[str, Comparison], references: Sequence[str]
) -> widgets.Widget:
    """Let the reader see all sources by all targets, or all sources for one target.

    Args:
        results: name of the target -> accuracies of the same methods over seeds.
        references: the methods without pretraining; gains are shown over each of them.
    """
    maps = {"accuracy": _heat_map(results, None)}
    maps |= {f"gain over {name}": _heat_map(results, name) for name in references}
    targets = {
        target: _one_target(target, found, references[-1]) for target, found in results.items()
    }
    return explorer(
        "Show",
        {
            "all targets": explorer("In the cells", maps),
            f"one target, against {references[-1]}": menu_explorer("Target", targets),
        },
    )


def _heat_map(results: Mapping[str, Comparison], reference: str | None) -> str:
    """Return a picture: a row for each method, a column for each target, numbers in the cells."""
    targets = list(results)
    rows = [name for name in results[targets[0]].scores if name != reference]
    values = np.array([[results[target].mean(name) for target in targets] for name in rows])
    if reference:
        found = [[results[t].difference(name, reference) for t in targets] for name in rows]
        values = np.array([[gap.mean for gap in row] for row in found])
    size = max(np.abs(values).max(), 0.01)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(6.4, 0.38 * len(rows) + 1.4))
        axis.imshow(
            values,
            cmap="PuOr_r" if reference else "Oranges",
            vmin=-1.6 * size if reference else 0.2,
            vmax=1.6 * size if reference else 1.4,
            aspect="auto",
        )
        for (row, column), value in np.ndenumerate(values):
            clear = not reference or found[row][column].is_clear
            text = f"{value:+.2f}" if reference else f"{value:.2f}"
            best = value == values[:, column].max()
            axis.text(
                column,
                row,
                text if clear else f"({text})",
                ha="center",
                va="center",
                fontweight="bold" if best else "normal",
            )
            if clear and value < 0:
                axis.add_patch(
                    Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch="//", alpha=0.35)
                )
        axis.set_xticks(range(len(targets)), targets)
        axis.set_yticks(range(len(rows)), rows)
        axis.set(xlabel="target, 10 labels per class", ylabel="source")
        what = f"accuracy gained over {reference} (share)" if reference else "accuracy (share)"
        axis.set_title(f"linear probe: {what}")
        figure.tight_layout()
    note = "<p>Bold: the best of its column."
    note += (
        " In brackets: the 95 % interval holds zero. Hatched: clearly worse.</p>"
        if reference
        else " Means of five seeds.</p>"
    )
    best_of = ", ".join(
        f"{rows[int(column.argmax())]} for {target}"
        for target, column in zip(targets, values.T, strict=True)
    )
    alt = f"Heat map of {what}, {len(rows)} sources by {len(targets)} targets; best: {best_of}"
    return picture(figure, alt) + note


def _one_target(target: str, found: Comparison, reference: str) -> str:
    """Return a picture of what each method gains on one target, with intervals."""
    differences = {
        name: found.difference(name, reference) for name in found.scores if name != reference
    }
    order = sorted(differences, key=lambda name: -differences[name].mean)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(6.4, 0.38 * len(order) + 1.4))
        _draw_gaps(axis, [differences[name] for name in order])
        axis.set_yticks(range(len(order)), [f"{name}: {found.mean(name):.2f}" for name in order])
        axis.set_xlabel(
            f"accuracy, points (0.01) better than {reference} ({found.mean(reference):.2f})"
        )
        axis.set_title(f"{target}; line: 95 % interval")
        figure.tight_layout()
    clear = ", ".join(name for name in order if differences[name].is_clear) or "none"
    return picture(
        figure, f"Gains over {reference} on {target}, with intervals; clear of zero: {clear}"
    )
