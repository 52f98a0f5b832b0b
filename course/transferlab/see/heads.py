"""Pictures of heads: what they cost, how scores become probabilities, how heads learn.

Draws the numbers and models it is given; trains nothing and changes no model.
"""

import html
from collections.abc import Mapping, Sequence

import ipywidgets as widgets
import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from transferlab.see import EMPTY, FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import menu_explorer, picture

LINES = ((FROZEN, "-", "o"), (TRAINABLE, "--", "s"))  # colour, line and marker of each method


def sizes(models: Mapping[str, tuple[int, int]]) -> Figure:
    """Draw a bar for each model: the parameters of its base, and behind them those of its head.

    Args:
        models: name -> (parameters of the base, parameters of the head).
    """
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 0.45 * len(models) + 1.2))
        base, head = (np.array(counts) / 1e6 for counts in zip(*models.values(), strict=True))
        axis.barh(list(models), base, color=FROZEN, hatch="///", edgecolor="white", label="base")
        axis.barh(list(models), head, left=base, color=TRAINABLE, label="head")
        for row, (_, count) in enumerate(models.values()):
            axis.text(base[row] + head[row], row, f" head {count:,}", va="center", fontsize=9)
        axis.set_xlim(0, 1.35 * float(np.max(base + head)))
        axis.set_xlabel("parameters (millions)")
        axis.invert_yaxis()
        figure.legend(loc="upper right", ncols=2, frameon=False)
        figure.tight_layout(rect=(0, 0, 1, 1 - 0.28 / figure.get_figheight()))
    return shown(figure)


def scores_to_probabilities(image: np.ndarray, scores: np.ndarray, names: Sequence[str]) -> Figure:
    """Show an image, the score of each class for it, and what softmax makes of the scores.

    Args:
        image: (height, width, 1), from 0 to 1.
        scores: (classes,), of any size and sign.
        names: one for each class.
    """
    probabilities = np.exp(scores - scores.max())
    probabilities /= probabilities.sum()
    with plt.rc_context(STYLE):
        figure, (left, *rest) = plt.subplots(
            1, 3, figsize=(7.6, 2.5), width_ratios=(1, 2.2, 2.2), layout="constrained"
        )
        left.imshow(image[..., 0], cmap="gray", vmin=0, vmax=1)
        left.set_axis_off()
        for axis, values, title in zip(
            rest, (scores, probabilities), ("scores (no unit)", "after softmax"), strict=True
        ):
            _bars(axis, values, names)
            axis.set_title(title)
        rest[1].set_ylabel("probability (sum is 1)")
    return shown(figure)


def loss_curves(curves: Mapping[str, Sequence[Sequence[float]]], floor: float) -> Figure:
    """Draw the training loss of two methods, epoch by epoch, a line for each seed.

    Args:
        curves: method -> seed -> loss of each epoch.
        floor: the loss of guessing all classes equally, drawn as a dotted line.
    """
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(6.4, 3))
        for (name, seeds), (colour, line, marker) in zip(curves.items(), LINES, strict=True):
            for position, losses in enumerate(seeds):
                axis.plot(
                    np.arange(1, len(losses) + 1),
                    losses,
                    color=colour,
                    linestyle=line,
                    marker=marker,
                    markersize=3,
                    linewidth=1,
                    label=f"{name} (a line per seed)" if position == 0 else None,
                )
        axis.axhline(floor, color="black", linestyle=":", label=f"guessing ({floor:.2f})")
        axis.set(xlabel="epoch", ylabel="training loss (cross-entropy)")
        axis.set_ylim(bottom=0)
        axis.legend(frameon=False)
        figure.tight_layout()
    return shown(figure)


def head_explorer(
    heads: Mapping[str, keras.Model],
    features: str,
    old: str,
    image: np.ndarray,
    names: Sequence[str],
) -> widgets.Widget:
    """Let the reader swap the head and see its layers, its outputs for an image, and a verdict.

    Args:
        heads: name -> a model; all have the same layers up to the one called `features`.
        features: the name of the last layer that all of them share.
        old: the name of the final layer of the old head, which some of them still hold.
        image: one image (height, width, 1).
        names: the classes of the new task.
    """
    return menu_explorer(
        "Head", {name: _panel(model, features, old, image, names) for name, model in heads.items()}
    )


