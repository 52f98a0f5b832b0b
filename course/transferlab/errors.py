"""The base of every error that a student may see: one sentence, no traceback.

It must not know any lesson.
"""

import textwrap

# nbgrader's Validate window shows a line of code text this long without cutting it.
_COLUMNS = 88


class TransferlabError(Exception):
    """An error whose message is one sentence with a next step.

    IPython shows an exception by calling its `_render_traceback_`, when there is one, so a
    notebook shows the sentence alone. Plain Python still prints the full traceback.
    """

    def _render_traceback_(self) -> list[str]:
        return textwrap.wrap(f"{type(self).__name__}: {self}", _COLUMNS, break_on_hyphens=False)
