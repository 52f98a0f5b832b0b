"""Sphinx extension: what every page of this course needs beyond the theme.

Each page's policy makes the browser contact only the host that served the page. `'unsafe-eval'` is
there for the widgets, which compile their JSON schemas, and `'unsafe-inline'` for the theme's own
small scripts and the notebooks' inline styles.
"""

from typing import Any

from sphinx.application import Sphinx

POLICY = (
    "default-src 'self' data: blob:; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'"
)
# myst_nb gives every fold this same name, which hides the words in it ("Show the check").
FOLD_WITH_A_NAME_OF_ITS_OWN = '<summary aria-label="Toggle hidden content">'


def add_policy(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Put the policy into the page's head, before anything that is loaded."""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />\n'
    context["metatags"] = policy + context.get("metatags", "")


def name_folds_by_their_words(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Make a screen reader say what a sighted reader sees on a folded cell."""
    if "body" in context:
        context["body"] = context["body"].replace(FOLD_WITH_A_NAME_OF_ITS_OWN, "<summary>")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("html-page-context", add_policy)
    app.connect("html-page-context", name_folds_by_their_words)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
