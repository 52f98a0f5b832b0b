"""Make the pages of a lesson, the reader's and the instructor's; it knows nothing about Sphinx.

The reader's page is the student notebook with the outputs of the solved run. It never holds a
solution or a hidden test, because its sources are the student's own: only the *outputs* of the
solved cells are taken over, cell by cell.
"""

import ast
import copy
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import nbformat
from nbformat import NotebookNode

from autograder.answer_bank import Answer

# The answers of a lesson by exercise, both right and wrong.
Bank = Mapping[str, Sequence[Answer]]

WIDGET = "application/vnd.jupyter.widget-view+json"

# What a reader sees in place of a panel that only a running kernel can fill.
NEEDS_A_KERNEL = {
    "progress.panel": "In JupyterLab your progress is shown here: the questions you have answered "
    "and the checks your code has passed.",
    "quiz.score": "In JupyterLab this cell counts your right answers.",
    "reflect.form": "In JupyterLab a short form appears here. What you write stays on your "
    "machine, in the file reflection.md in the lesson's folder.",
}


class PageError(Exception):
    """A lesson cannot become a page; the message says what to do next."""


def require_same_cells(name: str, student: NotebookNode, solved: NotebookNode) -> None:
    """Raise PageError unless each code cell of the student notebook is in the solved one."""
    known = {_key(cell) for cell in solved.cells}
    if any(cell.cell_type == "code" and _key(cell) not in known for cell in student.cells):
        raise PageError(
            f"course/{name} does not match solutions/{name}.py: "
            "run `autograder release`, then run this again."
        )


def page(student: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """Return the student notebook with the solved run's outputs and its cells tagged for reading.

    The outputs are taken over, not copied; the student notebook itself is not changed.
    """
    solved = {_key(cell): cell for cell in executed.cells}
    reading = copy.deepcopy(student)
    for cell in reading.cells:
        if cell.cell_type == "code":
            outputs = solved[_key(cell)].outputs
            cell.outputs = [output for output in outputs if not _is_progress_bar(output)]
            cell.execution_count = solved[_key(cell)].execution_count
            _dress(cell)
    for part in ("language_info", "widgets"):
        if part in executed.metadata:
            reading.metadata[part] = executed.metadata[part]
    reading.metadata.update(run_time(executed))
    return reading


def run_time(executed: NotebookNode) -> dict[str, str]:
    """Return when the notebook ran and for how many seconds; nothing if its cells don't say."""
    times = [cell.metadata.get("execution", {}) for cell in executed.cells]
    began = [time["iopub.status.busy"] for time in times if "iopub.status.busy" in time]
    ended = [time["shell.execute_reply"] for time in times if "shell.execute_reply" in time]
    if not began or not ended:
        return {}
    first, last = datetime.fromisoformat(min(began)), datetime.fromisoformat(max(ended))
    seconds = max(1, round((last - first).total_seconds()))
    return {"run_seconds": str(seconds), "run_day": last.date().isoformat()}


def misconceptions(answers: Bank, exercises: Sequence[str]) -> str:
    """Return the section on a lesson's wrong answers, in Markdown.

    It contains no code, so that nothing is given away.

    `answers` holds the bank's answers by exercise, `exercises` the names in the lesson's order.
    """
    wrong = {name: [a for a in answers.get(name, ()) if a.kind == "wrong"] for name in exercises}
    lines = [""]
    if any(wrong.values()):
        lines += ["", "## Misconceptions", ""]
        lines += ["Answers that the checks refuse, each with part of the check's message."]
    for exercise, refused in wrong.items():
        if refused:
            lines += ["", f"### {exercise}", ""]
            lines += ["| What students do | The message says |", "|---|---|"]
            lines += [f"| {_as_text(a.title)} | … {_as_text(a.message)} … |" for a in refused]
    return "\n".join([*lines, ""])


def _as_text(text: str) -> str:
    """Return plain text as Markdown; only code between backticks stays markup."""
    pieces = text.split("`") if text.count("`") % 2 == 0 else [text]
    for place, piece in enumerate(pieces):
        within_code = place % 2  # there, only a bar is special: it would end the table's cell
        special = r"[|]" if within_code else r"[\\`*_\[\]{}<>#|~$^]"
        pieces[place] = re.sub(special, r"\\\g<0>", piece)
    return "`".join(pieces)


def _key(cell: NotebookNode) -> str:
    """Return nbgrader's name of a cell, else its id; both stay the same in student notebooks."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id)


def _is_progress_bar(output: NotebookNode) -> bool:
    """Return whether this is a bar of tqdm; it is hidden once full and would leave a gap."""
    data = output.get("data", {})
    text = data.get("text/plain", "")
    return WIDGET in data and re.match(r".*\d+%\|.*\| \d+/\d+ \[", text) is not None


def _dress(cell: NotebookNode) -> None:
    """Tag a code cell so that a page reads well: quiz calls hidden, checks folded away."""
    tags = set(cell.metadata.get("tags", []))
    may_need = any(call in cell.source for call in NEEDS_A_KERNEL)  # faster than parsing each cell
    needs = NEEDS_A_KERNEL.get(last_call(cell.source)) if may_need else None
    graded = cell.metadata.get("nbgrader", {})
    if needs:
        tags.add("remove-input")
        html = f'<p class="needs-a-kernel">{needs}</p>'
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": html})]
    elif "quiz" in tags:
        tags.add("remove-input")
    elif graded.get("grade"):
        tags |= {"hide-input", "check"}
    elif graded.get("solution"):
        tags.add("exercise")
    cell.metadata["tags"] = sorted(tags)


def statements(source: str) -> list[ast.stmt]:
    """Return a cell's statements in order; none for a cell with a line magic, none of ours."""
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []


def last_call(source: str) -> str:
    """Return the dotted name that a cell's last expression calls, such as `quiz.score`, or ""."""
    body = statements(source)
    last = body[-1] if body else None
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        return ast.unparse(last.value.func)
    return ""
