"""Pictures of models taken apart: which layers a path keeps, and what each layer makes of an image.

It draws graphs and feature maps of the models it is given, and must not change them.
"""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch

from transferlab.see import EMPTY, FROZEN, STYLE, shown
from transferlab.see.explorer import explorer, picture

MAPS = 8  # of one layer, as many as fit next to the image
TILE = 48  # pixels of one map: a multiple of the sides that small models have
GAP = 6  # pixels between two maps
REST = MAPS * TILE + (MAPS - 1) * GAP  # pixels of a row next to its image


def graph(model: keras.Model, kept: keras.Model | None = None) -> Figure:
    """Draw the operations of a model from top to bottom, an arrow for each tensor between them.

    Args:
        model: each of its layers was called once.
        kept: another model with some of the same layers; the others are marked as left out.
    """
    operations = _operations(model)
    remaining = operations if kept is None else _operations(kept)
    row = {operation.name: -position for position, operation in enumerate(operations)}
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(6, 0.62 * len(operations) + 0.5))
        for operation in operations:
            _box(axis, operation, row[operation.name], kept=operation in remaining)
        for start, end in _edges(operations):
            _arrow(axis, row[start], row[end])
        axis.set(xlim=(-3, 3), ylim=(0.6 - len(operations), 0.6))
        axis.set_axis_off()
        if kept is not None:
            axis.legend(handles=[_look(True, Patch), _look(False, Patch)], loc="upper right")
        figure.tight_layout(pad=0.3)
    return shown(figure)


