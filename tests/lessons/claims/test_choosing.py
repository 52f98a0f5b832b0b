"""The effects that lesson 9 speaks of: read from its sweeps, or computed on a few seeds."""

import keras
import numpy as np
import pytest

from transferlab import backbones, data, sweeps
from transferlab.experiment import Comparison
from transferlab.sweeps import sources
from transferlab.training import held_out_probe, linear_probe, on_pixels

WILD = "digits in the wild"


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def results() -> dict[str, Comparison]:
    return sweeps.load("sources")


@pytest.mark.parametrize("method", ["pixels", "letters", "textures"])
def test_kept_scores_are_those_of_the_shipped_backbones(results, method: str) -> None:
    now = sweeps.recompute("sources", WILD, method, seed=0)
    assert now == pytest.approx(results[WILD].scores[method][0], abs=0.02), (
        "A backbone was trained anew: run `python -m transferlab.sweeps sources`."
    )


def test_categories_cost_most_then_the_task_then_the_architecture(results) -> None:
    def lost(name: str) -> float:
        return -results[WILD].difference(name, "letters").mean

    tasks = [lost("rotation"), lost("measurements"), lost("pose")]
    assert lost("textures") > max(tasks) + 0.02
    assert min(tasks) > abs(lost("letters_resnet")) + 0.03
    assert results[WILD].difference("textures", "letters").high < 0
    assert not results[WILD].difference("letters_resnet", "letters").is_clear


def test_architecture_matters_for_letters(results) -> None:
    gap = results[sources.LETTERS].difference("letters_resnet", "letters")
    assert gap.low > 0.03


def test_rotation_is_not_the_best_source_for_turned_digits(results) -> None:
    turned = results["turned digits"]
    assert turned.mean("letters") > turned.mean("rotation") + 0.02


@pytest.mark.parametrize("target", sources.SWEEP.conditions)
def test_training_on_textures_is_worse_than_no_training(results, target: str) -> None:
    assert results[target].difference("textures", "untrained").high < 0


def test_source_score_misleads(results) -> None:
    cards = {
        name: (backbones.WEIGHTS / f"{name}.md").read_text("utf-8") for name in sources.SOURCES
    }
    stated = {
        name: float(card.partition("## Score\n\n")[2].split()[0]) for name, card in cards.items()
    }
    assert stated["textures"] > stated["rotation"]
    probes = {name: results[WILD].mean(name) for name in sources.SOURCES}
    assert min(probes, key=probes.__getitem__) == "textures"


def test_size_is_no_reason_on_this_shelf() -> None:
    sizes = [backbones.load_backbone(name).count_params() for name in sources.SOURCES]
    assert min(sizes) == backbones.load_backbone("letters_resnet").count_params()
    assert max(sizes) < 1.3 * min(sizes)


def test_the_winner_among_equals_falls_back_on_fresh_images() -> None:
    gaps = []
    for seed in range(3):
        task = data.digits("wild", seed=seed).few(10, seed=seed)
        random = np.random.default_rng(seed)
        right = []
        for _ in range(50):
            matrix = random.normal(size=(256, 32))
            train, test = (
                np.maximum(x.reshape(len(x), -1) @ matrix, 0) for x in (task.x_train, task.x_test)
            )
            means = np.stack([train[task.y_train == digit].mean(axis=0) for digit in range(10)])
            guesses = ((test[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
            right.append(guesses == task.y_test)
        chosen_on, fresh = (
            np.array(right)[:, :50].mean(axis=1),
            np.array(right)[:, 50:].mean(axis=1),
        )
        gaps.append(chosen_on.max() - fresh[chosen_on.argmax()])
    assert np.mean(gaps) > 0.04


def test_an_earlier_cut_and_the_pixels_mend_negative_transfer() -> None:
    textures = backbones.load_backbone("textures")

    def cut_at(layer: str) -> keras.Model:
        flat = keras.layers.Flatten()(textures.get_layer(layer).output)
        return keras.Model(textures.inputs[0], flat)

    late, early = cut_at("features"), cut_at("pool2")
    found: dict[str, list[float]] = {"pixels": [], "late": [], "early": [], "both": []}
    for seed in range(3):
        task = data.digits("plain", seed=seed).few(10, seed=seed)
        found["pixels"].append(on_pixels(task))
        found["late"].append(linear_probe(late, task))
        found["early"].append(linear_probe(early, task))
        found["both"].append(
            linear_probe(
                lambda x: np.concatenate([late(x).numpy(), x.reshape(len(x), -1)], axis=1), task
            )
        )
    pixels, late_cut, early_cut, both = (np.mean(values) for values in found.values())
    assert late_cut < pixels - 0.02
    assert early_cut > pixels
    assert both > late_cut + 0.03


def test_textures_are_negative_for_plain_digits_and_half_of_the_digits_gain_nothing() -> None:
    unrelated, too_small = sweeps.load("negative").values()
    for way in ("feature extraction", "fine-tuning"):
        assert unrelated.difference(way, "from scratch").high < 0
        assert too_small.difference(way, "from scratch").mean < 0.02
        assert not too_small.difference(way, "from scratch").is_clear


def test_a_hundred_labels_keep_from_a_bad_choice(results) -> None:
    lost = []
    for seed in range(3):
        task = data.digits("wild", seed=seed).few(10, seed=seed)
        means = {
            name: held_out_probe(sources.source(name), task).mean() for name in sources.SOURCES
        }
        on_test = {name: results[WILD].scores[name][seed] for name in means}
        lost.append(max(on_test.values()) - on_test[max(means, key=means.__getitem__)])
    assert np.mean(lost) < 0.03
