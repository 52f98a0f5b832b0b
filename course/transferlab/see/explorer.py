"""Explorers: a control and the panel that it chooses, which work with or without a kernel.

All panels are made beforehand and linked to the control in the browser. It must not know any topic.
"""

import base64
import io
from collections.abc import Mapping, Sequence
from html import escape

import ipywidgets as widgets
import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def picture(figure: Figure, alt: str) -> str:
    """Return a figure as an HTML image with its alternative text, and close it."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=90)
    plt.close(figure)
    data = base64.b64encode(stream.getvalue()).decode()
    return (
        f'<img alt="{escape(alt, quote=True)}" src="data:image/png;base64,{data}" '
        'style="max-width:100%;height:auto">'
    )


def explorer(
    description: str, panels: Mapping[str, str | widgets.Widget], chosen: int = 0
) -> widgets.VBox:
    """Return a row of buttons, one for each panel, and the panel that is chosen.

    Args:
        description: what is chosen, such as `"Layer"`; the control's accessible name.
        panels: the button's label -> the panel: HTML, or a widget (another explorer, for a second
            choice within the first).
        chosen: the position of the panel to begin with.

    Panels of HTML are announced by screen readers when they are chosen.
    """
    control = widgets.ToggleButtons(
        options=[(label, position) for position, label in enumerate(panels)],
        index=chosen,
        description=description,
        tooltips=[f"{description}: {label}" for label in panels],
        style={"button_width": "auto", "description_width": "auto"},
    )
    return _linked(control, list(panels.values()), chosen)


def menu_explorer(
    description: str, panels: Mapping[str, str | widgets.Widget], chosen: int = 0
) -> widgets.VBox:
    """Return the same as `explorer`, with a drop-down menu: for many or long labels."""
    control = widgets.Dropdown(
        options=[(label, position) for position, label in enumerate(panels)],
        index=chosen,
        description=description,
        style={"description_width": "auto"},
    )
    return _linked(control, list(panels.values()), chosen)


def _linked(
    control: widgets.Widget, panels: Sequence[str | widgets.Widget], chosen: int
) -> widgets.VBox:
    stack = widgets.Stack([_panel(panel) for panel in panels], selected_index=chosen)
    widgets.jslink((control, "index"), (stack, "selected_index"))
    return widgets.VBox([control, stack])


def _panel(panel: str | widgets.Widget) -> widgets.Widget:
    if isinstance(panel, widgets.Widget):
        return panel
    return widgets.HTML(f'<div aria-live="polite">{panel}</div>')
