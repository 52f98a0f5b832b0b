"""Pictures of regressors and of what their layers know; trains nothing."""

from collections.abc import Mapping, Sequence
from html import escape

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from transferlab.experiment import Comparison
from transferlab.see import EMPTY, FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import explorer, picture

LINES = ((FROZEN, "o", "-"), (TRAINABLE, "s", "--"), ("black", "^", ":"), (EMPTY, "D", "-."))


def true_and_predicted(
    y: np.ndarray, predictions: np.ndarray, names: Sequence[str], units: Sequence[str]
) -> Figure:
    """Draw the predictions of each target against the truth; a perfect one is on the diagonal.

    Args:
        y, predictions: `(n, k)`, in their units.
        names, units: k texts each.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(1, len(names), figsize=(2.5 * len(names), 2.9), squeeze=False)
        for k, axis in enumerate(axes[0]):
            axis.scatter(y[:, k], predictions[:, k], s=8, c=FROZEN, alpha=0.4)
            ends = [min(y[:, k].min(), predictions[:, k].min())]
            ends.append(max(y[:, k].max(), predictions[:, k].max()))
            axis.plot(ends, ends, color="black", linestyle=":")
            axis.set(title=names[k], xlabel=f"true\n({units[k]})")
        axes[0, 0].set_ylabel("predicted (same unit)")
        figure.tight_layout()
    return shown(figure)


def shares(groups: Mapping[str, np.ndarray], names: Sequence[str]) -> Figure:
    """Draw the share that each target has of a whole, a bar for each of two groups.

    Args:
        groups: label -> shares `(k,)` that sum to 1; two of them.
        names: k texts.
    """
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 0.3 * len(names) + 1.2))
        for position, (label, values) in enumerate(groups.items()):
            heights = np.arange(len(names)) + 0.4 * position - 0.2
            colour, hatch = ((TRAINABLE, "///"), (FROZEN, ""))[position]
            axis.barh(heights, values, 0.38, color=colour, hatch=hatch, label=label, ec="white")
        axis.set_yticks(range(len(names)), names)
        axis.set(xlim=(0, 1), ylim=(len(names) - 0.4, -0.6))
        axis.set_xlabel("share of the squared error (0 to 1)")
        axis.legend(frameon=False, loc="lower right")
        figure.tight_layout()
    return shown(figure)


def over_depth(
    panels: Mapping[str, Mapping[str, Sequence[Sequence[float]]]],
    depths: Sequence[str],
    chance: Mapping[str, float] | None = None,
) -> Figure:
    """Draw how scores change with the place of the cut, a line for each network.

    Args:
        panels: title of a panel, its score with it -> network -> for each depth the scores of all
            seeds. The line joins the means; each seed is a small marker.
        depths: the names of the places, from early to late.
        chance: title of a panel -> the score of guessing, drawn as a thin line.
    """
    places = np.arange(len(depths))
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(1, len(panels), figsize=(7.4, 3.3), squeeze=False)
        for axis, (title, networks) in zip(axes[0], panels.items(), strict=True):
            for (name, scores), (colour, marker, line) in zip(
                networks.items(), LINES, strict=False
            ):
                means = [np.mean(values) for values in scores]
                axis.plot(places, means, color=colour, marker=marker, linestyle=line, label=name)
                for place, values in enumerate(scores):
                    if len(values) > 1:
                        where = [place] * len(values)
                        axis.scatter(where, values, s=8, c=colour, marker=marker, alpha=0.4)
            if chance and title in chance:
                axis.axhline(chance[title], color="black", linewidth=0.6)
                axis.text(-0.3, chance[title] + 0.015, "guessing", fontsize=8)
            axis.set_xticks(places, [depth.replace(": ", "\n") for depth in depths])
            lowest = min(np.min(scores) for of in networks.values() for scores in of)
            if lowest < 0:  # R² of what is worse than always answering the mean
                axis.axhline(0, color="black", linewidth=0.6)
            axis.set(title=title, ylim=(lowest - 0.05 if lowest < 0 else 0, 1.02))
            axis.set_xlim(-0.35, len(depths) - 0.65)
            axis.set_xlabel("cut after this layer")
        axes[0, 0].set_ylabel("score (1 is perfect)")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="upper center", ncols=len(labels), frameon=False)
        figure.tight_layout(rect=(0, 0, 1, 0.92))
    return shown(figure)


def pushes(probability: np.ndarray, curves: Mapping[str, np.ndarray]) -> Figure:
    """Draw how strongly losses push a score, by the probability that the true class has.

    Args:
        probability: of the true class `(n,)`, from 0 to 1.
        curves: name of the loss -> size of its gradient `(n,)`.
    """
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(6.4, 3.1))
        for (name, values), (colour, _, line) in zip(curves.items(), LINES, strict=False):
            axis.plot(probability, values, color=colour, linestyle=line, linewidth=2, label=name)
        axis.set(xlim=(0, 1), ylim=(0, 1.05), ylabel="push on its score (gradient)")
        axis.set_xlabel(
            "probability given to the true class\n(left: sure and wrong, right: sure and right)"
        )
        axis.legend(frameon=False)
        figure.tight_layout()
    return shown(figure)


def source_explorer(
    tasks: Mapping[str, str],
    samples: Mapping[str, tuple[np.ndarray, Sequence[str]]],
    targets: Mapping[str, Comparison],
    control: str,
) -> widgets.Widget:
    """Let the reader choose a source: what it had to predict, and how much its features help.

    Args:
        tasks: name of the source -> what it was asked, in a sentence.
        samples: name -> images `(n, 16, 16, 1)` and what it had to answer to each.
        targets: name of the target task -> scores of all sources.
        control: the source with which the others are compared.
    """
    return explorer(
        "Source",
        {
            name: _source(name, task, *samples[name], targets, control)
            for name, task in tasks.items()
        },
    )


def _source(
    name: str,
    task: str,
    x: np.ndarray,
    answers: Sequence[str],
    targets: Mapping[str, Comparison],
    control: str,
) -> str:
    """Return one panel: images with their answers, the scores of all sources, this one in front."""
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(7.2, 3.9))
        grid = figure.add_gridspec(2, len(x), height_ratios=(1, 1.5))
        for column, (image, answer) in enumerate(zip(x, answers, strict=True)):
            axis = figure.add_subplot(grid[0, column])
            axis.imshow(image[..., 0], cmap="gray", vmin=0, vmax=1)
            axis.set_axis_off()
            axis.set_title(answer, loc="center", fontsize=8)
        axis = figure.add_subplot(grid[1, :])
        for row, comparison in enumerate(targets.values()):
            for other in comparison.scores:
                chosen = other == name
                axis.errorbar(
                    comparison.mean(other),
                    row,
                    xerr=comparison.sd(other),
                    color=TRAINABLE if chosen else EMPTY,
                    marker="s" if chosen else "|",
                    markersize=9 if chosen else 12,
                    capsize=4 if chosen else 0,
                    zorder=2 + chosen,
                )
        axis.set_yticks(range(len(targets)), list(targets))
        axis.set(xlim=(0, 1), ylim=(len(targets) - 0.5, -0.5))
        metric = next(iter(targets.values())).metric
        axis.set_xlabel(f"{metric} (0 to 1; mean ± sd over seeds; grey: the other sources)")
        figure.tight_layout()
    reached = "; ".join(
        f"{target}: {comparison.mean(name):.2f}" for target, comparison in targets.items()
    )
    alt = f"{len(x)} images with what {name} had to answer, and its accuracy on {reached}"
    rows = "".join(
        f"<li>{escape(target)}: {comparison.mean(name):.3f} ± {comparison.sd(name):.3f}"
        f"{_against(comparison, name, control)}</li>"
        for target, comparison in targets.items()
    )
    return f"<p><strong>{escape(task)}</strong></p>{picture(figure, alt)}<ul>{rows}</ul>"


def _against(comparison: Comparison, name: str, control: str) -> str:
    if name == control:
        return ""
    return f"; against {escape(control)}: {escape(str(comparison.difference(name, control)))}"
