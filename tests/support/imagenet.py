"""ImageNet backbones for tests: real architectures, their weights made here and not downloaded.

`cache` puts them where Keras looks; `run` is a process that looks there and has no network.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens
MOBILENET = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
MOBILENET_160_NO_TOP = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_160_no_top.h5"


def cache(model: keras.Model, file_name: str, keras_home: Path) -> None:
    """Save `model` as the file that Keras would have downloaded."""
    (keras_home / "models").mkdir(parents=True, exist_ok=True)
    model.save(keras_home / "models" / file_name)


def run(code: str, keras_home: Path, proxy: str = NOWHERE, folder: Path | None = None) -> dict:
    """Run code that prints JSON in a new process, for which the only way out is the proxy.

    Keras reads KERAS_HOME once, when it is imported.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
        "KERAS_HOME": str(keras_home),
        "https_proxy": proxy,
    }
    child = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout.splitlines()[-1])
