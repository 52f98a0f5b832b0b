"""Import TensorFlow once, then fork a ready kernel for each request.

Run it as `python -m autograder.processes.zygote SOCKET`; clients use it through `zygote_client`.
For each connection it forks a keeper. The keeper forks the kernel and reports to the client how it
ended. When the kernel ends or the client goes away, the keeper kills everything that the kernel
started. So no process is left behind, however it ends, even if the client dies. The zygote must not
know what a kernel is used for.

No TensorFlow operation may run here: after a single one, every forked child hangs. A self-test at
the start trains a model in a fork to prove that forks work; otherwise the zygote refuses to serve.

The protocol runs on a Unix stream socket, with one JSON object per line. For a Jupyter kernel, the
client sends `{"argv", "cwd", "env"}`, with its standard output and error as file descriptors. For a
student's notebook, it sends `{"place", "env", "runner", "judging"}`, with the runner's channel and,
if its checks are judged in another process, the carrier socket between the two. The keeper answers
`{"pid"}`, or `{"error"}` if the process can't be started, and at the end `{"exit"}`; until then the
client may send `{"signal"}`.
"""

import argparse
import contextlib
import fcntl
import gc
import importlib
import json
import os
import random
import runpy
import select
import signal
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from autograder.errors import SandboxUnavailable
from autograder.processes.sandbox import Place, enter_sandbox, isolate
from autograder.processes.tree import adopt_orphans, die_with_parent, end_descendants

# The modules that every kernel needs. Not matplotlib_inline: if there is no shell when it is
# imported, figures don't appear.
KERNEL_MODULES = (
    "IPython.core.interactiveshell",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    # Otherwise imported when a kernel starts; the debugger alone takes 0.1 s.
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "sqlite3",
    "tornado.platform.asyncio",
    "pyseccomp",
)
# The modules that the lessons import and that an installation fixes; not the course's own package,
# which its authors change.
LESSON_MODULES = (
    "ipywidgets",
    "numpy",
    "scipy.stats",
    "matplotlib.pyplot",
    "sklearn.linear_model",
    "sklearn.datasets",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "tensorflow",
    "keras",
)
IDLE_SECONDS = 1800
SELF_TEST_SECONDS = 60
QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
REFUSED = 3


def serve(path: Path, idle_seconds: float = IDLE_SECONDS, attached: bool = False) -> None:
    """Listen on a Unix socket until there has been no request for a while.

    Args:
        path: the socket.
        idle_seconds: how long to wait for a request.
        attached: whether to listen as long as the other end of standard input is open, instead.
    """
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(64)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nothing waits for the keepers
        print("ready", flush=True)
        waited_for = [listener, sys.stdin] if attached else [listener]
        patience = None if attached else idle_seconds
        while select.select(waited_for, [], [], patience)[0] == [listener]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _keep(connection)
            connection.close()
    path.unlink(missing_ok=True)


def preload(modules: Iterable[str]) -> None:
    """Import what kernels need and the modules named; run no TensorFlow operation."""
    os.environ.update({name: os.environ.get(name, value) for name, value in QUIET.items()})
    gc.disable()  # collecting garbage again and again during the imports takes a tenth of the time
    for module in (*KERNEL_MODULES, *modules):
        with contextlib.suppress(Exception):  # code that needs it will see why the import fails
            importlib.import_module(module)
    _show_an_error()
    # What is loaded now stays: no fork need search it for garbage, which would copy its pages.
    gc.freeze()
    gc.enable()


def _show_an_error() -> None:
    """Load what shows a traceback: the first one takes a second, and most notebooks have one."""
    from IPython.core.ultratb import AutoFormattedTB

    try:
        raise LookupError
    except LookupError:
        AutoFormattedTB(mode="Context").text(*sys.exc_info())