def feature_maps(
    x: np.ndarray, values: np.ndarray, labels: Sequence[str], units: Sequence[str] = ()
) -> Figure:
    """Show what a layer makes of images: a row for each image, with up to eight of its maps.

    Args:
        x: the images (n, height, width, 1), from 0 to 1.
        values: what the layer gives for them: maps (n, h, w, channels) or vectors (n, units). Of
            the maps those are shown that differ most; each is scaled by its own largest value.
        labels: n texts, one for each row.
        units: what each number of a vector stands for, if they have names.
    """
    n, *sides, count = values.shape
    if sides:
        channels = _unlike(values)
        columns = [_scaled(values[..., channel]) for channel in channels]
        names = [f"map {channel}" for channel in channels]
        caption = f"{len(channels)} of {count} maps, {sides[0]}x{sides[1]} numbers each"
    else:
        columns = [_scaled(values)[:, None, :]]
        names = [] if units else [f"all {count} numbers"]
        caption = "one number per stripe"
    wall, centres = _wall([x[..., 0], *columns])
    ticks = [TILE + GAP + (unit + 0.5) * REST / count for unit in range(len(units))]
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(6.4, 0.64 * n + 0.75))
        axis.imshow(wall, cmap="gray", vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        axis.set_xticks([*centres[: 1 + len(names)], *ticks], ["image", *names, *units], fontsize=9)
        axis.set_yticks([(TILE + GAP) * row + TILE / 2 for row in range(n)], labels)
        axis.xaxis.tick_top()
        axis.tick_params(length=0)
        axis.set_xlabel(f"{caption}; black is 0 or less, white the largest")
        axis.spines[:].set_visible(False)
        figure.tight_layout(pad=0.4)
    return shown(figure)


def feature_maps_explorer(
    model: keras.Model, x: np.ndarray, labels: Sequence[str], classes: Sequence[str]
) -> widgets.Widget:
    """Let the reader choose a layer and see what it makes of a few images.

    Args:
        model: a chain of layers for images (n, height, width, 1), which ends in probabilities.
        x: the images, n of them; few, for each has a row in every panel.
        labels: n texts.
        classes: what each of the probabilities is for.
    """
    depths = keras.Model(model.inputs[0], [layer.output for layer in model.layers])
    panels = {}
    for layer, values in zip(model.layers, depths(x), strict=True):
        shape = " by ".join(str(side) for side in values.shape[1:])
        units = classes if layer is model.layers[-1] else ()
        panels[layer.name] = picture(
            feature_maps(x, np.asarray(values), labels, units),
            f"What {layer.name} gives for {len(x)} images ({', '.join(labels)}): {shape} numbers "
            "each, drawn as brightness, one row for each image",
        )
    return explorer("Layer", panels)


def _operations(model: keras.Model) -> list[keras.Operation]:
    """Return all that a model computes, in order: layers, and additions written with a plus."""
    if isinstance(model, keras.Sequential):
        model = keras.Model(model.inputs, model.outputs)
    return model.operations


def _edges(operations: Sequence[keras.Operation]) -> list[tuple[str, str]]:
    """Return pairs of names: the operation that makes a tensor, and one that takes it."""
    maker = {id(tensor): op.name for op in operations for tensor in _list(op.output)}
    return [
        (maker[id(tensor)], operation.name)
        for operation in operations
        if not isinstance(operation, keras.layers.InputLayer)
        for tensor in _list(operation.input)
    ]


def _list(tensors: object) -> list[keras.KerasTensor]:
    return list(tensors) if isinstance(tensors, list | tuple) else [tensors]


def _box(axis: plt.Axes, operation: keras.Operation, y: int, kept: bool) -> None:
    axis.add_patch(_look(kept, FancyBboxPatch, (-1.5, y - 0.26), 3, 0.52, "round,pad=0.02"))
    shape = ", ".join(str(side) for side in _list(operation.output)[0].shape[1:])
    is_layer = isinstance(operation, keras.Layer)
    name = operation.name if is_layer else f"{type(operation).__name__}, not a layer"
    axis.text(0, y, f"{name}  ({shape})", ha="center", va="center")


def _look(kept: bool, shape: type[Patch], *where: object) -> Patch:
    look: dict[str, Any] = {"facecolor": "#dbe6f2", "edgecolor": FROZEN, "label": "kept"}
    if not kept:
        look = {"facecolor": "white", "edgecolor": EMPTY, "linestyle": "--", "label": "left out"}
    return shape(*where, linewidth=1.4, **look)


def _arrow(axis: plt.Axes, start: int, end: int) -> None:
    """Draw a straight arrow to the next row; to all others, a bow around the rows between."""
    straight = start - end == 1
    side, gap = (0.0, 0.28) if straight else (1.52, 0.0)
    axis.add_patch(
        FancyArrowPatch(
            (side, start - gap),
            (side, end + gap),
            connectionstyle="arc3" if straight else "arc3,rad=-0.5",
            arrowstyle="-|>",
            color="black",
            mutation_scale=11,
        )
    )


def _unlike(values: np.ndarray) -> list[int]:
    """Choose maps that differ: the liveliest, then always the one least like those chosen."""
    flat = values.reshape(-1, values.shape[-1]).astype(float)
    flat -= flat.mean(axis=0)
    size = np.linalg.norm(flat, axis=0)
    lively = np.flatnonzero(size > np.median(size) / 2)
    likeness = np.abs(flat.T @ flat) / np.maximum(np.outer(size, size), 1e-9)
    chosen = [int(np.argmax(size))]
    while len(chosen) < min(MAPS, len(lively)):
        rest = [channel for channel in lively if channel not in chosen]
        chosen.append(int(min(rest, key=lambda channel: likeness[channel, chosen].max())))
    return sorted(chosen)


def _scaled(values: np.ndarray) -> np.ndarray:
    """Bring values to 0..1 by the largest of them; what is negative becomes 0."""
    return np.clip(values, 0, None) / max(float(values.max()), 1e-9)


def _wall(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, list[float]]:
    """Put columns of images (n, h, w) side by side on white; return it and the columns' middles.

    The first column is one tile wide; a single column next to it is as wide as the rest.
    """
    widths = [TILE] * len(columns) if len(columns) > 2 else [TILE, REST]
    wall = np.ones((len(columns[0]) * (TILE + GAP) - GAP, sum(widths) + GAP * (len(widths) - 1)))
    left, centres = 0, []
    for column, width in zip(columns, widths, strict=True):
        for row, image in enumerate(column):
            top = row * (TILE + GAP)
            wall[top : top + TILE, left : left + width] = _stretched(image, TILE, width)
        centres.append(left + width / 2)
        left += width + GAP
    return wall, centres


def _stretched(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Repeat pixels until the image is `height` by `width`."""
    rows = np.arange(height) * image.shape[0] // height
    columns = np.arange(width) * image.shape[1] // width
    return image[np.ix_(rows, columns)]
