"""Sphinx extension: every page tells the browser to ask no host but the one that served it.

`'unsafe-eval'` is there for the widgets (they compile their JSON schemas) and `'unsafe-inline'`
for the theme's own small scripts and the notebooks' inline styles.
"""

from typing import Any

from sphinx.application import Sphinx

POLICY = (
    "default-src 'self' data: blob:; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'"
)


def add_policy(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Put the policy into the page's head, before anything that loads."""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />\n'
    context["metatags"] = policy + context.get("metatags", "")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", add_policy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
