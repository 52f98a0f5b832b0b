"""The further source tasks: what is measured is what is there, and a turn is the turn it says."""

import numpy as np
import pytest

from transferlab import data
from transferlab.data import regression


@pytest.mark.parametrize(
    ("make", "targets"), [(data.measurements, data.MEASUREMENTS), (data.pose, data.POSE)]
)
def test_targets_are_standardised_and_have_names_and_units(make, targets):
    dataset = make(300, n_test=100)
    assert dataset.x_train.shape == (300, 16, 16, 1)
    assert dataset.x_test.shape == (100, 16, 16, 1)
    assert dataset.input_shape == (16, 16, 1)
    assert dataset.x_train.dtype == dataset.y_train.dtype == dataset.y_test.dtype == np.float32
    assert dataset.y_train.shape == (300, len(targets))
    assert dataset.y_test.shape == (100, len(targets))
    assert dataset.target_names == tuple(targets)
    assert dataset.units == tuple(targets.values())
    np.testing.assert_allclose(dataset.y_train.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(dataset.y_train.std(axis=0), 1, rtol=1e-5)
    assert 0 <= dataset.x_train.min() < dataset.x_train.max() <= 1
    assert dataset.source
    assert dataset.licence
    assert repr(dataset) == (
        f"RegressionDataset({dataset.name!r}: 300 training and 100 test images of 16x16x1, "
        f"{len(targets)} targets)"
    )


def a_frame() -> np.ndarray:
    """A rectangle of lines one pixel wide, 9 high and 6 across."""
    image = np.zeros((16, 16))
    image[4:13, 7:13] = 1
    image[5:12, 8:12] = 0
    return image


def measured(*images: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip(data.MEASUREMENTS, regression._measure(np.stack(images)).T, strict=True))


def test_the_measurements_of_a_frame():
    values = {name: value[0] for name, value in measured(a_frame()).items()}
    assert values["ink"] == 26 / 256
    assert values["height"] == 9
    assert values["width"] == 6
    assert values["slant"] == pytest.approx(0)
    assert values["strokes"] == pytest.approx((2 * 1 + 7 * 2) / 9)
    assert values["holes"] == 1
    zones = [value for name, value in values.items() if name.startswith("ink, ")]
    assert len(zones) == 9
    assert sum(zones) == pytest.approx(1)
    assert values["ink, middle centre"] == 0
    assert values["ink, top left"] == pytest.approx(values["ink, bottom right"])
    assert values["ink, top left"] > values["ink, top centre"] > 0.05


def test_slant_and_holes_follow_the_drawing():
    leaning = np.zeros((16, 16))
    leaning[np.arange(16), 15 - np.arange(16)] = 1  # from the top right to the bottom left
    two_holes = a_frame()
    two_holes[8, 7:13] = 1
    values = measured(leaning, a_frame(), a_frame().T, two_holes)
    assert values["slant"][0] == pytest.approx(-1)
    assert values["holes"].tolist() == [0, 1, 1, 2]
    assert values["height"].tolist() == [16, 9, 6, 9]
    assert values["ink, top right"][0] > 0.3
    assert values["ink, top left"][0] == 0


def test_zones_follow_the_letter_wherever_it_lies():
    zones = [name for name in data.MEASUREMENTS if name.startswith("ink, ")]
    frame = a_frame()
    values = measured(frame, np.roll(frame, (-3, 2), axis=(0, 1)))
    for name in zones:
        assert values[name][0] == pytest.approx(values[name][1]), name


def test_the_pose_is_what_was_done_to_the_letter():
    """Shifted images lie lower and further right, and smaller ones hold less ink."""
    dataset = data.pose(2000, n_test=2)
    pixels = dataset.x_train[..., 0]
    where = np.arange(16) - 7.5
    mass = pixels.sum(axis=(1, 2))
    down = (pixels.sum(axis=2) * where).sum(axis=1) / mass
    right = (pixels.sum(axis=1) * where).sum(axis=1) / mass
    named = dict(zip(dataset.target_names, dataset.y_train.T, strict=True))
    assert np.corrcoef(named["shift down"], down)[0, 1] > 0.7
    assert np.corrcoef(named["shift right"], right)[0, 1] > 0.5
    assert np.corrcoef(named["size"], (pixels > 0.4).any(axis=2).sum(axis=1))[0, 1] > 0.3
    raw = dataset.y_train * dataset.deviation + dataset.mean
    assert abs(raw[:, 0]).max() == pytest.approx(25, abs=0.5)
    assert abs(raw[:, 1:3]).max() == pytest.approx(1.5, abs=0.05)


def test_a_positive_turn_is_counter_clockwise():
    bar = np.zeros((1, 16, 16), np.float32)
    bar[:, 7:9, :] = 1
    changes = data.styles.Changes(
        turn=np.deg2rad([25.0]), shift=np.zeros((1, 2)), scale=np.ones(1), ink=np.ones(1)
    )
    turned = data.styles.move(bar, changes)[0]
    assert turned[:8, 8:].sum() > 3 * turned[8:, 8:].sum(), "the right end has not gone up"


def test_rotations_turn_by_the_label_and_use_no_other():
    letters = data.letters(per_class=1, test_per_class=1)
    rotations = data.rotations(letters)
    assert rotations.class_names == data.TURNS
    assert set(np.bincount(rotations.y_train)) == {26}
    upright = {
        np.rot90(x, -turn).tobytes()
        for x, turn in zip(rotations.x_train, rotations.y_train, strict=True)
    }
    assert upright == {x.tobytes() for x in letters.x_train}
    assert rotations.licence == letters.licence


def test_textures_of_a_size_differ_in_their_period():
    """The strongest frequency falls from fine to coarse; each texture is drawn anew each time."""
    textures = data.textures(per_class=40)
    assert len(np.unique(textures.x_train, axis=0)) == len(textures.x_train)
    spectrum = abs(np.fft.fft2(textures.x_train[..., 0] - 0.4))
    ring = np.hypot(*np.meshgrid(np.fft.fftfreq(16), np.fft.fftfreq(16)))
    frequency = (spectrum * ring).sum(axis=(1, 2)) / spectrum.sum(axis=(1, 2))
    for pattern in range(4):
        fine, middle, coarse = (
            frequency[textures.y_train == 3 * pattern + size].mean() for size in range(3)
        )
        assert fine > middle > coarse
