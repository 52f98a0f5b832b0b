"""The backbones that predict numbers: the shape of a letter, or its pose."""

from transferlab import data
from transferlab.pretrain import networks
from transferlab.pretrain.recipe import RegressionRecipe

MEASUREMENTS = RegressionRecipe(
    name="measurements",
    build=lambda: networks.regressor("measurements", len(data.MEASUREMENTS)),
    make_data=lambda: data.measurements(10_400, n_test=2_600, seed=1_000_003),
    epochs=10,
    tolerance=0.02,
    about="A small Keras `Sequential` model that measures the shape of a letter: 15 numbers, "
    "among them how wide it is, how many holes it has and where its ink lies. It was never told "
    "which letter it sees.\nInput: grey images `(n, 16, 16, 1)`, 0 is paper and 1 is ink. Output: "
    "15 standardised numbers, in the order of `data.MEASUREMENTS`.\nThe last two "
    "layers, `head_dense` and `output`, are the head; `output` is linear.",
    limits="It has measured printed capitals only, light on dark, one to an image.",
)

POSE = RegressionRecipe(
    name="pose",
    build=lambda: networks.regressor("pose", len(data.POSE)),
    make_data=lambda: data.pose(10_400, n_test=2_600, seed=1_000_003),
    epochs=10,
    tolerance=0.02,
    about="A small Keras `Sequential` model that tells how a letter was turned, shifted and "
    "shrunk: four numbers. It was never told which letter it sees.\nInput: grey images "
    "`(n, 16, 16, 1)`, 0 is paper and 1 is ink. Output: 4 standardised numbers, in the order of "
    "`data.POSE`.\nThe last two layers, `head_dense` and `output`, are the head; "
    "`output` is linear.",
    limits="It has seen printed capitals only, light on dark, one to an image, turned by up to "
    "25 degrees.",
)
