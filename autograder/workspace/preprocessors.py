"""Extend nbgrader's own pipelines, which still do the release, autograde and feedback.

The workspace's configuration adds these steps, so that nbgrader's commands and its formgrader do
the same as `autograder`. They must not know how a submission is run.
"""

import re
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor, SaveAutoGrades

from autograder.cells import is_check
from autograder.scoring import error_sentence, score_check

_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
_FONT = re.compile(r"@font-face\s*{.*?}", re.DOTALL)
# No content security policy forbids a refresh, which leads the reader to another page.
_REFRESH = re.compile(r"<meta\b[^>]*http-equiv[^>]*refresh[^>]*>", re.IGNORECASE)
# nbgrader's list of links gives every check the same name.
_LINK = re.compile(r'<a href="#([^"]+)">Test cell</a>')
# The page may show only its own contents: no script runs, and no request goes to any host.
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'\">"
)
# nbgrader's page hides a long message behind a scroll bar, and the marker that opens a hint.
_STYLE = "<style>pre { white-space: pre-wrap } summary { display: list-item }</style>"
_Result = tuple[NotebookNode, dict[str, Any]]


def show_reason(cell: NotebookNode, reason: str) -> None:
    """Show under a check why points were lost, unless an error already shows why."""
    if reason and not any(o.output_type == "error" for o in cell.get("outputs", [])):
        cell.outputs.append(new_output("stream", name="stdout", text=reason + "\n"))


class LetChecksFail(NbGraderPreprocessor):
    """A step that tags checks `raises-exception`: "Run All" continues past unsolved exercises."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> _Result:
        """Tag the cell if it is a check."""
        if is_check(cell):
            tags = cell.metadata.setdefault("tags", [])
            if "raises-exception" not in tags:
                tags.append("raises-exception")
        return cell, resources


class SaveJudgedGrades(SaveAutoGrades):
    """A step that saves the judge's scores and shows under each check why points were lost."""

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        if not is_check(cell):
            super()._add_score(cell, resources)
            return
        grade = self.gradebook.find_grade(
            cell.metadata.nbgrader.grade_id, self.notebook_id, self.assignment_id, self.student_id
        )
        verdict = score_check(cell, grade.max_score)
        grade.auto_score = verdict.score
        grade.needs_manual_grade = grade.manual_score is not None
        self.gradebook.db.commit()
        show_reason(cell, verdict.reason)


class HideTests(ClearHiddenTests):
    """A step that takes hidden tests, and tracebacks that show them, out of a graded notebook."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> _Result:
        """Clear the cell if it is a check; leave a student's own cells as they are."""
        if is_check(cell):
            if self._remove_hidden_test_region(cell):
                cell.source += "\n# (hidden tests ran here)"
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [error_sentence(output)]
        return cell, resources


class OfflineHTMLExporter(HTMLExporter):
    """An exporter of feedback pages that work offline and run no script, not even a student's."""

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict | None = None, **kwargs: object
    ) -> tuple[str, dict[str, Any]]:
        """Export the page, name the checks in the list of links, and make the page inert."""
        html, resources = super().from_notebook_node(nb, resources, **kwargs)
        html = _LINK.sub(r'<a href="#\1">\1</a>', html)
        return make_page_offline(html), resources


def make_page_offline(html: str) -> str:
    """Make an HTML page inert: no scripts, no external fonts, no request to any host."""
    html = _REFRESH.sub("", _FONT.sub("", _SCRIPT.sub("", html)))
    return html.replace("<head>", f"<head>\n{_POLICY}", 1).replace("</head>", f"{_STYLE}</head>", 1)


def for_release() -> list[type]:
    """Return nbgrader's release steps and ours."""
    return [*GenerateAssignment.preprocessors.default(), LetChecksFail]


def for_autograde() -> list[type]:
    """Return nbgrader's autograde steps, with our judge in place of nbgrader's scoring."""
    return [
        SaveJudgedGrades if step is SaveAutoGrades else step
        for step in Autograde.autograde_preprocessors.default()
    ]


def for_feedback() -> list[type]:
    """Return our step that removes hidden tests, followed by nbgrader's feedback steps."""
    return [HideTests, *GenerateFeedback.preprocessors.default()]
