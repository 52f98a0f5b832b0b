"""The backbone that learned from unlabelled letters by how much each was turned."""

from transferlab import data
from transferlab.pretrain import networks
from transferlab.pretrain.recipe import ImageRecipe

ROTATION = ImageRecipe(
    name="rotation",
    build=lambda: networks.classifier("rotation", len(data.TURNS)),
    make_data=lambda: data.rotations(
        data.letters(per_class=400, test_per_class=25, seed=1_000_003)
    ),
    epochs=3,
    tolerance=0.03,
    about="A small Keras `Sequential` model that tells by how many quarters an image was turned, "
    "trained on letters without their labels.\nInput: grey images `(n, 16, 16, 1)`, 0 is paper "
    "and 1 is ink. Output: the probabilities of no, one, two and three quarters, "
    "counter-clockwise, as in `data.TURNS`.\nThe last three layers are the head.",
    limits="It has seen printed capitals only, light on dark, one to an image. Letters that look "
    "the same upside down, such as H, O and X, bound its accuracy.",
)
