"""The effects that lesson 7 speaks of: read from the shipped sweeps, and one computed anew."""

import keras
import pytest

from transferlab import backbones, data, sweeps, training
from transferlab.sweeps import fine_tuning_rates as rates

KEPT = sweeps.load("fine_tuning_rates")
BY_RATE = [KEPT[rates.condition(rate)] for rate in rates.RATES]
START = KEPT[rates.HEAD_ONLY]


def test_the_lowest_rate_changes_next_to_nothing() -> None:
    for task in START.scores:
        assert abs(BY_RATE[0].mean(task) - START.mean(task)) < 0.02


def test_a_wide_range_of_rates_is_about_as_good_for_digits() -> None:
    best = max(found.mean(rates.DIGITS) for found in BY_RATE)
    good = [found for found in BY_RATE if found.mean(rates.DIGITS) > best - 0.03]
    assert len(good) >= 3
    assert best >= START.mean(rates.DIGITS)


def test_letters_fall_before_digits_and_the_highest_rates_ruin_both() -> None:
    def first_fall(task: str) -> int:
        fallen = [found.mean(task) < START.mean(task) - 0.1 for found in BY_RATE]
        return fallen.index(True)

    assert first_fall(rates.LETTERS) < first_fall(rates.DIGITS)
    assert BY_RATE[-1].mean(rates.DIGITS) < 0.6
    assert BY_RATE[-1].mean(rates.LETTERS) < 0.3


def test_more_labels_make_fine_tuning_pay() -> None:
    kept = sweeps.load("labels_curve")
    gains = [found.difference("fine-tuning", "feature extraction") for found in kept.values()]
    assert gains[-1].low > 0, "'When does it pay?' in lesson 7"


def test_at_some_rate_the_old_head_is_lost_and_a_new_one_reads_well() -> None:
    gaps = [found.mean(rates.LETTERS_NEW_HEAD) - found.mean(rates.LETTERS) for found in BY_RATE]
    there = BY_RATE[gaps.index(max(gaps))]
    assert there.mean(rates.LETTERS) < 0.75, "'Forgotten, or misread?' in lesson 7"
    assert there.mean(rates.LETTERS_NEW_HEAD) > there.mean(rates.LETTERS) + 0.15
    assert BY_RATE[-1].mean(rates.LETTERS_NEW_HEAD) < 0.6


def test_an_untrained_head_harms_both_tasks() -> None:
    ways = sweeps.load("fine_tuning_ways")
    for task, loss in ((rates.DIGITS, 0.01), (rates.LETTERS, 0.1)):
        gap = ways[task].difference("… head not warmed up", "all at once")
        assert gap.mean < -loss, "'Was the warm-up needed?' in lesson 7"


def test_rates_by_depth_keep_the_letters() -> None:
    letters = sweeps.load("fine_tuning_ways")["letters, old head"]
    assert letters.mean("rates by depth") >= letters.mean("all at once") - 0.005


def test_free_batchnorm_harms_at_learning_rate_zero() -> None:
    small = sweeps.load("free_batchnorm")["batches of 2"]
    assert small.difference("BatchNorm free, rate 0", "BatchNorm frozen").high < 0


@pytest.mark.parametrize("seed", [0, 1])
def test_statistics_alone_cost_accuracy_on_both_tasks(seed: int) -> None:
    """The experiment `fit_at_rate_zero`, with its first switch."""
    keras.utils.set_random_seed(seed)
    digits = data.digits("wild", seed=seed).few(10, seed=seed)
    letters = data.letters(per_class=1)
    backbone = backbones.load_backbone("letters_resnet")
    base = training.extractor(backbone)
    model = training.with_head(base, digits)
    training.warm_up(model, base, digits)
    before = training.accuracy(model, digits), training.accuracy(backbone, letters)
    model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(digits.x_train, digits.y_train, batch_size=2, verbose=0)
    assert training.accuracy(model, digits) < before[0] - 0.01
    assert training.accuracy(backbone, letters) < before[1]
