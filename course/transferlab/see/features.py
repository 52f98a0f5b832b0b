"""Pictures of features and of what a classifier makes of them; trains nothing.

There are scores with their seeds, confusion matrices, and an explorer of pictures in the plane.
"""

from collections.abc import Mapping, Sequence

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from sklearn.neighbors import NearestNeighbors

from transferlab.experiment import Comparison
from transferlab.see import FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import explorer, picture

LOOKS = ((FROZEN, "o"), (TRAINABLE, "s"))  # colour and marker of each group of scores


def scores(groups: Mapping[str, Comparison], chance: float | None = None) -> Figure:
    """Draw the mean of each method as a large marker, and each seed as a small one next to it.

    Args:
        groups: one or two comparisons; the name of each goes into the legend. Methods of the same
            name share a row, and the rows are in the order of the first comparison.
        chance: the score of guessing, drawn as a dotted line.
    """
    rows = list(dict.fromkeys(name for group in groups.values() for name in group.scores))
    metric = next(iter(groups.values())).metric
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 0.5 * len(rows) + 1.3))
        for position, (label, group) in enumerate(groups.items()):
            colour, marker = LOOKS[position]
            shift = 0.3 * (position - (len(groups) - 1) / 2)
            for name, values in group.scores.items():
                height = rows.index(name) + shift
                axis.scatter(
                    values,
                    [height] * len(values),
                    s=14,
                    c=colour,
                    marker=marker,
                    alpha=0.45,
                    clip_on=False,  # a score of 1 is on the edge
                )
            heights = [rows.index(name) + shift for name in group.scores]
            means = [group.mean(name) for name in group.scores]
            axis.scatter(
                means,
                heights,
                s=80,
                c=colour,
                marker=marker,
                edgecolor="black",
                label=label,
                clip_on=False,
            )
            for mean, height in zip(means, heights, strict=True):
                axis.text(1.03, height, f"{mean:.2f}", va="center", color=colour)
        if chance is not None:
            axis.axvline(chance, color="black", linestyle=":", label=f"guessing ({chance:.2f})")
        axis.set_yticks(range(len(rows)), rows)
        axis.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5))
        axis.set_xlabel(f"{metric} (share of test images, 0 to 1; small: one seed, large: mean)")
        axis.grid(axis="y", alpha=0.3)
        figure.legend(loc="upper right", ncols=3, frameon=False)
        figure.tight_layout(rect=(0, 0, 1, 1 - 0.28 / figure.get_figheight()))
    return shown(figure)


def confusion(matrix: np.ndarray, class_names: Sequence[str]) -> Figure:
    """Draw a confusion matrix: how many images of each true class (row) got each guess (column).

    Args:
        matrix: whole numbers `(classes, classes)`; the right guesses are on the diagonal.
        class_names: one text per class.

    The shade shows the size of a mistake; right guesses are framed and not shaded.
    """
    classes = len(class_names)
    mistakes = np.where(np.eye(classes, dtype=bool), 0, matrix)
    most = max(int(mistakes.max()), 1)
    side = max(3.2, 0.43 * classes)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(side + 1.2, side + 0.4))
        axis.imshow(mistakes, cmap="Oranges", vmin=0, vmax=1.3 * most)
        for (row, column), count in np.ndenumerate(matrix):
            right = row == column
            if count:
                weight = "bold" if right or count == most else "normal"
                axis.text(column, row, count, ha="center", va="center", fontweight=weight)
            if right:
                axis.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False))
        turn = 0 if max(map(len, class_names)) <= 2 else 45
        axis.set_xticks(range(classes), class_names, rotation=turn)
        axis.set_yticks(range(classes), class_names)
        axis.set(xlabel="guessed class", ylabel="true class", title="number of test images")
        axis.spines[:].set_visible(True)
        figure.tight_layout()
    return shown(figure)


def embedding_explorer(
    planes: Mapping[str, Mapping[str, np.ndarray]], labels: np.ndarray
) -> widgets.Widget:
    """Let the reader choose what images are described by and how that is laid out in the plane.

    Args:
        planes: name of the description -> name of the layout -> points (n, 2).
        labels: whole numbers 0 to 9 (n,); each point is drawn as its label.
    """
    return explorer(
        "Describe each image by",
        {
            description: explorer(
                "Lay out with",
                {
                    layout: _plane(points, labels, description, layout)
                    for layout, points in of.items()
                },
                chosen=len(of) - 1,
            )
            for description, of in planes.items()
        },
    )


def _plane(points: np.ndarray, labels: np.ndarray, description: str, layout: str) -> str:
    """Return one panel: the points as digits, and how many have the same digit next to them."""
    colours = plt.get_cmap("tab10").colors  # type: ignore[attr-defined]
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(5, 4))
        for label in np.unique(labels):
            x, y = points[labels == label].T
            axis.scatter(x, y, 34, color=colours[label], marker=f"${label}$", linewidths=0.3)
        axis.set(xticks=[], yticks=[])
        axis.set_xlabel(f"{layout}, first direction (no unit)")
        axis.set_ylabel("second direction (no unit)")
        axis.set_title(f"{description}, {layout}")
        figure.tight_layout()
    share = _like_beside_like(points, labels)
    alt = (
        f"{len(labels)} digits as points in the plane, described by {description} and laid out "
        f"with {layout}; the nearest neighbour of {share:.0%} is the same digit"
    )
    note = (
        f"<p>The nearest neighbour of <strong>{share:.0%}</strong> of these digits is the same "
        "digit.</p>"
    )
    return picture(figure, alt) + note


def _like_beside_like(points: np.ndarray, labels: np.ndarray) -> float:
    nearest = NearestNeighbors(n_neighbors=1).fit(points).kneighbors(return_distance=False)
    return float(np.mean(labels[nearest[:, 0]] == labels))
