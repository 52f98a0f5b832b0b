"""Pictures of fine-tuning: two tasks against the learning rate, over time, and over depth."""

from collections.abc import Mapping, Sequence

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from transferlab.experiment import Comparison
from transferlab.see import EMPTY, FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import explorer, picture

LOOKS = ((FROZEN, "o", "-"), (TRAINABLE, "s", "--"), (EMPTY, "^", ":"))  # colour, marker, line
ACCURACY = "accuracy (share of test images)"


def over_time(curves: Mapping[str, Mapping[str, Sequence[float]]], every: int) -> Figure:
    """Draw how the accuracy on each task went during two or three trainings.

    Args:
        curves: the task -> the training's name -> accuracy before it and after each `every` steps.
        every: optimizer steps between two measurements.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(1, len(curves), figsize=(7.4, 3), sharey=True, squeeze=False)
        for axis, (task, trainings) in zip(axes[0], curves.items(), strict=True):
            for (name, values), (colour, marker, line) in zip(
                trainings.items(), LOOKS, strict=False
            ):
                steps = every * np.arange(len(values))
                axis.plot(steps, values, color=colour, marker=marker, linestyle=line, label=name)
            axis.set(title=task, xlabel="optimizer steps", ylim=(0, 1.02))
            axis.grid(alpha=0.3)
        axes[0, 0].set_ylabel(ACCURACY)
        axes[0, -1].legend(loc="lower right", frameon=False)
        figure.tight_layout()
    return shown(figure)


def over_depth(changes: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw how far each layer moved, for two or three ways to train.

    Args:
        changes: the way's name -> the layer's name, from input to output -> its change in percent
            of the size that its weights had.
    """
    layers = list(next(iter(changes.values())))
    height = 0.8 / len(changes)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 0.45 * len(layers) + 1.1))
        hatches = ("///", "", "...")
        for row, (name, of) in enumerate(changes.items()):
            places = np.arange(len(layers)) + height * (row - (len(changes) - 1) / 2)
            values = [of[layer] for layer in layers]
            colour = LOOKS[row][0]
            axis.barh(
                places,
                values,
                height,
                color=colour,
                hatch=hatches[row],
                edgecolor="white",
                label=name,
            )
            for place, value in zip(places, values, strict=True):
                axis.text(value, place, f" {value:.2g}", va="center", fontsize=8)
        axis.set_yticks(range(len(layers)), layers)
        axis.invert_yaxis()
        axis.set(
            xlabel="change (% of the weights' size before)", ylabel="layer, from input to output"
        )
        axis.margins(x=0.12)
        axis.legend(loc="best", frameon=False)
        figure.tight_layout()
    return shown(figure)


def rates_explorer(
    sweep: Mapping[str, Comparison], tasks: Sequence[str], start: str
) -> widgets.Widget:
    """Let the reader choose a learning rate and see what it does to each task.

    Args:
        sweep: the rate, written as a number -> scores on the tasks; and `start`.
        tasks: two or three names of scores, the target task first.
        start: the name of the condition before fine-tuning.
    """
    rates = [name for name in sweep if name != start]
    return explorer(
        "Learning rate",
        {rate: _rate_panel(sweep, rates, rate, tasks, start) for rate in rates},
        chosen=len(rates) // 2,
    )


def _rate_panel(
    sweep: Mapping[str, Comparison],
    rates: Sequence[str],
    chosen: str,
    tasks: Sequence[str],
    start: str,
) -> str:
    """Return one panel: the tasks over all rates, the chosen rate marked, and its numbers."""
    with plt.rc_context(STYLE):
        figure, (curves, seeds) = plt.subplots(
            1, 2, figsize=(7, 3), sharey=True, width_ratios=(3, 1)
        )
        for row, task in enumerate(tasks):
            _curve(curves, sweep, rates, task, start, LOOKS[row])
            _seeds(seeds, sweep, chosen, task, start, row)
        curves.axvline(float(chosen), color="black", linewidth=8, alpha=0.12)
        curves.set(xscale="log", xlabel="learning rate (Adam)", ylabel=ACCURACY, ylim=(0, 1.02))
        curves.legend(loc="lower left", frameon=False, fontsize=9)
        curves.grid(alpha=0.3)
        seeds.set(title=f"at {chosen}", xlabel="one mark per seed", xlim=(-0.6, len(tasks) - 0.4))
        seeds.set_xticks([])
        seeds.grid(axis="y", alpha=0.3)
        figure.tight_layout()
    now = sweep[chosen]
    numbers = ", ".join(f"{task} {now.mean(task):.2f}" for task in tasks)
    alt = f"Accuracy on the tasks over the learning rate. At {chosen}: {numbers}"
    rows = "".join(_change(sweep, chosen, task, start) for task in tasks)
    return f"{picture(figure, alt)}<ul>{rows}</ul>"


def _curve(
    axis: Axes,
    sweep: Mapping[str, Comparison],
    rates: Sequence[str],
    task: str,
    start: str,
    look: tuple[str, str, str],
) -> None:
    colour, marker, line = look
    x = [float(rate) for rate in rates]
    means = np.array([sweep[rate].mean(task) for rate in rates])
    sds = np.array([sweep[rate].sd(task) for rate in rates])
    axis.fill_between(x, means - sds, means + sds, color=colour, alpha=0.2, linewidth=0)
    axis.plot(x, means, color=colour, marker=marker, linestyle=line, label=task)
    axis.axhline(sweep[start].mean(task), color=colour, linestyle=line, linewidth=0.8)


def _seeds(
    axis: Axes, sweep: Mapping[str, Comparison], chosen: str, task: str, start: str, row: int
) -> None:
    colour, marker, _ = LOOKS[row]
    scores = sweep[chosen].scores[task]
    places = row + np.linspace(-0.2, 0.2, len(scores))
    axis.scatter(places, scores, color=colour, marker=marker, s=22)
    axis.hlines(sweep[start].mean(task), row - 0.4, row + 0.4, color=colour, linewidth=0.8)


def _change(sweep: Mapping[str, Comparison], chosen: str, task: str, start: str) -> str:
    """Return one line of text: the mean with its spread, and the change since `start`."""
    now, before = sweep[chosen], sweep[start].mean(task)
    gap = now.mean(task) - before
    return (
        f"<li>{task}: <strong>{now.mean(task):.3f}</strong> ± {now.sd(task):.3f} "
        f"({gap:+.3f} against {start})</li>"
    )
