"""What the installed Keras does, where lesson 5 says so: extraction and preprocessing."""

import keras
import numpy as np
import pytest

GREYS = np.array([0.0, 128.0, 255.0]).reshape(1, 3, 1, 1) * np.ones((1, 3, 1, 3))


def test_a_call_outside_of_fit_is_prediction_and_equals_predict() -> None:
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)]
    )
    rows = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    called = model(rows).numpy()
    np.testing.assert_array_equal(called, model(rows, training=False).numpy())
    np.testing.assert_allclose(called, model.predict(rows, verbose=0), rtol=1e-6)
    assert not np.allclose(called, model(rows, training=True)), (
        "Training mode makes no difference in this Keras: rewrite exercise 1 of lesson 5."
    )


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("mobilenet_v2", [[-1.0, -1, -1], [0, 0, 0], [1, 1, 1]]),
        ("resnet50", [[-103.9, -116.8, -123.7], [24.1, 11.2, 4.3], [151.1, 138.2, 131.3]]),
        ("efficientnet", [[0.0, 0, 0], [128, 128, 128], [255, 255, 255]]),
    ],
)
def test_each_family_prepares_images_in_its_own_way(family: str, expected: list) -> None:
    prepare = getattr(keras.applications, family).preprocess_input
    np.testing.assert_allclose(prepare(GREYS.copy())[0, :, 0], expected, atol=0.06)


def test_resnet_wants_blue_green_red() -> None:
    red = np.zeros((1, 1, 1, 3))
    red[..., 0] = 255
    assert keras.applications.resnet50.preprocess_input(red)[0, 0, 0].argmax() == 2


def test_efficientnet_rescales_inside() -> None:
    model = keras.applications.EfficientNetB0(weights=None, input_shape=(32, 32, 3))
    assert isinstance(model.layers[1], keras.layers.Rescaling)


def test_preprocess_input_changes_a_float_array_in_place_and_leaves_bytes_alone() -> None:
    photo = np.full((1, 2, 2, 3), 255.0, dtype="float32")
    keras.applications.mobilenet_v2.preprocess_input(photo)
    assert photo.max() == 1, (
        "This Keras leaves the photo as it was: rewrite 'Each backbone wants its own' in lesson 5."
    )
    scan = np.full((1, 2, 2, 3), 255, dtype="uint8")
    keras.applications.mobilenet_v2.preprocess_input(scan)
    assert scan.max() == 255
