"""The backbone that tells textures apart: a source that does not suit digits."""

from transferlab import data
from transferlab.pretrain import networks
from transferlab.pretrain.recipe import ImageRecipe

TEXTURES = ImageRecipe(
    name="textures",
    build=lambda: networks.classifier("textures", len(data.TEXTURES)),
    make_data=lambda: data.textures(per_class=600, test_per_class=150, seed=1_000_003),
    epochs=15,
    learning_rate=5e-4,
    tolerance=0.03,
    about="A small Keras `Sequential` model that tells 12 textures apart: stripes, checks, dots "
    "and clouds, each fine, middle and coarse. It has never seen a shape.\nInput: grey images "
    "`(n, 16, 16, 1)` from 0 to 1. Output: the probabilities of the 12 textures, in the order of "
    "`data.TEXTURES`.\nThe last three layers are the head.",
    limits="It has seen patterns computed by formulas only.",
)
