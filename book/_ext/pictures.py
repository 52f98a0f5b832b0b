"""Sphinx extension: the size of each picture, and whether it is a plot that may turn dark.

It must not know a lesson. A plot is ink on paper: in dark mode the style sheet swaps the two. A
photo or a drawn letter must not become its own negative, so it keeps its light paper.
"""

import base64
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
from myst_nb.sphinx_ import NbMetadataCollector
from PIL import Image
from sphinx.application import Sphinx

FILE = re.compile(r'<img [^>]*?src="[^"]*?_images/(?P<name>[^"/]+\.png)"[^>]*?/?>')
# In the JSON of the widgets' state, where each quote is preceded by a backslash.
EMBEDDED = re.compile(r'src=\\"data:image/png;base64,(?P<data>[A-Za-z0-9+/=]+)\\"')
FLAT_SHADES = 4  # the number of greys that may fill the bars and bands of a plot
ABOVE_THE_FOLD = 1  # pictures of a page that are loaded at once


def facts(png: bytes) -> tuple[int, int, bool]:
    """Return a picture's width and height, and whether it is a plot."""
    with Image.open(io.BytesIO(png)) as picture:
        width, height = picture.size
        pixels = np.asarray(picture.convert("RGB"), dtype=np.int16)
    return width, height, is_plot(pixels)


def is_plot(pixels: np.ndarray) -> bool:
    """Return whether an array (height, width, 3) is ink on white paper, not a picture of something.

    A picture has areas in many shades of grey. A plot may have areas in a few shades, and its other
    greys are the edges of its letters.
    """
    return shaded(pixels) < 0.02


def shaded(pixels: np.ndarray) -> float:
    """Return the share of pixels within grey areas, except those in the few commonest shades."""
    # This is several times faster than working along the short last axis.
    red, green, blue = np.moveaxis(pixels, -1, 0)
    low = np.minimum(np.minimum(red, green), blue)
    high = np.maximum(np.maximum(red, green), blue)
    grey = (high - low < 12) & (high < 245)
    within = grey[1:-1, 1:-1].copy()
    height, width = grey.shape
    for row, column in ((0, 1), (2, 1), (1, 0), (1, 2)):
        within &= grey[row : height - 2 + row, column : width - 2 + column]
    shades = np.sort(np.bincount(high[1:-1, 1:-1][within], minlength=256))
    return float(shades[:-FLAT_SHADES].sum() / within.size)


def attributes(png: bytes, quote: str = '"') -> str:
    """Return the attributes that an `img` element needs for this picture."""
    width, height, plot = facts(png)
    kind = f" class={quote}{'plot' if plot else 'picture'} dark-light{quote}"
    return f" width={quote}{width}{quote} height={quote}{height}{quote}{kind}"


def dress_files(body: str, read: dict[str, Path]) -> str:
    """Give each picture of a page its size and kind; all after the first are loaded late."""
    seen = 0

    def dress(found: re.Match[str]) -> str:
        nonlocal seen
        tag, path = found[0], read.get(found["name"])
        if path is None or " width=" in tag:
            return tag
        seen += 1
        late = ' loading="lazy"' if seen > ABOVE_THE_FOLD else ""
        return tag.replace("<img ", f'<img{attributes(path.read_bytes())}{late} decoding="async" ')

    return FILE.sub(dress, body)


def dress_embedded(state: str) -> str:
    """Give each picture in the widgets' state its size and kind."""
    return EMBEDDED.sub(
        lambda found: found[0] + attributes(base64.b64decode(found["data"]), '\\"'), state
    )


def dress_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Give all pictures of a page their size and kind."""
    if "body" not in context:
        return
    sources = {name: Path(app.srcdir, source) for source, name in app.builder.images.items()}
    context["body"] = dress_files(context["body"], sources)
    scripts = NbMetadataCollector.get_js_files(app.env, pagename)
    for path, options in scripts.values():
        if path is None and "body" in options:
            options["body"] = dress_embedded(options["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx, to run before myst_nb adds the widgets' state."""
    app.connect("html-page-context", dress_page, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
