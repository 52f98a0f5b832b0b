"""The data sets of the lessons: available offline, and the same for the same seed.

It must not know any model or lesson. Every image is grey and has 16x16 pixels; ink is 1 and paper
is 0. Images with classes come as a `Dataset`, images with numbers to predict as a
`RegressionDataset`:

- `digits`: real handwritten digits from scikit-learn, plain, in the wild or turned (the target);
- `letters`: capital letters rendered from the fonts that ship with matplotlib;
- `rendered_digits`: digits rendered in the same way;
- `measurements`, `pose`: the shape of such letters, and how they were turned and moved, in numbers;
- `textures`: patterns with no shape in them;
- `rotations`: any of the images above, turned by quarter turns, with the turn as the label.

Texts come as a `TextDataset`:

- `texts`: sentences from Python's documentation, on four topics (the target) and on many (to
  pre-train on).
"""

from transferlab.data.characters import TURNS, digits, letters, rendered_digits, rotations
from transferlab.data.dataset import DataError, Dataset, RegressionDataset
from transferlab.data.regression import MEASUREMENTS, POSE, measurements, pose
from transferlab.data.styles import SIDE, STYLES, Style
from transferlab.data.text import TextDataset, texts, words
from transferlab.data.textures import TEXTURES, textures

__all__ = [
    "MEASUREMENTS",
    "POSE",
    "SIDE",
    "STYLES",
    "TEXTURES",
    "TURNS",
    "DataError",
    "Dataset",
    "RegressionDataset",
    "Style",
    "TextDataset",
    "digits",
    "letters",
    "measurements",
    "pose",
    "rendered_digits",
    "rotations",
    "texts",
    "textures",
    "words",
]
