"""Texts with a topic, and many without: sentences from Python's own documentation, always the same.

They were collected by `pretrain.docstrings`. It must not know any backbone.
"""

import json
import lzma
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from transferlab.data.dataset import Labels, few_of_each

FILE = Path(__file__).with_name("docstrings.json.xz")


@dataclass(frozen=True, eq=False, repr=False)
class TextDataset:
    """Texts and their topics, split for training and testing, and texts without a topic.

    Attributes:
        name: such as `"topics of documentation"`.
        texts_train, texts_test: one text each; no two have the same words.
        y_train, y_test: int64 `(n,)`, the index of the topic in `class_names`.
        class_names: one text per topic.
        unlabelled: texts to pre-train on. They include the training texts, but not the test texts:
            none of them holds the words of a test text in a row.
        source: where the texts come from.
        licence: under which terms they may be used.
    """

    name: str
    texts_train: tuple[str, ...]
    y_train: Labels
    texts_test: tuple[str, ...]
    y_test: Labels
    class_names: tuple[str, ...]
    unlabelled: tuple[str, ...]
    source: str
    licence: str

    def few(self, labels_per_class: int, seed: int = 0) -> "TextDataset":
        """Keep `labels_per_class` training texts of each topic; all other texts stay as they are.

        The same seed keeps the same texts, in shuffled order. Raises `DataError` when
        `labels_per_class` is below 1 or above what there is.
        """
        kept = few_of_each(self.name, self.y_train, len(self.class_names), labels_per_class, seed)
        texts = tuple(self.texts_train[index] for index in kept)
        return replace(self, texts_train=texts, y_train=self.y_train[kept])

    def __repr__(self) -> str:
        return (
            f"TextDataset({self.name!r}: {len(self.texts_train):,} training and "
            f"{len(self.texts_test):,} test texts, {len(self.class_names)} classes, "
            f"{len(self.unlabelled):,} unlabelled texts)"
        )


def texts() -> TextDataset:
    """Return documentation strings on four topics: 1,000 to train on, 500 to test on.

    A text is the beginning of the description of a function, class or module; its topic says what
    the module is about. Source: the source code of Python, NumPy, SciPy and scikit-learn. Licences:
    PSF-2.0 and BSD-3-Clause; their texts are in `data/docstrings.md`.
    """
    content = _read()
    made_with = ", ".join(f"{name} {number}" for name, number in content["made_with"].items())
    return TextDataset(
        name="topics of documentation",
        texts_train=tuple(text for _, text in content["train"]),
        y_train=np.array([label for label, _ in content["train"]], np.int64),
        texts_test=tuple(text for _, text in content["test"]),
        y_test=np.array([label for label, _ in content["test"]], np.int64),
        class_names=tuple(content["topics"]),
        unlabelled=tuple(content["unlabelled"]),
        source=f"documentation strings of {made_with}",
        licence="PSF-2.0 (Python), BSD-3-Clause (NumPy, SciPy, scikit-learn)",
    )


def words(text: str) -> list[str]:
    """Return the words of a text: its runs of two or more letters a to z, in lower case."""
    return re.findall(r"[a-z]{2,}", text.lower())


@cache
def _read() -> dict:
    content: dict = json.loads(lzma.decompress(FILE.read_bytes()))
    return content
