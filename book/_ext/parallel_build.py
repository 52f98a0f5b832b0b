"""Sphinx extension: several processes make the pages.

Jupyter Book's own command has no option for that, and brings one extension that would forbid it:
sphinx_multitoc_numbering does not say whether it may run in parallel. It acts only where
`use_multitoc_numbering` is set, and here it is not.
"""

import os

from sphinx.application import Sphinx

# More than one for each processor: Sphinx deals the pages out in as many parts, and the long ones
# lie side by side, so that one process would still be at work when all others have ended.
PROCESSES_FOR_EACH_PROCESSOR = 3


def allow(app: Sphinx) -> None:
    """Ask for the processes, and say in that extension's place that it may run in them."""
    if not app.config.use_multitoc_numbering:
        app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True
    app.parallel = PROCESSES_FOR_EACH_PROCESSOR * (os.cpu_count() or 1)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, before anything is read."""
    app.connect("builder-inited", allow)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
