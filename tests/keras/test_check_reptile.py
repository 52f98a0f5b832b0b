"""Checks of lesson 12 where the bank does not reach: answers of a wrong kind."""

import numpy as np
import pytest

from transferlab import meta
from transferlab.check import CheckFailed, reptile, selfsupervision

TASKS = meta.sine_tasks(2, seed=0)
WEIGHTS = [np.ones((2, 2), "float32"), np.zeros(2, "float32")]


@pytest.mark.parametrize("answer", [None, 3.0, "text", [1, 2], [WEIGHTS, "text"]])
def test_path_of_a_wrong_kind(answer: object) -> None:
    model, weights = meta.network(0), meta.network(1).get_weights()
    with pytest.raises(CheckFailed):
        reptile.adapted(answer, model, weights, *TASKS[0][:2], 1)


@pytest.mark.parametrize("answer", [None, 2.0, WEIGHTS[:1], [1, "a"], ["a", [1, [2]]]])
def test_update_of_a_wrong_kind(answer: object) -> None:
    with pytest.raises(CheckFailed, match="list"):
        reptile.updated(answer, WEIGHTS, [array + 1 for array in WEIGHTS], 0.5)


@pytest.mark.parametrize("answer", [None, "1.0", [1.0, 2.0], np.ones(3)])
def test_error_that_is_no_number(answer: object) -> None:
    model = meta.network(0)
    with pytest.raises(CheckFailed, match=r"returned|number"):
        reptile.evaluated(answer, model, model.get_weights(), TASKS, [0], 1)


def test_images_of_a_wrong_shape_are_named() -> None:
    images = np.random.default_rng(0).uniform(size=(2, 4, 4, 1))
    with pytest.raises(CheckFailed, match="has the shape"):
        selfsupervision.pretext((images[..., 0], [0, 1]), images)
    with pytest.raises(CheckFailed, match="needs one label"):
        selfsupervision.pretext((images, [0]), images)
