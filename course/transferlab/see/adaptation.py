"""Pictures of a domain shift and of what adapting does about it; adapts nothing.

There are accuracies by class, stored statistics next to those found, ways by shift, and an explorer
of background and ink.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from transferlab.experiment import Comparison
from transferlab.see import EMPTY, FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import explorer, picture

LOOKS = ((FROZEN, "o"), (TRAINABLE, "s"), ("black", "^"), (EMPTY, "D"))


class Adapted(NamedTuple):
    """What one setting of the explorer shows.

    Attributes:
        images: float array `(n, height, width, 1)`, a few examples.
        accuracies: the way -> share of right guesses.
    """

    images: np.ndarray
    accuracies: Mapping[str, float]


def by_class(accuracies: Mapping[str, Sequence[float]], class_names: Sequence[str]) -> Figure:
    """Draw the accuracy on each class, a marker for each domain and a line between the two.

    Args:
        accuracies: name of the domain -> one accuracy per class; at most four domains.
        class_names: one text per class.
    """
    places = np.arange(len(class_names))
    values = np.array(list(accuracies.values()))
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 3.2))
        axis.vlines(places, values.min(axis=0), values.max(axis=0), color=EMPTY, linestyle=":")
        for (name, of_class), (colour, marker) in zip(accuracies.items(), LOOKS, strict=False):
            axis.scatter(places, of_class, s=60, c=colour, marker=marker, label=name, zorder=3)
        axis.set_xticks(places, class_names)
        axis.set(ylim=(-0.03, 1.05), xlabel="true class")
        axis.set_ylabel("accuracy (share, 0 to 1)")
        _legend_above(figure, axis)
    return shown(figure)


def statistics(stored: np.ndarray, found: Mapping[str, np.ndarray]) -> Figure:
    """Draw means with standard deviations of channels: those stored, and those of some images.

    Args:
        stored: `(2, channels)`, mean and standard deviation that a BatchNorm layer holds.
        found: the name of the images -> the same two rows of what the layer gets from these images.
    """
    groups = {"stored in the layer": stored, **found}
    places = np.arange(stored.shape[1])
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 3.2))
        for position, (name, (mean, deviation)) in enumerate(groups.items()):
            colour, marker = LOOKS[position]
            shift = 0.22 * (position - (len(groups) - 1) / 2)
            axis.errorbar(
                places + shift, mean, deviation, fmt=marker, color=colour, capsize=2, label=name
            )
        axis.axhline(0, color=EMPTY, linewidth=0.8)
        axis.set_xticks(places, [f"{place}" for place in places])
        axis.set(xlabel="channel", ylabel="value (no unit): mean ± sd")
        _legend_above(figure, axis)
    return shown(figure)


def ways(comparisons: Mapping[str, Comparison], chance: float) -> Figure:
    """Draw the mean of each way for each shift as a large marker, each seed as a small one.

    Args:
        comparisons: name of the shift -> comparison of the same ways, at most four.
        chance: the score of guessing, drawn as a dotted line.
    """
    rows = list(comparisons)
    names = list(next(iter(comparisons.values())).scores)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 0.85 * len(rows) + 1.3))
        for position, (name, (colour, marker)) in enumerate(zip(names, LOOKS, strict=False)):
            heights = np.arange(len(rows)) + 0.2 * (position - (len(names) - 1) / 2)
            for height, comparison in zip(heights, comparisons.values(), strict=True):
                seeds = comparison.scores[name]
                axis.scatter(seeds, [height] * len(seeds), s=10, c=colour, marker=marker, alpha=0.4)
            means = [comparison.mean(name) for comparison in comparisons.values()]
            axis.scatter(
                means, heights, s=70, c=colour, marker=marker, edgecolor="black", label=name
            )
            for mean, height in zip(means, heights, strict=True):
                axis.text(1.02, height, f"{mean:.2f}", va="center", fontsize=8)
        axis.axvline(chance, color="black", linestyle=":", label=f"guessing ({chance:.2f})")
        axis.set_yticks(range(len(rows)), rows)
        axis.set(xlim=(0, 1), ylim=(len(rows) - 0.45, -0.55))
        axis.set_xlabel("accuracy (share of test images, 0 to 1; small: one seed, large: mean)")
        _legend_above(figure, axis)
    return shown(figure)


def labels_curve(
    comparisons: Mapping[int, Comparison], without: Mapping[str, Sequence[float]]
) -> Figure:
    """Draw the accuracy of each way over the number of labels, mean ± sd over the seeds.

    Args:
        comparisons: labels per class -> comparison of the same ways, at most four.
        without: what needs no label -> its accuracies; drawn as level lines of their mean.
    """
    counts = list(comparisons)
    names = list(next(iter(comparisons.values())).scores)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 3.8))
        for (name, accuracies), line in zip(without.items(), (":", "--"), strict=False):
            axis.axhline(float(np.mean(accuracies)), color="black", linestyle=line, label=name)
        for position, (name, (colour, marker)) in enumerate(zip(names, LOOKS, strict=False)):
            axis.errorbar(
                np.array(counts) * 1.04 ** (position - 1),
                [comparison.mean(name) for comparison in comparisons.values()],
                [comparison.sd(name) for comparison in comparisons.values()],
                fmt=f"{marker}-",
                color=colour,
                capsize=3,
                label=name,
            )
        axis.set_xscale("log")
        axis.set_xticks(counts, [str(count) for count in counts])
        axis.minorticks_off()
        axis.set_xlabel("labelled real images per class (logarithmic)")
        axis.set_ylabel("accuracy (share, 0 to 1)")
        _legend_above(figure, axis)
    return shown(figure)


def contrast_explorer(settings: Mapping[float, Mapping[float, Adapted]]) -> widgets.Widget:
    """Let the reader choose how bright paper and ink are, and see what becomes of the accuracy.

    Args:
        settings: brightness of the paper -> brightness of the ink -> what was measured there.
    """
    return explorer(
        "Paper",
        {
            f"{paper:g}": explorer(
                "Ink",
                {f"{ink:g}": _setting(paper, ink, adapted) for ink, adapted in inks.items()},
                chosen=len(inks) - 1 if paper < max(inks) else 0,
            )
            for paper, inks in settings.items()
        },
    )


def _setting(paper: float, ink: float, adapted: Adapted) -> str:
    """Return one panel: some images and a bar for the accuracy of each way."""
    with plt.rc_context(STYLE):
        figure, (left, right) = plt.subplots(
            1, 2, figsize=(6.4, 1.7), width_ratios=(1, 1.3), layout="constrained"
        )
        left.imshow(np.hstack(list(adapted.images[..., 0])), cmap="gray", vmin=0, vmax=1)
        left.set(xticks=[], yticks=[])
        left.set_title(f"contrast {ink - paper:+.1f}")
        left.spines[:].set_visible(True)
        names, values = list(adapted.accuracies), list(adapted.accuracies.values())
        right.barh(names, values, color=EMPTY, edgecolor="black")
        for place, value in enumerate(values):
            right.text(value + 0.02, place, f"{value:.2f}", va="center")
        right.set(xlim=(0, 1.1), xlabel="accuracy (share, 0 to 1)")
        right.invert_yaxis()
    told = ", ".join(f"{name} {value:.2f}" for name, value in adapted.accuracies.items())
    alt = f"Digits with paper of brightness {paper:g} and ink of {ink:g}; accuracy: {told}"
    return picture(figure, alt)


def _legend_above(figure: Figure, axis: plt.Axes) -> None:
    """Put the legend above the axes, where it hides nothing."""
    handles, labels = axis.get_legend_handles_labels()
    rows = -(-len(labels) // 3)
    figure.legend(handles, labels, loc="upper center", ncols=3, frameon=False)
    figure.tight_layout(rect=(0, 0, 1, 1 - 0.25 * rows / figure.get_figheight()))
