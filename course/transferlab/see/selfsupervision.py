"""Pictures of self-supervision: which turns can be recognised, and what the features are worth."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from transferlab.experiment import Comparison
from transferlab.see import EMPTY, FROZEN, STYLE, TRAINABLE, shown


def turns_by_class(class_names: Sequence[str], accuracies: Sequence[float]) -> Figure:
    """Draw for each class how often the turn of its images was recognised, the hardest first.

    Args:
        class_names: one text per class.
        accuracies: the share of its images whose turn was recognised, from 0 to 1.
    """
    order = np.argsort(accuracies, kind="stable")
    values = 100 * np.asarray(accuracies)[order]
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 2.8))
        bars = axis.bar([class_names[index] for index in order], values, edgecolor="white")
        for bar, value in zip(bars, values, strict=True):
            hard = value < values.mean()
            bar.set(facecolor=FROZEN if hard else TRAINABLE, hatch="///" if hard else "")
        axis.axhline(25, color="black", ls="--", lw=1)
        axis.annotate("guessing", (1.01, 25), xycoords=("axes fraction", "data"), va="center")
        axis.set(xlabel="letter", ylabel="turn told right (%)", ylim=(0, 100))
        axis.set_title("hatched: below the mean")
        figure.tight_layout()
    return shown(figure)


def sources(results: Mapping[str, Comparison], methods: Sequence[str]) -> Figure:
    """Draw the accuracy of each method, mean and standard deviation, a panel for each target.

    Args:
        results: the target's name -> the comparison over seeds.
        methods: which of its methods, from top to bottom.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            1, len(results), figsize=(8.5, 0.42 * len(methods) + 1.2), sharey=True, squeeze=False
        )
        for axis, (name, result) in zip(axes[0], results.items(), strict=True):
            means = np.array([result.mean(method) for method in methods])
            best = means.argmax()
            for row, (method, mean) in enumerate(zip(methods, means, strict=True)):
                colour = TRAINABLE if row == best else EMPTY
                marker = "D" if row == best else "o"
                axis.errorbar(
                    100 * mean,
                    row,
                    xerr=100 * result.sd(method),
                    color=colour,
                    marker=marker,
                    ms=7,
                    capsize=3,
                )
                axis.annotate(
                    f"{100 * mean:.0f}",
                    (100 * mean, row),
                    xytext=(0, 7),
                    textcoords="offset points",
                    ha="center",
                    fontsize=8,
                )
            axis.set(title=name, xlabel="accuracy (%)", yticks=range(len(methods)))
            axis.set_ylim(len(methods) - 0.5, -0.7)
            axis.margins(x=0.12)
            axis.grid(axis="x", color="#e3e5e8")
        axes[0, 0].set_yticks(range(len(methods)), methods)
        figure.tight_layout()
    return shown(figure)
