"""Backbones load whole, fresh and uncompiled; whatever is missing is told in one sentence."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from transferlab import backbones, data, training
from transferlab.backbones import BackboneError, WeightsUnavailable, load_backbone

MOBILENET = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A copy of the shipped weights that a test may damage."""
    folder = tmp_path / "weights"
    shutil.copytree(backbones.WEIGHTS, folder)
    monkeypatch.setattr(backbones, "WEIGHTS", folder)
    return folder


def sentence(caught) -> str:
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_letters_has_a_base_and_a_head_of_three_layers():
    model = load_backbone("letters")
    assert isinstance(model, keras.Sequential)
    assert not model.compiled
    assert model.input_shape == (None, 16, 16, 1)
    assert [layer.name for layer in model.layers] == [
        *("conv1", "pool1", "conv2", "pool2", "conv3", "pool3", "features"),
        *("head_dense", "head_dropout", "head_letters"),
    ]
    assert sum(layer.count_params() for layer in model.layers[:-3]) == 74_208
    assert sum(layer.count_params() for layer in model.layers[-3:]) == 26_330
    assert all(layer.trainable for layer in model.layers)


@pytest.mark.parametrize("name", backbones.SHIPPED)
def test_each_shipped_backbone_loads_uncompiled_and_is_told_of(name):
    model = load_backbone(name)
    assert model.name == name
    assert not model.compiled
    assert all(layer.trainable for layer in model.layers)
    assert f'"{name}"' in load_backbone.__doc__
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_all_that_ships_has_weights_a_card_and_a_checksum():
    files = {path.name for path in backbones.WEIGHTS.iterdir()}
    assert {f"{name}{end}" for name in backbones.SHIPPED for end in (".keras", ".md")} <= files
    listed = backbones.read_checksums(backbones.WEIGHTS)
    assert listed == {name: backbones.checksum(backbones.WEIGHTS / name) for name in listed}
    assert {name for name in files if name.endswith(".keras")} <= set(listed)


def test_the_shipped_backbones_are_small_on_disk():
    sizes = {path.name: path.stat().st_size for path in backbones.WEIGHTS.iterdir()}
    assert sum(sizes.values()) < 5_000_000
    assert max(size for name, size in sizes.items() if name != "words.keras") <= 500_000


def test_letters_resnet_is_a_graph_with_skip_connections():
    model = load_backbone("letters_resnet")
    assert not isinstance(model, keras.Sequential)
    assert model.output_shape == (None, 26)
    assert [layer.name for layer in model.layers[-3:]] == [
        *("features", "head_dropout", "head_letters"),
    ]
    adds = [layer for layer in model.layers if isinstance(layer, keras.layers.Add)]
    assert [layer.name for layer in adds] == ["block1_add", "block2_add"]
    norms = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    assert len(norms) == 6
    assert {norm.momentum for norm in norms} == {0.9}


@pytest.mark.parametrize("name", ["measurements", "pose"])
def test_a_regressor_ends_in_a_linear_output(name):
    model = load_backbone(name)
    assert [layer.name for layer in model.layers[-3:]] == ["features", "head_dense", "output"]
    assert model.layers[-1].activation is keras.activations.linear
    dataset = getattr(data, name)(100, n_test=300)
    error = np.mean((model.predict(dataset.x_test, verbose=0) - dataset.y_test) ** 2)
    assert error < 0.3, "guessing the mean would give 1"


@pytest.mark.parametrize(
    ("name", "dataset", "above"),
    [
        ("letters_resnet", lambda: data.letters(per_class=1), 0.97),
        ("textures", lambda: data.textures(per_class=1), 0.9),
        ("rotation", lambda: data.rotations(data.letters(per_class=1)), 0.65),
    ],
)
def test_a_classifier_knows_its_own_task_on_new_images(name, dataset, above):
    images = dataset()
    guesses = load_backbone(name).predict(images.x_test, verbose=0).argmax(axis=1)
    assert np.mean(guesses == images.y_test) > above


def test_letters_reads_letters_it_has_not_seen():
    letters = data.letters(per_class=1)
    guesses = load_backbone("letters").predict(letters.x_test, verbose=0).argmax(axis=1)
    assert np.mean(guesses == letters.y_test) > 0.97


def test_each_call_gives_a_fresh_model():
    one, other = load_backbone("letters"), load_backbone("letters")
    one.layers[0].trainable = False
    one.layers[0].kernel.assign(one.layers[0].kernel * 0)
    assert other.layers[0].trainable
    assert np.any(other.layers[0].kernel)


def test_its_features_beat_the_same_network_from_scratch_on_few_labels():
    """The course's claim: from 10 labels per class of real digits, over three seeds."""
    transferred, from_scratch = [], []
    for seed in range(3):
        digits = data.digits(seed=seed).few(10, seed=seed)
        transferred.append(training.feature_extraction(load_backbone("letters"), digits))
        from_scratch.append(training.from_scratch(load_backbone("letters"), digits, seed))
    print(f"transferred {transferred}, from scratch {from_scratch}")
    assert np.mean(transferred) > np.mean(from_scratch) + 0.02


def flip_a_byte(folder: Path) -> None:
    content = bytearray((folder / "letters.keras").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "letters.keras").write_bytes(content)


