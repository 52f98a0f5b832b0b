"""The backbones that read capital letters."""

from transferlab import data
from transferlab.data import Dataset
from transferlab.pretrain import networks
from transferlab.pretrain.recipe import ImageRecipe


def many_letters() -> Dataset:
    """Return letters from a seed that no lesson uses, so that lessons show it new ones."""
    return data.letters(per_class=400, test_per_class=100, seed=1_000_003)


LETTERS = ImageRecipe(
    name="letters",
    build=lambda: networks.classifier("letters", 26),
    make_data=many_letters,
    epochs=10,
    about="A small Keras `Sequential` model that reads capital letters, made to be transferred to "
    "handwritten digits.\nInput: grey images `(n, 16, 16, 1)`, 0 is paper and 1 is ink. Output: "
    "the probabilities of the 26 letters, A to Z.\nThe last three layers are the head.",
    limits="It has seen printed capitals only, light on dark, one to an image.",
)

LETTERS_RESNET = ImageRecipe(
    name="letters_resnet",
    build=lambda: networks.residual_classifier("letters_resnet", 26, output="head_letters"),
    make_data=many_letters,
    epochs=8,
    about="A small functional Keras model with skip connections and BatchNorm (momentum 0.9) that "
    "reads capital letters, a ResNet in miniature.\nInput: grey images `(n, 16, 16, 1)`, 0 is "
    "paper and 1 is ink. Output: the probabilities of the 26 letters, A to Z.\nThe last two "
    "layers, `head_dropout` and `head_letters`, are the head. Cut it as a graph, "
    '`keras.Model(model.inputs, model.get_layer("features").output)`: a list of its layers loses '
    "the skip connections.",
    limits="It has seen printed capitals only, light on dark, one to an image.",
)
