"""Plots and explorers: what words cannot show. It draws what it is given and computes no result.

This module holds what several lessons share; the other modules of this package hold the pictures
of one topic each. Every figure has axes, units and one style that is readable on light and dark
pages. Colour is never the only sign: a hatch or a word says the same.
"""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

TRAINABLE = "#c2570c"
FROZEN = "#3b6ea5"
EMPTY = "#8a8f98"

STYLE = {
    "figure.facecolor": "white",
    "figure.dpi": 110,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "font.size": 10,
    "hatch.linewidth": 0.6,
}


def images(x: np.ndarray, captions: Sequence[str], columns: int = 10) -> Figure:
    """Show small grey images in a grid, each with a caption.

    Args:
        x: float array (n, height, width, 1), 0 is black and 1 is white.
        captions: n texts.
        columns: images in a row.
    """
    rows = -(-len(x) // columns)
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(rows, columns, figsize=(0.8 * columns, 1.15 * rows))
        for axis in np.ravel(axes):
            axis.set_axis_off()
        for axis, image, caption in zip(np.ravel(axes), x, captions, strict=False):
            axis.imshow(image[..., 0], cmap="gray", vmin=0, vmax=1)
            axis.set_title(caption, loc="center", fontsize=9)
        figure.tight_layout(pad=0.3, h_pad=1.2)
    return shown(figure)


def shown(figure: Figure) -> Figure:
    """Close the figure, so that a cell that ends in it shows it once, not twice."""
    plt.close(figure)
    return figure
