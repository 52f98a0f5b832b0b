"""The effects that lesson 12 speaks of: read from the stored sweeps, one recomputed."""

import keras
import pytest

from transferlab import meta, sweeps


@pytest.fixture(scope="module")
def stored():
    return sweeps.load("reptile")


def test_reptile_learns_new_waves_faster_than_both_controls(stored) -> None:
    for condition in ("after 1 step", "after 5 steps"):
        for control in ("random weights", "all tasks at once"):
            gap = stored[condition].difference("Reptile", control)
            assert gap.is_clear, f"{condition}: {gap}"
            assert gap.mean < 0, f"{condition}: {gap}"


def test_reptile_is_negative_transfer_on_faster_waves(stored) -> None:
    gap = stored["after 5 steps, waves twice as fast"].difference("Reptile", "random weights")
    assert gap.low > 0, f"No negative transfer any more: rewrite the end of lesson 12 ({gap})."


@pytest.fixture(scope="module")
def trained() -> tuple[keras.Sequential, meta.Weights]:
    model = meta.network(seed=0)
    return model, meta.reptile(model, model.get_weights(), meta.sine_tasks(2000, seed=10))


def test_meta_training_shows_the_effect(trained) -> None:
    model, start = trained
    new = meta.sine_tasks(100, seed=11)
    before = meta.errors(model, model.get_weights(), new, 5).mean(axis=0)
    after = meta.errors(model, start, new, 5).mean(axis=0)
    assert after[5] < 0.4 * before[5]
    assert after[0] > 2 * after[5], "Reptile's start answers well before any step."


def test_mean_of_all_tasks_is_no_good_start(stored) -> None:
    after_one, after_five = (
        stored[condition].mean("all tasks at once")
        for condition in ("after 1 step", "after 5 steps")
    )
    assert after_five > 0.75 * after_one


def test_random_weights_come_nearer_to_their_points_and_go_wrong_between_them(trained) -> None:
    model, _ = trained
    new = meta.sine_tasks(100, seed=11)
    on_support = [(x, y, x, y) for x, y, _, _ in new]
    query, support = (
        meta.errors(model, model.get_weights(), tasks, 5).mean(axis=0)
        for tasks in (new, on_support)
    )
    assert support[5] < support[0] - 0.3
    assert query[5] > query[0]


def test_random_weights_do_not_catch_up_in_many_steps(trained) -> None:
    model, start = trained
    new = meta.sine_tasks(20, seed=1)
    soon = meta.errors(model, start, new, 10).mean(axis=0)[10]
    late = meta.errors(model, model.get_weights(), new, 500).mean(axis=0)[500]
    assert soon < late


def test_turning_the_labelled_digits_helps_where_digits_are_turned_and_harms_elsewhere() -> None:
    free = sweeps.load("self_supervision")
    for backbone in ("rotation", "letters"):
        turned, wild = (
            free[target].difference(f"{backbone}, digits turned too", backbone)
            for target in ("turned digits", "digits in the wild")
        )
        assert turned.mean > 0, f"{backbone}: {turned}"
        assert wild.mean < 0, f"{backbone}: {wild}"


def test_free_labels_help_in_the_wild_and_given_labels_help_more() -> None:
    free = sweeps.load("self_supervision")
    assert free["digits in the wild"].difference("rotation", "untrained features").low > 0
    for result in free.values():
        assert result.difference("letters", "rotation").low > 0