def forks_work() -> bool:
    """Train a tiny model in a fork, if Keras was imported; return whether it finished."""
    if "keras" not in sys.modules:
        return True
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            import keras
            import numpy as np

            model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
            model.compile("sgd", "mse", jit_compile=False)
            model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
            os._exit(0)
        os._exit(1)
    descriptor = os.pidfd_open(child)
    ready, _, _ = select.select([descriptor], [], [], SELF_TEST_SECONDS)
    os.close(descriptor)
    if not ready:
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _keep(connection: socket.socket) -> None:
    """Start the requested kernel and watch it until its end; never return."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        adopt_orphans()
        request, descriptors = _receive(connection)
        try:
            kernel = _start(request, descriptors)
        except SandboxUnavailable as error:
            _send(connection, {"error": str(error)})
            return
        for descriptor in descriptors:
            os.close(descriptor)
        _send(connection, {"pid": kernel})
        code = _wait(connection, kernel)
        end_descendants(os.getpid())
        with contextlib.suppress(OSError):
            _send(connection, {"exit": code})
    finally:
        os._exit(0)


def _wait(connection: socket.socket, kernel: int) -> int:
    """Pass signals on until the kernel ends, or end it if the client goes away; return its code."""
    descriptor = os.pidfd_open(kernel)
    pending = b""
    while True:
        ready, _, _ = select.select([descriptor, connection.fileno()], [], [])
        if descriptor in ready:
            break
        received = connection.recv(4096)
        if not received:
            os.kill(kernel, signal.SIGKILL)
            break
        *lines, pending = (pending + received).split(b"\n")
        for line in lines:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(kernel, json.loads(line)["signal"])
    return os.waitstatus_to_exitcode(os.waitpid(kernel, 0)[1])


def _start(request: dict, descriptors: list[int]) -> int:
    """Fork the process that `request` describes; return its process id."""
    place = Place.from_dict(request["place"]) if "place" in request else None
    if place and place.walls:
        isolate()
    child = os.fork()
    if child == 0:
        if place:
            _become_runner(place, request, descriptors)
        _become_kernel(request, descriptors)
    return child


def _become_kernel(request: dict, descriptors: list[int]) -> NoReturn:
    """Turn this fork into a Jupyter kernel; never return."""
    code = 1
    try:
        devnull = os.open(os.devnull, os.O_RDONLY)
        _detach([devnull, *descriptors], request["env"])
        os.chdir(request["cwd"])
        # The keeper is the kernel's parent; the variable that names it was read at import.
        code = _run([*request["argv"], f"--IPKernelApp.parent_handle={os.getppid()}"])
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        _end(code)


def _become_runner(place: Place, request: dict, descriptors: list[int]) -> NoReturn:
    """Turn this fork into a sandboxed runner, or report why that is impossible; never return."""
    code = 1
    devnull = os.open(os.devnull, os.O_RDWR)
    _detach([devnull, devnull, devnull, *descriptors], request["env"])
    channel = socket.socket(fileno=3)
    carrier = socket.socket(fileno=4) if len(descriptors) > 1 else None
    try:
        enter_sandbox(place)
        runner = importlib.import_module(request["runner"])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        runner.serve(channel, place.kernel, carrier, request["judging"])
        code = 0
    except Exception as error:
        _send(channel, {"error": f"{error}" or type(error).__name__})
    finally:
        _end(code)


def _detach(descriptors: list[int], environment: dict[str, str]) -> None:
    """Drop everything of the zygote except these file descriptors, and number them from 0."""
    os.setsid()
    die_with_parent()
    # Move them out of the way first: one may have a number that another one needs.
    high = [fcntl.fcntl(number, fcntl.F_DUPFD, 64) for number in descriptors]
    for number, opened in enumerate(high):
        os.dup2(opened, number)
    os.closerange(len(high), 4096)
    _take_environment(environment)
    _reseed()


def _end(code: int) -> NoReturn:
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _run(argv: list[str]) -> int:
    """Run `python -m MODULE ARGUMENT...` in this process and return its exit code."""
    module, *arguments = argv
    sys.argv = [module, *arguments]
    sys.path.insert(0, "")
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    return 0


def _take_environment(environment: dict[str, str]) -> None:
    quiet = {name: os.environ[name] for name in QUIET}
    os.environ.clear()
    os.environ.update(quiet | environment)


def _reseed() -> None:
    """Give this fork its own random numbers: it has inherited the same state as its siblings."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _receive(connection: socket.socket) -> tuple[dict, list[int]]:
    text, descriptors = b"", []
    while not text.endswith(b"\n"):
        received, opened, _, _ = socket.recv_fds(connection, 1 << 20, 2)
        if not received:
            os._exit(0)
        text += received
        descriptors += opened
    return json.loads(text), descriptors


def _send(connection: socket.socket, message: dict) -> None:
    connection.sendall(json.dumps(message).encode() + b"\n")


def main() -> int:
    """Preload, prove that forks work, and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder.processes.zygote", description=__doc__
    )
    parser.add_argument("socket", type=Path, help="the Unix socket to listen on")
    parser.add_argument(
        "--idle", type=float, default=IDLE_SECONDS, help="seconds without a request before it ends"
    )
    parser.add_argument(
        "--import", dest="imports", action="append", help="import this, not what lessons import"
    )
    parser.add_argument(
        "--attached", action="store_true", help="end when standard input is closed, not before"
    )
    options = parser.parse_args()
    preload(options.imports or LESSON_MODULES)
    if not forks_work():
        print("A model can't be trained in a fork of this process: not serving.", file=sys.stderr)
        return REFUSED
    serve(options.socket, options.idle, options.attached)
    return 0


if __name__ == "__main__":
    sys.exit(main())
