"""The recipes of the backbones that ship with the course: `python -m transferlab.pretrain NAME`.

To add a backbone: write a module here with an object that is a `Recipe` (see `recipe`; for an image
network an `ImageRecipe` needs a few lines, see `letters`), add it to the list below, run
`python -m transferlab.pretrain NAME`, commit what it wrote to `weights/`, and describe the inputs
and outputs in the docstring of `backbones.load_backbone`. It must not know any lesson.
"""

from transferlab.pretrain.letters import LETTERS, LETTERS_RESNET
from transferlab.pretrain.recipe import Recipe
from transferlab.pretrain.regression import MEASUREMENTS, POSE
from transferlab.pretrain.rotation import ROTATION
from transferlab.pretrain.textures import TEXTURES
from transferlab.pretrain.words import WORDS

ALL: tuple[Recipe, ...] = (LETTERS, LETTERS_RESNET, MEASUREMENTS, POSE, ROTATION, TEXTURES, WORDS)
RECIPES = {recipe.name: recipe for recipe in ALL}
