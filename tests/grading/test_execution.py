"""The runner shows what JupyterLab's kernel shows; limits end what must end, and no more."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace

import nbclient
import nbformat
import pytest

from autograder.carry import LAZY_MODULES
from autograder.errors import Stopped
from autograder.execution.notebook import Runtime, TimeLimits, execute
from autograder.grading.options import Options
from autograder.grading.this_machine import ENVIRONMENT, new_zygote, place_for
from autograder.processes.cold_start import ColdStart
from autograder.runner import RUNNER
from autograder.runner.run_cells import Channel

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="submissions are shut in on Linux only"
)

IMPORTS = ("ipywidgets", "matplotlib.pyplot")
CELLS = {
    "a value": "1 + 1",
    "text": "print('hi')\nimport sys\nprint('there')",
    "standard error": "print('careful', file=sys.stderr)",
    "both": "print('one')\nprint('two', file=sys.stderr)\nprint('three')",
    "an error": "def divide(x):\n    return 1 / x\n\ndivide(0)",
    "a syntax error": "def (",
    "a magic": "%pwd\n%precision 3",
    "a cell magic": "%%capture caught\nprint('kept')",
    "captured": "caught.stdout",
    "a shell command": "!echo from the shell",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\n'slept'",
    "an asynchronous function": "async def later():\n    return 3\n\nawait later()",
    "a figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "a figure not shown": "fig, ax = plt.subplots()",
    "HTML": "from IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'))",
    "updated": "handle = display('first', display_id=True)\nhandle.update('second')",
    "cleared": "from IPython.display import clear_output\nprint('gone')\nclear_output()\n1",
    "a widget": "import ipywidgets\nipywidgets.IntSlider(value=3)",
    "the last value": "_ = 5\nOut[1]",
    "input": "input('name? ')",
    "help": "len?",
    "exit": "raise SystemExit('enough')",
    "after that": "'still here'",
    "a thread": "import threading\nt = threading.Thread(target=lambda: print('beside'))\n"
    "t.start()\nt.join()",
    "a warning": "import warnings\nwarnings.warn('old')",
    "a data frame": "class Rich:\n    def _repr_html_(self): return '<i>rich</i>'\n\nRich()",
    "a widget with bytes": "ipywidgets.Image(value=b'GIF89a', format='gif')",
}


@pytest.fixture(scope="module")
def zygote():
    with new_zygote(IMPORTS) as zygote:
        zygote.wait_until_ready()
        yield zygote


@pytest.fixture
def run(zygote, tmp_path):
    """Run cells; return the notebook and how it went."""

    def run(*sources, launcher=zygote, cell_seconds=20, deadline=60, stop=None, sandboxed=True):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
        with place_for(Options(sandboxed=sandboxed)) as place:
            here = replace(place, files=tmp_path, folder="lesson")
            cells = range(len(sources))
            bounds = TimeLimits(cell_seconds, deadline, stop or threading.Event())
            ended = execute(notebook, cells, Runtime(launcher, here, bounds))
        return notebook, ended

    return run


def shown(cell):
    """A cell's outputs, without what no two runs share: addresses, colours, pictures, ids."""
    outputs = []
    for output in cell.outputs:
        if output.output_type == "error":
            outputs.append((output.ename, output.evalue, bool(output.traceback)))
        elif output.output_type == "stream":
            outputs.append((output.name, re.sub(r"/tmp/\S+", "", output.text)))
        else:
            data = dict(output.data)
            for kind in ("image/png", "application/vnd.jupyter.widget-view+json"):
                if kind in data:
                    data[kind] = "(there)"
            data = {kind: re.sub("0x[0-9a-f]+", "", str(text)) for kind, text in data.items()}
            outputs.append((output.output_type, data))
    return outputs


