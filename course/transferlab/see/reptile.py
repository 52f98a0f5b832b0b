"""Pictures of Reptile: waves as tasks, the way through the weights, adaptation step by step."""

from collections.abc import Mapping, Sequence

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from transferlab.meta import Task, Weights
from transferlab.see import EMPTY, FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import explorer, menu_explorer, picture

COLOURS = (EMPTY, FROZEN, TRAINABLE, "#5b4a8a")
DASHES = (":", "--", "-", "-.")
MARKERS = ("o", "s", "^", "D")


def waves(tasks: Sequence[Task]) -> Figure:
    """Draw tasks side by side: the points to adapt to, and the wave that is to be found."""
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            1, len(tasks), figsize=(2.3 * len(tasks), 2.4), sharex=True, sharey=True, squeeze=False
        )
        for number, (axis, task) in enumerate(zip(axes[0], tasks, strict=True), start=1):
            _draw_task(axis, task)
            axis.set(title=f"task {number}", xlabel="x (no unit)")
        axes[0, 0].set_ylabel("y (no unit)")
        _legend_below(figure, axes[0, 0])
    return shown(figure)


def weight_paths(paths: Sequence[Sequence[Weights]], new_start: Weights) -> Figure:
    """Draw how tasks pull the weights from one start, on the plane that shows most of it.

    Args:
        paths: for each task the weights after 0, 1, 2, ... steps, all from the same start.
        new_start: where the start moves after the first of the tasks.

    The plane is that of the two main directions (principal components) of the paths.
    """
    start = _flat(paths[0][0])
    moves = [np.stack([_flat(weights) - start for weights in path]) for path in paths]
    plane = np.linalg.svd(np.concatenate(moves), full_matrices=False)[2][:2]
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(6.2, 3.8))
        for number, move in enumerate(moves):
            x, y = (move @ plane.T).T
            (line,) = axis.plot(x, y, MARKERS[number % 4], ms=4, label=f"task {number + 1}")
            line.set(color=COLOURS[number % 4], ls=DASHES[number % 4])
        target = plane @ (_flat(new_start) - start)
        arrow = {"arrowstyle": "-|>", "lw": 2.5, "color": "black", "shrinkA": 0, "shrinkB": 0}
        axis.annotate("", xy=tuple(target), xytext=(0, 0), arrowprops=arrow)
        axis.plot(0, 0, "k*", ms=13, label="start")
        axis.plot(*target, "kX", ms=9, label="new start, after task 1")
        axis.set(
            xlabel="first main direction in the weights (no unit)",
            ylabel="second main direction",
        )
        axis.set_aspect("equal", adjustable="datalim")
        axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        figure.tight_layout()
    return shown(figure)


def error_by_step(
    curves: Mapping[str, np.ndarray], *, logarithmic: bool = False, title: str = ""
) -> Figure:
    """Draw the error after each step of adaptation, for several starts.

    Args:
        curves: the start's name -> squared errors `(tasks, steps + 1)`. The line is the mean, the
            band one standard error to either side.
        logarithmic: draw both axes logarithmically and leave out step 0.
        title: what is compared.
    """
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(6.5, 3.4))
        for number, (name, errors) in enumerate(curves.items()):
            steps = np.arange(errors.shape[1])[int(logarithmic) :]
            mean = errors.mean(axis=0)[steps]
            reach = errors.std(axis=0, ddof=1)[steps] / np.sqrt(len(errors))
            colour = COLOURS[number % 4]
            axis.fill_between(steps, mean - reach, mean + reach, color=colour, alpha=0.2, lw=0)
            axis.plot(steps, mean, color=colour, ls=DASHES[number % 4], lw=2, label=name)
        axis.set(
            xlabel="steps of adaptation to a new task (count)",
            ylabel="mean squared error\non new points (y²)",
            title=title,
        )
        if logarithmic:
            axis.set(xscale="log", yscale="log")
            axis.set_yticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"], minor=False)
            axis.set_yticks([], minor=True)
            axis.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
        else:
            axis.set_ylim(bottom=0)
        axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        figure.tight_layout()
    return shown(figure)


def fits(panels: Mapping[str, tuple[Task, np.ndarray]]) -> Figure:
    """Draw what a network answers and the wave that it should find, in panels side by side.

    Args:
        panels: the panel's title -> the task, and what the network answers at its query points,
            `(n, 1)`. The error is written next to the title.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            1, len(panels), figsize=(2.4 * len(panels), 2.8), sharey=True, squeeze=False
        )
        for axis, (title, (task, answer)) in zip(axes[0], panels.items(), strict=True):
            _draw_task(axis, task)
            axis.plot(task[2], answer, color=TRAINABLE, lw=2.4, label="what the network answers")
            axis.set_title(f"{title}:\nerror {_error(task, answer):.2f}", fontsize=10)
            axis.set(xlabel="x (no unit)", xticks=(-5, 0, 5), ylim=(-6, 6), yticks=(-5, 0, 5))
        axes[0, 0].set_ylabel("y (no unit)")
        _legend_below(figure, axes[0, 0])
    return shown(figure)


def adaptation_explorer(
    tasks: Mapping[str, Task], answers: Mapping[str, Mapping[str, np.ndarray]], steps: Sequence[int]
) -> widgets.Widget:
    """Let the reader choose a task and a number of steps, and see the fit from each start.

    Args:
        tasks: the task's name -> the task.
        answers: the task's name -> the start's name -> what the network answers at the query
            points, `(step, n, 1)` for every step from 0 on.
        steps: which steps to show.
    """
    return menu_explorer(
        "New task",
        {
            name: explorer("Steps", {str(n): _step_panel(task, answers[name], n) for n in steps})
            for name, task in tasks.items()
        },
    )


def _step_panel(task: Task, answers: Mapping[str, np.ndarray], step: int) -> str:
    panels = {name: (task, answer[step]) for name, answer in answers.items()}
    told = ", ".join(f"{name}: {_error(*panel):.2f}" for name, panel in panels.items())
    return picture(
        fits(panels),
        f"Answers of the network after {step} steps, one panel for each start; the mean squared "
        f"error is {told}",
    )


def _error(task: Task, answer: np.ndarray) -> float:
    return float(np.mean((answer - task[3]) ** 2))


def _draw_task(axis: plt.Axes, task: Task) -> None:
    x, y, x_query, y_query = task
    axis.plot(x_query, y_query, color=EMPTY, ls="--", lw=1.4, label="the wave to be found")
    axis.plot(x, y, "ko", ms=4, label="points to adapt to")


def _legend_below(figure: Figure, axis: plt.Axes) -> None:
    handles, names = axis.get_legend_handles_labels()
    figure.tight_layout(rect=(0.01, 0.1, 1, 1))
    figure.legend(handles, names, loc="lower center", ncols=len(names), frameon=False)


def _flat(weights: Weights) -> np.ndarray:
    return np.concatenate([np.ravel(array) for array in weights])
