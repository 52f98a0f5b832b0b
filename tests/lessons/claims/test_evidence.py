"""What lesson 1 says of the labels curve holds in the results that it shows."""

import pytest

from transferlab import sweeps
from transferlab.experiment import Comparison
from transferlab.see.evidence import WITH_TRANSFER


@pytest.fixture(scope="module")
def kept() -> dict[str, Comparison]:
    return sweeps.load("labels_curve")


def best(found: Comparison, transfer: bool) -> str:
    return max((n for n in found.scores if (n in WITH_TRANSFER) == transfer), key=found.mean)


@pytest.mark.parametrize("condition", ["5 per class", "10 per class"])
def test_transfer_beats_the_best_rival_when_labels_are_few(
    kept: dict[str, Comparison], condition: str
) -> None:
    found = kept[condition]
    assert found.difference(best(found, True), best(found, False)).mean > 0.02


def test_the_gain_shrinks_as_labels_grow(kept: dict[str, Comparison]) -> None:
    gains = [
        found.mean(best(found, True)) - found.mean(best(found, False)) for found in kept.values()
    ]
    assert gains[-1] < max(gains) / 2


@pytest.mark.parametrize("condition", ["2 per class", "5 per class", "10 per class"])
def test_augmentation_takes_part_of_the_gain_when_labels_are_few(
    kept: dict[str, Comparison], condition: str
) -> None:
    found = kept[condition]
    assert found.mean("from scratch, augmented") > found.mean("from scratch") + 0.02
    assert found.mean("from scratch, augmented") < found.mean(best(found, True))


def test_augmentation_is_no_help_when_labels_are_plenty(kept: dict[str, Comparison]) -> None:
    found = kept["100 per class"]
    assert found.mean("from scratch, augmented") < found.mean("from scratch") + 0.01


def test_the_gap_to_pixels_narrows_and_stays(kept: dict[str, Comparison]) -> None:
    gaps = [found.mean("feature extraction") - found.mean("pixels") for found in kept.values()]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] > 0.1


def test_few_labels_spread_widest(kept: dict[str, Comparison]) -> None:
    first, *_, last = kept.values()
    assert all(first.sd(name) > last.sd(name) for name in first.scores)
