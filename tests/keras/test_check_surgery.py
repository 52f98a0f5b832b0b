"""Checks on models made from models: what the bank of answers does not reach."""

import keras
import pytest

from transferlab import check
from transferlab.check import surgery


def chain() -> keras.Sequential:
    return keras.Sequential([keras.Input((4,)), *(keras.layers.Dense(3) for _ in range(3))])


def test_a_model_with_too_many_outputs_is_refused() -> None:
    model = chain()
    both = keras.Model(model.inputs[0], [model.layers[0].output, model.outputs[0]])
    with pytest.raises(check.CheckFailed, match="has 2 outputs"):
        surgery.gives(both, model, model.outputs[0])


def test_a_copy_with_other_layers_is_refused() -> None:
    with pytest.raises(check.CheckFailed, match="does not have the layers"):
        surgery.independent(keras.Sequential(chain().layers[:2]), chain())


def test_sharing_is_checked_when_the_two_share_nothing() -> None:
    surgery.shared(set(), chain(), chain())


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (AttributeError("The layer letters ... has no defined input."), "`model.inputs\\[0\\]`"),
        (ValueError("Output with path `` is not connected to `inputs`"), "different graphs"),
    ],
)
def test_errors_of_keras_become_a_next_step(
    error: Exception, message: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    with pytest.raises(check.CheckFailed, match=message), check.exercise("what_goes_into"):
        raise error
