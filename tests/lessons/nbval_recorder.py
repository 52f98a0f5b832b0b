"""Run `pytest --nbval-lax` on one notebook, and keep what its cells put out.

nbval runs the cells, compares their outputs and reports. The messages that it reads from the kernel
are also given to nbclient, which makes the executed notebook of them: the one that it would make
if it had run the cells itself, with the state of the widgets. After the last cell, the same kernel
tries the answers in `answers.json`, if there is such a file next to the notebook.

It must not know which lesson it runs or what the answers have to score.
"""

import sys
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.client import timestamp
from nbclient.exceptions import CellExecutionComplete
from nbval import plugin
from nbval.kernel import RunningKernel

EXECUTED = "executed.json"  # a notebook by another name, so that nbval does not collect it
ANSWERS, OUTCOMES = "answers.json", "outcomes.jsonl"
TRY_ANSWERS = Path(__file__).with_name("try_answers.py")
SECONDS_PER_CELL = 300
SECONDS_FOR_ANSWERS = 1800


class Recorder:
    """nbclient's view of a notebook that somebody else runs in the kernel of `client`."""

    def __init__(self, notebook: nbformat.NotebookNode, client: Any) -> None:
        self._nbclient = NotebookClient(notebook)
        self._nbclient.kc = client
        self._cells = ((i, c) for i, c in enumerate(notebook.cells) if c.cell_type == "code")
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        self._request = ""

    def begin(self, request: str) -> None:
        """Let the messages that answer `request` belong to the next code cell."""
        self._request = request
        self._index, self._cell = next(self._cells)
        self._cell.metadata["execution"] = {}
        self._nbclient.clear_before_next_output = False

    def take(self, channel: str, message: dict[str, Any]) -> None:
        """Put what a message says into the cell that it answers."""
        if message["parent_header"].get("msg_id") != self._request:
            return
        if channel == "shell":
            self._cell.metadata.execution["shell.execute_reply"] = timestamp(message)
            return
        with suppress(CellExecutionComplete):
            self._nbclient.process_message(message, self._cell, self._index)

    def executed(self, language: dict[str, Any]) -> nbformat.NotebookNode:
        """Return the notebook with its outputs, and stop listening."""
        self._request = ""
        self._nbclient.nb.metadata["language_info"] = language
        self._nbclient.set_widgets_metadata()
        return self._nbclient.nb


class RecordingKernel(RunningKernel):
    """nbval's kernel of the only notebook in a folder; it leaves there what the cells put out."""

    def __init__(self, kernel_name: str, cwd: str, startup_timeout: float = 60) -> None:
        self._recorder: Recorder | None = None
        super().__init__(kernel_name, cwd, startup_timeout)
        self._folder = Path(cwd)
        (path,) = self._folder.glob("*.ipynb")
        info = self.kc.kernel_info(reply=True, timeout=startup_timeout)
        self._language = info["content"]["language_info"]
        self._recorder = Recorder(nbformat.read(path, as_version=4), self.kc)

    def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
        """Run a cell as nbval does, but count it, as notebooks do."""
        request = self.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False)
        self._recorder.begin(request)
        return request

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        """Return the next message, recorded."""
        message = super().get_message(stream, timeout)
        if self._recorder:
            self._recorder.take(stream, message)
        return message

    def await_reply(self, msg_id: str, timeout: float = SECONDS_PER_CELL) -> None:
        """Wait for a reply as nbval does, but not for one from a kernel that has died."""
        for _ in range(round(timeout)):
            with suppress(Empty):
                return super().await_reply(msg_id, timeout=1)
            if not self.is_alive():
                raise RuntimeError("The kernel died.")
        raise Empty

    def stop(self) -> None:
        """Write the executed notebook and try the answers, then stop."""
        executed = self._recorder.executed(self._language)
        (self._folder / EXECUTED).write_text(nbformat.writes(executed), encoding="utf-8")
        if (self._folder / ANSWERS).exists() and not first_error(executed):
            self._try_answers()
        super().stop()

    def _try_answers(self) -> None:
        call = f"['try_answers'](dict(globals()), {str(self._folder)!r})"
        code = f"__import__('runpy').run_path({str(TRY_ANSWERS)!r}){call}"
        request = self.kc.execute(code, silent=True)
        with suppress(Empty, RuntimeError):  # what has no outcome was not tried
            self.await_reply(request, SECONDS_FOR_ANSWERS)


def first_error(notebook: nbformat.NotebookNode) -> str:
    """Say what stopped a notebook first, or that it did not come to its end; else nothing."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return f"{output.ename}: {output.evalue}"
        if cell.cell_type == "code" and not cell.execution_count:
            return "its kernel stopped before the last cell"
    return ""


def main(notebook: Path) -> int:
    """Run pytest with nbval on a notebook; return its exit code."""
    plugin.RunningKernel = RecordingKernel
    options = ["-q", "-p", "no:cacheprovider", "--rootdir", str(notebook.parent)]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # nbval was imported above
    options += ["--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={SECONDS_PER_CELL}"]
    return pytest.main([*options, str(notebook)])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