def cut_short(folder: Path) -> None:
    content = (folder / "letters.keras").read_bytes()
    (folder / "letters.keras").write_bytes(content[:1000])


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (flip_a_byte, "is damaged"),
        (cut_short, "is damaged"),
        (lambda folder: (folder / "letters.keras").unlink(), "No such file"),
        (lambda folder: (folder / "SHA256SUMS").unlink(), "is damaged"),
        (
            lambda folder: (folder / "SHA256SUMS").write_bytes(b"\xff\x00 nonsense\n\n"),
            "is damaged",
        ),
    ],
    ids=["a bit flipped", "cut short", "missing", "no checksums", "damaged checksums"],
)
def test_a_damaged_backbone_says_how_to_get_it_back(weights, damage, what):
    damage(weights)
    with pytest.raises(WeightsUnavailable) as caught:
        load_backbone("letters")
    message = sentence(caught)
    assert what in message
    assert str(weights / "letters.keras") in message
    assert "reinstall transferlab, or run `python -m transferlab.pretrain letters`" in message


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("leters", "letters"), ("Letters", "letters"), ("mobilenetv2", "MobileNetV2")],
)
def test_an_unknown_name_gets_the_closest_and_the_choices(wrong, meant):
    with pytest.raises(BackboneError) as caught:
        load_backbone(wrong)
    message = sentence(caught)
    assert f"{wrong!r}" in message
    assert f"did you mean {meant!r}?" in message
    assert all(name in message for name in ("letters", "ResNet50", "EfficientNetB0"))


@pytest.mark.parametrize("wrong", ["zzz", "", "keras", None])
def test_a_name_like_no_other_gets_the_choices(wrong):
    with pytest.raises(BackboneError, match=re.escape(f"{wrong!r}: Choose from letters, ")):
        load_backbone(wrong)


def test_letters_refuses_options_that_it_would_have_to_ignore():
    with pytest.raises(BackboneError, match="leave out input_shape"):
        load_backbone("letters", input_shape=(32, 32, 3))
    with pytest.raises(BackboneError, match="cut it before its head"):
        load_backbone("letters", include_top=False)
    assert load_backbone("letters", input_shape=(16, 16, 1)).input_shape == (None, 16, 16, 1)


def run(code: str, keras_home: Path, proxy: str) -> dict:
    """Run code that prints JSON in a new process, for which the only way out is the proxy.

    Keras reads KERAS_HOME once, when it is imported.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
        "KERAS_HOME": str(keras_home),
        "https_proxy": proxy,
    }
    child = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120
    )
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout.splitlines()[-1])


NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens


def test_imagenet_weights_come_from_the_cache_of_keras(tmp_path):
    """The real architecture and the real loading code; only the numbers are the test's own."""
    (tmp_path / "models").mkdir()
    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNetV2(weights=None)
    model.save(tmp_path / "models" / MOBILENET)
    result = run(
        """
import json, numpy as np
from transferlab.backbones import load_backbone
model = load_backbone("MobileNetV2")
weights = [float(np.sum(w)) for w in model.get_weights()]
print(json.dumps({"compiled": model.compiled, "layers": len(model.layers), "weights": weights}))
""",
        tmp_path,
        NOWHERE,
    )
    assert result["layers"] == 156
    assert not result["compiled"]
    np.testing.assert_array_equal(result["weights"], [np.sum(w) for w in model.get_weights()])


# Seconds; a network that never answers would be waited for without end.
FOREVER = 60


def test_imagenet_weights_that_cannot_be_had_say_what_to_use_instead(tmp_path):
    """Offline; on a network that never answers; with a damaged file; and with a wrong shape."""
    (tmp_path / "models").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes calls and never answers
        port = silent.getsockname()[1]
        result = run(
            f"""
import json, os, pathlib, time
import keras
from transferlab import backbones
told = {{}}
def load(case, **options):
    begin = time.monotonic()
    try:
        backbones.load_backbone("MobileNetV2", **options)
    except backbones.TransferlabError as error:
        told[case] = [type(error).__name__, str(error), time.monotonic() - begin]
load("offline")
load("offline, no top", include_top=False)
os.environ["https_proxy"] = "http://127.0.0.1:{port}"
backbones.SECONDS_OF_SILENCE = 0.5
load("silent")
load("shape", input_shape=(8, 8, 3))
pathlib.Path(os.environ["KERAS_HOME"], "models", {MOBILENET!r}).write_bytes(b"half a file")
load("damaged")
print(json.dumps(told))
""",
            tmp_path,
            NOWHERE,
        )
    for case in ("offline", "offline, no top", "silent", "damaged"):
        kind, message, seconds = result[case]
        assert kind == "WeightsUnavailable", case
        assert "\n" not in message
        assert "ImageNet weights of MobileNetV2" in message
        assert str(tmp_path / "models") in message
        assert 'use load_backbone("letters")' in message
        assert seconds < FOREVER, case
    assert "could not be downloaded: call this again when you are online" in result["offline"][1]
    assert "delete the damaged file" in result["damaged"][1]
    kind, message, _ = result["shape"]
    assert kind == "BackboneError"
    assert "MobileNetV2 cannot be built like this" in message
    assert "\n" not in message
