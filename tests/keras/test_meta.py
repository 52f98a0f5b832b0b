"""Reptile on sine waves: the tasks are what they say; the compiled parts agree with plain ones."""

import numpy as np
import pytest

from transferlab import meta


@pytest.fixture(scope="module")
def start() -> meta.Weights:
    return meta.network(3).get_weights()


def test_tasks_are_waves_and_the_same_for_the_same_seed() -> None:
    tasks = meta.sine_tasks(4, seed=1)
    for task, again in zip(tasks, meta.sine_tasks(4, seed=1), strict=True):
        assert [part.shape for part in task] == [(10, 1), (10, 1), (50, 1), (50, 1)]
        assert all(part.dtype == np.float32 for part in task)
        assert all(map(np.array_equal, task, again))
        x, y, x_query, y_query = task
        both = np.concatenate([x, x_query])
        basis = np.hstack([np.sin(both), np.cos(both)])
        values = np.concatenate([y, y_query])
        assert np.allclose(basis @ np.linalg.lstsq(basis, values)[0], values, atol=1e-3)


def test_same_seed_gives_the_same_network() -> None:
    pairs = zip(meta.network(2).get_weights(), meta.network(2).get_weights(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)
    assert not np.array_equal(meta.network(2).get_weights()[0], meta.network(1).get_weights()[0])


def test_errors_agree_with_adapting_one_by_one(start: meta.Weights) -> None:
    model, tasks = meta.network(), meta.sine_tasks(3, seed=2)
    errors = meta.errors(model, start, tasks, steps=2)
    assert errors.shape == (3, 3)
    for (x, y, x_query, y_query), row in zip(tasks, errors, strict=True):
        for weights, error in zip(meta.adapt(model, start, x, y, 2), row, strict=True):
            expected = np.mean((meta.predict(model, weights, x_query) - y_query) ** 2)
            assert error == pytest.approx(expected, rel=1e-3)


def test_reptile_agrees_with_its_formula(start: meta.Weights) -> None:
    model, tasks = meta.network(), meta.sine_tasks(2, seed=2)
    expected = start
    for task, rate in zip(tasks, (0.6, 0.3), strict=True):
        end = meta.adapt(model, expected, task[0], task[1], meta.STEPS)[-1]
        expected = [a + rate * (b - a) for a, b in zip(expected, end, strict=True)]
    for one, other in zip(meta.reptile(model, start, tasks), expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_joint_training_finds_the_mean_wave_and_leaves_the_model(start: meta.Weights) -> None:
    model = meta.network(3)
    weights = meta.joint(model, start, meta.sine_tasks(500, seed=2), epochs=6)
    assert all(map(np.array_equal, model.get_weights(), start))
    x = np.linspace(-3, 3, 50, dtype="float32")[:, None]
    assert np.corrcoef(meta.predict(model, weights, x)[:, 0], np.cos(x[:, 0]))[0, 1] > 0.6