def _panel(
    model: keras.Model, features: str, old: str, image: np.ndarray, names: Sequence[str]
) -> str:
    """Return one panel: verdict, table of the layers behind the base, and the outputs as bars."""
    position = [layer.name for layer in model.layers].index(features) + 1
    base, head = model.layers[:position], model.layers[position:]
    outputs = model(image[None]).numpy()[0]
    learning = sum(weight.numpy().size for weight in model.trainable_weights)
    table = "".join(
        [
            _row(
                f"base: {len(base)} layers up to <code>{html.escape(features)}</code>",
                model.get_layer(features).output.shape,
                sum(layer.count_params() for layer in base),
                learns=False,
            ),
            *(
                _row(
                    f"<code>{html.escape(layer.name)}</code> ({_described(layer)})",
                    layer.output.shape,
                    layer.count_params(),
                    learns=layer.trainable,
                )
                for layer in head
            ),
        ]
    )
    right, verdict = _verdict(head, old, outputs, names)
    return (
        f"<p><strong>{'✔ Right' if right else '✘ Wrong'}.</strong> {verdict} "
        f"<strong>{learning:,}</strong> parameters learn.</p>"
        '<table style="border-collapse:collapse;font-size:.9em"><thead><tr><th>layers</th>'
        "<th>output</th><th>parameters</th><th>state</th></tr></thead>"
        f"<tbody>{table}</tbody></table>{_outputs_picture(outputs, names)}"
    )


def _row(name: str, shape: Sequence[int | None], count: int, *, learns: bool) -> str:
    colour = EMPTY if count == 0 else TRAINABLE if learns else FROZEN
    state = "no weights" if count == 0 else "▲ learns" if learns else "❄ frozen"
    sides = ", ".join(str(side) for side in shape[1:])
    cells = ((name, "left"), (f"({sides})", "left"), (f"{count:,}", "right"), (state, "left"))
    columns = "".join(
        f'<td style="padding:.15em .8em;text-align:{align}">{text}</td>' for text, align in cells
    )
    return f'<tr style="border-left:.5em solid {colour}">{columns}</tr>'


def _described(layer: keras.Layer) -> str:
    """Return the kind of a layer, with its activation if it is a Dense layer."""
    kind = type(layer).__name__
    return f"{kind}, {layer.activation.__name__}" if isinstance(layer, keras.layers.Dense) else kind


def _verdict(
    head: Sequence[keras.Layer], old: str, outputs: np.ndarray, names: Sequence[str]
) -> tuple[bool, str]:
    """Return whether a head answers with probabilities of the classes, and why (not)."""
    if head[-1].name == old:
        return False, f"It answers with the {len(outputs)} old classes, whatever you show it."
    for layer in head:
        if layer.name == old:
            return False, (
                f"The new layer reads {layer.units} probabilities of the old classes, and not the "
                f"{layer.input.shape[-1]} features. No error, and it learns badly."
            )
    if outputs.ndim > 1:
        places = int(np.prod(outputs.shape[:-1]))
        return False, f"It gives an answer for each of the {places} places of the map, not one."
    if len(outputs) != len(names):
        return False, (
            f"{len(outputs)} outputs, and there are {len(names)} classes: nothing can ever "
            f"be taken for a {names[-1]}, and its label is out of range."
        )
    if np.any(outputs < 0):
        return False, "Some outputs are negative: they are scores, not probabilities."
    if not np.isclose(outputs.sum(), 1, atol=1e-4):
        return False, f"The outputs sum to {outputs.sum():.2f}: they do not share out a sum of 1."
    return True, f"One probability for each of the {len(names)} classes, made from the features."


def _outputs_picture(outputs: np.ndarray, names: Sequence[str]) -> str:
    """Return the outputs for one image as bars; a map of outputs is laid out in a row."""
    values = outputs.ravel()
    labels = names if len(values) <= len(names) else ()
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(5.6, 1.9))
        _bars(axis, values, labels)
        axis.set_ylabel("output (no unit)")
        axis.set_xlabel("class" if labels else f"number of the output, 0 to {len(values) - 1}")
        axis.set_title(f"outputs for one image; they sum to {values.sum():.2f}")
        figure.tight_layout()
    return picture(
        figure, f"{len(values)} outputs for one image as bars, which sum to {values.sum():.2f}"
    )


def _bars(axis: plt.Axes, values: np.ndarray, names: Sequence[str]) -> None:
    """Draw a bar for each value; colour and hatch mark the largest."""
    bars = axis.bar(range(len(values)), values, color=FROZEN)
    largest = bars[int(np.argmax(values))]
    largest.set(facecolor=TRAINABLE, hatch="///", edgecolor="white")
    axis.axhline(0, color="black", linewidth=0.6)
    if len(names):
        size = 9 if len(names) <= 10 else 7
        axis.set_xticks(range(len(values)), list(names)[: len(values)], fontsize=size)