@pytest.fixture(scope="module")
def in_jupyter(tmp_path_factory):
    """The same cells, run by a kernel of Jupyter's."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    folder = str(tmp_path_factory.mktemp("jupyter"))
    client = nbclient.NotebookClient(
        notebook, allow_errors=True, resources={"metadata": {"path": folder}}
    )
    client.execute()
    return notebook


def test_shows_what_jupyter_shows(run, in_jupyter):
    ours, ended = run(*CELLS.values())
    assert ended.ended == ""
    for name, cell, theirs in zip(CELLS, ours.cells, in_jupyter.cells, strict=True):
        if name == "a magic":  # it tells the folder, which is another one
            continue
        assert shown(cell) == shown(theirs), name
        assert cell.execution_count == theirs.execution_count, name
    kinds = list(models(ours))
    assert kinds == list(models(in_jupyter))
    assert "IntSliderModel" in kinds


def models(notebook):
    """The kinds of the widgets kept in a notebook, in order."""
    (kept,) = notebook.metadata.widgets.values()
    for model in kept["state"].values():
        yield model["model_name"]


def test_a_fork_imports_nothing_to_begin(run):
    program = (
        "import sys; from autograder.processes import zygote\n"
        f"zygote.preload({(RUNNER, *LAZY_MODULES, *IMPORTS)!r}); print(*sys.modules)"
    )
    preloaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    notebook, _ = run("import sys\nprint(*sys.modules)")
    new = set(notebook.cells[0].outputs[0].text.split()) - {*preloaded.stdout.split()}
    kernels = {"IPython", "ipykernel", "debugpy", "tornado", "sqlite3", "traitlets", "autograder"}
    assert not {name for name in new if name.partition(".")[0] in kernels}


def test_stands_in_a_folder_of_its_own(run, tmp_path):
    (tmp_path / "data.csv").write_text("1,2")
    notebook, _ = run(
        "import os\nos.getcwd(), os.listdir()", "open('made', 'w').write('x')", "__name__"
    )
    assert shown(notebook.cells[0])[0][1] == {
        "text/plain": "('/home/student/lesson', ['data.csv'])"
    }
    assert not (tmp_path / "made").exists()
    assert "__main__" in str(shown(notebook.cells[2]))


def test_a_loop_is_interrupted_and_the_rest_goes_on(run):
    notebook, ended = run("x = 1\nwhile True: pass", "x + 1", cell_seconds=1)
    assert notebook.cells[0].outputs[-1].ename == "KeyboardInterrupt"
    assert "2" in str(notebook.cells[1].outputs)
    assert ended.ended == ""


def test_an_interrupt_tears_no_line():
    ours, theirs = socket.socketpair()
    channel = Channel(theirs)
    channel.begin()
    text = "x" * 1_500_000  # more than a socket takes at once
    received = bytearray()

    def interrupt_and_read():
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)
        while len(received) < len(text) or not received.endswith(b"\n"):
            received.extend(ours.recv(1 << 20))

    reader = threading.Thread(target=interrupt_and_read)
    reader.start()
    message = {"msg_type": "stream", "content": {"name": "stdout", "text": text}}
    with pytest.raises(KeyboardInterrupt):
        channel.say(message)
    reader.join(timeout=20)
    assert json.loads(received)["content"]["text"] == text


def test_a_cell_that_only_waits_is_interrupted_later(run):
    began = time.monotonic()
    notebook, _ = run("import time\ntime.sleep(600)", cell_seconds=1)
    assert notebook.cells[0].outputs[-1].ename == "KeyboardInterrupt"
    assert time.monotonic() - began < 60


def test_death_keeps_what_was_shown_before(run):
    notebook, ended = run("1", "import os\nprint('last words', flush=True)\nos._exit(3)", "2")
    assert ended.ended == "Python died in cell 2"
    assert "1" in str(notebook.cells[0].outputs)
    assert "last words" in str(notebook.cells[1].outputs)
    assert notebook.cells[2].execution_count is None


def test_a_crash_is_a_death(run):
    _, ended = run("import ctypes\nctypes.string_at(0)")
    assert ended.ended == "Python died in cell 1"


def test_too_much_output_is_cut_and_told(run):
    notebook, ended = run("print('x' * 30_000_000)", "for i in range(10**6): print(i)", "'after'")
    assert ended.ended == ""
    for cell in notebook.cells[:2]:
        assert "more than 2 MB of output" in str(cell.outputs[-1])
        assert len(str(cell.outputs)) < 5_000_000
    assert "after" in str(notebook.cells[2].outputs)


def test_the_deadline_is_for_all_cells(run):
    _, ended = run(*["import time\ntime.sleep(1)"] * 30, deadline=3)
    assert "exceeded the total limit of 3 s" in ended.ended


def test_it_stops_when_told(run):
    stop = threading.Event()
    threading.Timer(1, stop.set).start()
    with pytest.raises(Stopped):
        run("import time\ntime.sleep(600)", stop=stop)


def test_without_walls(run, tmp_path):
    """What `--unsandboxed` does; the limits remain."""
    notebook, ended = run(
        "import os, resource\nos.getcwd()",
        "resource.getrlimit(resource.RLIMIT_CORE)",
        sandboxed=False,
    )
    assert ended.ended == ""
    assert str(tmp_path) in str(notebook.cells[0].outputs)
    assert "(0, 0)" in str(notebook.cells[1].outputs)


def test_cold(run, tmp_path):
    """What macOS and Windows get: a Python for each submission."""
    notebook, ended = run(
        "1 + 1",
        "while True: pass",
        "'after'",
        launcher=ColdStart(ENVIRONMENT, RUNNER),
        cell_seconds=2,
    )
    assert ended.ended == ""
    assert "2" in str(notebook.cells[0].outputs)
    assert notebook.cells[1].outputs[-1].ename == "KeyboardInterrupt"
    assert "after" in str(notebook.cells[2].outputs)


REFUSED = """
import tempfile
from pathlib import Path
from autograder.errors import SandboxUnavailable
from autograder.processes import Place, enter_sandbox

root, files = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
try:
    enter_sandbox(Place(root, (), files, "lesson"))
except SandboxUnavailable as error:
    print(error)
"""


def test_without_namespaces_nothing_is_changed():
    """As root, it would change the root of the whole machine."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else []
    said = subprocess.run(
        [*unshare, sys.executable, "-c", REFUSED], capture_output=True, text=True, check=True
    )
    assert said.stdout == "this process has no namespaces of its own\n"
