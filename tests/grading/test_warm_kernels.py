"""Kernels forked from the zygote behave as cold ones do, start sooner, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import jupyter_client
import psutil
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec

from autograder.processes import kernel_provisioner, zygote_client

Kernel = tuple[jupyter_client.KernelManager, BlockingKernelClient]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="kernels are forked on Linux only; elsewhere they start cold"
)


@pytest.fixture(scope="module")
def zygote() -> psutil.Process:
    """The zygote that this session's kernels come from."""
    environment = dict(os.environ)
    kernel_provisioner._connect(environment).close()
    socket = str(kernel_provisioner._socket_path(environment))
    (process,) = [
        process
        for process in psutil.process_iter(["cmdline"])
        if socket in (process.info["cmdline"] or ()) and process.ppid() in (1, os.getpid())
    ]
    return process


@pytest.fixture
def kernel(zygote: psutil.Process) -> Iterator[Kernel]:
    manager = start()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def start() -> jupyter_client.KernelManager:
    manager = jupyter_client.KernelManager()
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager._kernel_spec = KernelSpec(
        argv=command,
        display_name="warm",
        language="python",
        metadata={"kernel_provisioner": {"provisioner_name": "warm-provisioner"}},
    )
    manager.start_kernel()
    return manager


def run(kernel: Kernel, source: str) -> list[dict]:
    """Run a cell and return its outputs."""
    outputs: list[dict] = []
    kernel[1].execute_interactive(source, output_hook=outputs.append, timeout=60)
    return outputs


def printed(kernel: Kernel, source: str) -> str:
    return "".join(o["content"].get("text", "") for o in run(kernel, source))


def gone(pid: int, within: float = 10) -> bool:
    limit = time.monotonic() + within
    while time.monotonic() < limit:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie":
            return True
        time.sleep(0.05)
    return False


def test_kernel_is_a_fork_with_tensorflow_imported(kernel: Kernel, zygote: psutil.Process) -> None:
    pid = int(printed(kernel, "import os, sys; print(os.getpid())"))
    assert zygote in psutil.Process(pid).parents()
    assert printed(kernel, "print('tensorflow' in sys.modules)").strip() == "True"
    assert kernel[0].provisioner.pid == pid


def test_zygote_has_one_thread(zygote: psutil.Process) -> None:
    assert zygote.num_threads() == 1, "A fork of a process with threads may hang."


def test_cells_run_as_in_any_kernel(kernel: Kernel, tmp_path: Path) -> None:
    text = "import keras\nprint(float(keras.ops.sum(keras.ops.ones(3))))"
    assert printed(kernel, text).strip() == "3.0"
    assert "42" in printed(kernel, "async def f(): return 42\nprint(await f())")
    figure = run(kernel, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert any("image/png" in o["content"].get("data", {}) for o in figure)
    assert printed(kernel, "!echo a subprocess").strip() == "a subprocess"
    (error,) = [o for o in run(kernel, "1 / 0") if o["msg_type"] == "error"]
    assert error["content"]["ename"] == "ZeroDivisionError"


def test_names_and_environment_are_the_kernels_own(kernel: Kernel) -> None:
    assert printed(kernel, "print(__name__, 'preload' in globals())").strip() == "__main__ False"
    assert printed(kernel, "import os; print(os.environ['JUPYTER_DEFAULT_PROVISIONER_NAME'])")


def test_forks_do_not_share_their_random_numbers(kernel: Kernel) -> None:
    draw = "import random, numpy; print(random.random(), numpy.random.random())"
    manager = start()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    other = printed((manager, client), draw)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    assert printed(kernel, draw) != other


def test_interrupt_stops_a_cell(kernel: Kernel) -> None:
    manager, client = kernel
    client.execute("import time; time.sleep(60)")
    time.sleep(1)
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=20)
    while reply["content"].get("ename") is None:
        reply = client.get_shell_msg(timeout=20)
    assert reply["content"]["ename"] == "KeyboardInterrupt"


def test_end_of_the_kernel_is_noticed(kernel: Kernel) -> None:
    manager, client = kernel
    client.execute("import os; os._exit(7)")
    limit = time.monotonic() + 10
    while manager.is_alive() and time.monotonic() < limit:
        time.sleep(0.05)
    assert not manager.is_alive()


def test_what_the_kernel_started_ends_with_it(kernel: Kernel) -> None:
    daemon = "import subprocess\np = subprocess.Popen(['sleep', '600'], start_new_session=True)"
    pid = int(printed(kernel, f"{daemon}\nprint(p.pid)"))
    kernel[0].shutdown_kernel(now=True)
    assert gone(pid)


def test_kernel_ends_when_its_client_is_killed(zygote: psutil.Process) -> None:
    """Nothing that the client could have tidied up is left, though it could tidy up nothing."""
    script = (
        "from tests.grading.test_warm_kernels import start\n"
        "print(start().provisioner.pid, flush=True)\n"
        "import time; time.sleep(600)"
    )
    client = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert client.stdout is not None
    with client.stdout:
        pid = int(client.stdout.readline())
    os.kill(client.pid, signal.SIGKILL)
    client.wait()
    assert gone(pid)


def test_restart_is_another_fork(kernel: Kernel) -> None:
    manager, client = kernel
    before = manager.provisioner.pid
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=60)
    assert manager.provisioner.pid != before
    assert manager.is_alive()


def test_another_program_starts_cold(zygote: psutil.Process) -> None:
    with pytest.raises(zygote_client.ColdStartNeeded):
        kernel_provisioner._launch(["julia", "kernel.jl"], {})


def test_zygote_that_cannot_fork_refuses(tmp_path: Path) -> None:
    """After a TensorFlow operation forks hang: the self-test finds it and nothing is served."""
    script = (
        "import sys\nfrom autograder.processes import zygote\n"
        "zygote.SELF_TEST_SECONDS = 8\nload = zygote.preload\n"
        "def preload(modules):\n    load(modules)\n"
        "    import tensorflow as tf\n    tf.constant(1) + 1\n"
        f"zygote.preload = preload\nsys.argv = ['zygote', {str(tmp_path / 's')!r}]\n"
        "sys.exit(zygote.main())"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120)
    assert ended.returncode == 3
    assert b"not serving" in ended.stderr
