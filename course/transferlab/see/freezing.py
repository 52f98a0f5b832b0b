"""Pictures of freezing: parameters per layer, how far weights moved, and the cut to be moved."""

import html
from collections.abc import Mapping

import ipywidgets as widgets
import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from transferlab.see import EMPTY, FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import explorer


def parameters(model: keras.Model) -> Figure:
    """Draw how many parameters each layer holds, frozen and trainable ones marked."""
    layers = model.layers
    counts = [layer.count_params() for layer in layers]
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 0.34 * len(layers) + 1))
        bars = axis.barh([layer.name for layer in layers], counts, edgecolor="white")
        for bar, layer, count in zip(bars, layers, counts, strict=True):
            _paint(bar, frozen=not layer.trainable)
            axis.text(count, bar.get_y() + bar.get_height() / 2, f" {count:,}", va="center")
        axis.invert_yaxis()
        axis.set(xlabel="parameters (count)", ylabel="layer, from input to output")
        axis.set_xlim(0, 1.18 * max([*counts, 1]))
        _legend(figure)
        figure.tight_layout(rect=(0, 0, 1, 0.94))
    return shown(figure)


def movement(
    before: Mapping[str, np.ndarray],
    after: Mapping[str, np.ndarray],
    model: keras.Model,
    title: str = "",
) -> Figure:
    """Draw how far each weight moved: the norm of its change over the norm of its old value.

    Args:
        before: values by ``weight.path``, before training.
        after: the same paths, after training.
        model: gives the flags: a weight counts as frozen where its layer says so.
        title: what was done between `before` and `after`.
    """
    flags = {w.path: not layer.trainable for layer in model.layers for w in layer.weights}
    change = [_relative_change(before[path], after[path]) for path in flags]
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 0.3 * len(flags) + 1.2))
        names = ["/".join(path.split("/")[-2:]) for path in flags]
        bars = axis.barh(names, change, edgecolor="white")
        for bar, frozen, value in zip(bars, flags.values(), change, strict=True):
            _paint(bar, frozen=frozen)
            text = " did not move" if value == 0 else f" {value:.{0 if value >= 10 else 1}f} %"
            axis.text(value, bar.get_y() + bar.get_height() / 2, text, va="center", fontsize=9)
        axis.invert_yaxis()
        axis.set(xlabel="change (% of the weight's size before)", ylabel="weight")
        axis.set_xlim(0, 1.25 * max([*change, 1e-6]))
        _legend(figure, title)
        figure.tight_layout(rect=(0, 0, 1, 0.94))
    return shown(figure)


def freezing_explorer(model: keras.Model) -> widgets.Widget:
    """Let the reader move the cut: freeze ``model.layers[:n]`` for any n, and see what is left.

    The panels are made beforehand and linked in the browser, so that the explorer also works on a
    page without a kernel. The model itself is left as it is.
    """
    depth = len(model.layers)
    panels = {_cut_label(cut, depth): _cut_panel(model, cut) for cut in range(depth + 1)}
    return explorer("Freeze", panels, chosen=depth - 3)


def _cut_label(cut: int, depth: int) -> str:
    if cut == 0:
        return "nothing"
    return "layers[:]" if cut == depth else f"layers[:{cut - depth}]"


def _cut_panel(model: keras.Model, cut: int) -> str:
    """Return one panel: a row per layer, and the sum of what can still learn."""
    counts = [layer.count_params() for layer in model.layers]
    left, total = sum(counts[cut:]), sum(counts)
    rows = "".join(
        _layer_row(layer.name, count, position < cut, max(counts))
        for position, (layer, count) in enumerate(zip(model.layers, counts, strict=True))
    )
    return (
        f"<p><strong>{left:,}</strong> of {total:,} parameters can learn "
        f"({left / total:.1%}); {cut} of {len(counts)} layers frozen.</p>"
        '<table class="tl-layers" style="border-collapse:collapse;font-size:.9em">'
        "<thead><tr><th>layer</th><th>state</th><th>parameters</th><td></td></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _layer_row(name: str, count: int, frozen: bool, largest: int) -> str:
    colour = EMPTY if count == 0 else FROZEN if frozen else TRAINABLE
    state = "no weights" if count == 0 else "❄ frozen" if frozen else "▲ learns"
    cell = 'style="padding:.15em .8em;text-align:{}"'
    bar = f"display:inline-block;height:.8em;width:{9 * count / largest:.2f}em;background:{colour}"
    return (
        f'<tr style="border-left:.5em solid {colour}">'
        f"<td {cell.format('left')}><code>{html.escape(name)}</code></td>"
        f"<td {cell.format('left')}>{state}</td>"
        f"<td {cell.format('right')}>{count:,}</td>"
        f'<td {cell.format("left")}><span aria-hidden="true" style="{bar}"></span></td></tr>'
    )


def _relative_change(before: np.ndarray, after: np.ndarray) -> float:
    """Return the change in percent; a weight that starts at zero is measured against one."""
    return 100 * float(np.linalg.norm(after - before)) / (float(np.linalg.norm(before)) or 1.0)


def _paint(bar: Rectangle, frozen: bool) -> None:
    bar.set_facecolor(FROZEN if frozen else TRAINABLE)
    bar.set_hatch("///" if frozen else "")


def _legend(figure: Figure, title: str = "") -> None:
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.legend(
        handles=[
            Patch(facecolor=FROZEN, hatch="///", edgecolor="white", label="frozen"),
            Patch(facecolor=TRAINABLE, label="trainable"),
        ],
        loc="upper right",
        ncols=2,
        frameon=False,
    )
