"""Pictures of models within models: boxes in boxes, the tree of flags, and pairs of images."""

import html
from collections.abc import Iterator, Mapping

import ipywidgets as widgets
import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch

from transferlab.see import EMPTY, FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import menu_explorer

GAP = 0.12


def boxes(model: keras.Model) -> Figure:
    """Draw a model as a box with its layers from left to right; nested models are boxes as well.

    A layer with weights is marked frozen or trainable by its own flag.
    """
    levels = _levels(model)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(9, 1.3 + 0.55 * levels))
        width = _draw(axis, model, left=0.0, levels=levels)
        axis.set(xlim=(-0.05, width + 0.05), ylim=(-levels * GAP - 0.1, 1.05 + levels * 0.45))
        axis.set_axis_off()
        figure.legend(
            handles=[
                Patch(facecolor=FROZEN, hatch="///", edgecolor="white", label="frozen"),
                Patch(facecolor=TRAINABLE, label="trainable"),
                Patch(facecolor="white", edgecolor=EMPTY, linestyle="--", label="no weights"),
            ],
            loc="lower center",
            ncols=3,
            frameon=False,
        )
        figure.tight_layout(rect=(0, 0.12, 1, 1), pad=0.2)
    return shown(figure)


def similarities(groups: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Draw how similar two images are, for pairs of the same class and of different ones.

    Args:
        groups: what was compared, such as `"pixels"` -> two float arrays `(n,)` and `(m,)`: the
            cosine similarities of pairs of the same class, and of pairs of different classes.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(1, len(groups), figsize=(4.5 * len(groups), 3.2), sharey=True)
        for axis, (name, (same, different)) in zip(np.ravel(axes), groups.items(), strict=True):
            bins = np.linspace(min(same.min(), different.min()), 1, 30)
            for values, style in (
                (different, {"facecolor": "#c9ccd1", "label": "of different classes"}),
                (same, {"facecolor": "none", "hatch": "///", "label": "of the same class"}),
            ):
                axis.hist(
                    values,
                    bins=bins,
                    weights=np.full(len(values), 100 / len(values)),
                    histtype="stepfilled",
                    edgecolor=TRAINABLE if "hatch" in style else EMPTY,
                    linewidth=1.2,
                    **style,
                )
            axis.set(title=name, xlabel="cosine similarity (no unit; 1 is the same direction)")
        axes = np.ravel(axes)
        axes[0].set_ylabel("pairs (% of their kind)")
        figure.legend(
            *axes[0].get_legend_handles_labels(), loc="upper center", ncols=2, frameon=False
        )
        figure.tight_layout(rect=(0, 0, 1, 0.92))
    return shown(figure)


def nesting_explorer(outer: keras.Model) -> widgets.Widget:
    """Let the reader set flags in a model and in the first model nested in it.

    Each panel shows the tree of flags, what the outer model trains, and what the inner model
    reports. The flags are set on a copy; the panels are linked in the browser, so that the
    explorer also works on a page without a kernel.
    """
    copy = keras.models.clone_model(outer)
    base = next(layer for layer in copy.layers if isinstance(layer, keras.Model))
    child = next(layer for layer in reversed(base.layers) if layer.weights)
    groups = {
        "outer": [copy],
        base.name: [base],
        child.name: [child],
        f"each layer of {base.name}": base.layers,
    }
    panels = {}
    for steps in _orders(*groups):
        for _, layer in _walk(copy):
            layer.trainable = True
        for name, value in steps:
            for layer in groups[name]:
                layer.trainable = value
        label = ", then ".join(f"{name} = {value}" for name, value in steps)
        panels[label or "nothing: all flags are True"] = _tree_panel(copy, base)
    return menu_explorer("Set flags", panels, chosen=1)


def _orders(
    outer: str, base: str, child: str, each: str
) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """Return the orders of steps to choose from; a step is a name and the value of its flag."""
    opened = ((base, False), (child, True))
    return (
        (),
        ((base, False),),
        opened,
        (*opened, (base, False)),
        (*opened, (base, True)),
        ((each, False),),
        ((each, False), (base, True)),
        ((outer, False),),
        ((outer, False), (child, True)),
    )


def _levels(layer: keras.Layer) -> int:
    return 1 + max(map(_levels, layer.layers)) if isinstance(layer, keras.Model) else 0


def _draw(axis: Axes, layer: keras.Layer, left: float, levels: int) -> float:
    """Draw a layer with its left edge at `left`, and return where its right edge is."""
    if not isinstance(layer, keras.Model):
        _leaf(axis, layer, left)
        return left + 1
    right = left + GAP
    for child in layer.layers:
        right = _draw(axis, child, right, levels - 1) + GAP
    bottom, height = -GAP * levels, 1 + 0.44 * levels + GAP * (levels - 1)
    axis.add_patch(
        FancyBboxPatch(
            (left, bottom),
            right - left,
            height,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor="none",
            edgecolor="black",
            linewidth=1.2,
        )
    )
    axis.text(
        left + GAP,
        bottom + height - 0.1,
        f"{layer.name}, a model: {layer.count_params():,} parameters",
        va="top",
        fontsize=9,
        weight="bold",
    )
    return right


def _leaf(axis: Axes, layer: keras.Layer, left: float) -> None:
    state = _state(layer)
    axis.add_patch(
        FancyBboxPatch(
            (left, 0),
            1,
            1,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor={"frozen": FROZEN, "learns": TRAINABLE}.get(state, "white"),
            edgecolor=EMPTY if state == "no weights" else "white",
            linestyle="--" if state == "no weights" else "-",
            hatch="///" if state == "frozen" else "",
            alpha=0.9,
        )
    )
    label = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
    lines = [layer.name.replace("_", "_\n")]
    if layer.weights:
        lines.append(f"{layer.count_params():,}")
    for height, text in zip((0.62, 0.22), lines, strict=False):
        axis.text(left + 0.5, height, text, ha="center", va="center", fontsize=8, bbox=label)


def _state(layer: keras.Layer) -> str:
    if not layer.weights:
        return "no weights"
    return "learns" if layer.trainable else "frozen"


def _walk(layer: keras.Layer, depth: int = 0) -> Iterator[tuple[int, keras.Layer]]:
    """Yield a layer and all layers within it, from the outside in, each with its depth."""
    yield depth, layer
    if isinstance(layer, keras.Model):
        for child in layer.layers:
            yield from _walk(child, depth + 1)


def _tree_panel(outer: keras.Model, base: keras.Model) -> str:
    """Return one panel: how much each model reports, and a row for each layer in the tree."""
    learning = {id(weight) for weight in outer.trainable_weights}
    rows = "".join(
        _tree_row(layer, depth, learning)
        for depth, layer in _walk(outer)
        if not isinstance(layer, keras.layers.InputLayer)
    )
    in_base = [weight for weight in base.weights if id(weight) in learning]
    agree = len(in_base) == len(base.trainable_weights)
    verdict = "They agree." if agree else "<strong>They do not agree.</strong>"
    return (
        f"<p>The outer model trains <strong>{_count(outer.trainable_weights):,}</strong> "
        f"parameters, {_count(in_base):,} of them in the base.<br>The base itself reports "
        f"<strong>{_count(base.trainable_weights):,}</strong>. {verdict}</p>"
        '<table class="tl-layers" style="border-collapse:collapse;font-size:.9em">'
        "<thead><tr><th>layer</th><th>own flag</th><th>trained by the outer model</th>"
        f"<th>parameters</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _tree_row(layer: keras.Layer, depth: int, learning: set[int]) -> str:
    total = layer.count_params()
    trained = _count([weight for weight in layer.weights if id(weight) in learning])
    if not total:
        state, colour = "no weights", EMPTY
    elif not trained:
        state, colour = "❄ frozen", FROZEN
    else:
        state, colour = "▲ learns" if trained == total else "▲ learns in part", TRAINABLE
    cell = 'style="padding:.15em .8em;text-align:{}"'
    indent = f'style="padding:.15em .8em .15em {0.8 + 1.6 * depth:.1f}em;text-align:left"'
    kind = " (model)" if isinstance(layer, keras.Model) else ""
    return (
        f'<tr style="border-left:.5em solid {colour}">'
        f"<td {indent}><code>{html.escape(layer.name)}</code>{kind}</td>"
        f"<td {cell.format('left')}>{layer.trainable}</td>"
        f"<td {cell.format('left')}>{state}</td>"
        f"<td {cell.format('right')}>{total:,}</td></tr>"
    )


def _count(weights: list[keras.Variable]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)
