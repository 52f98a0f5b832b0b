"""Name a failed check by the misconception that the bank of answers links to its message.

It must not know students or scores.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.answer_bank import Answer
from autograder.wording import shorten

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LONGEST = 120


@dataclass(frozen=True)
class Misconception:
    """What a message stands for.

    `title` is the bank's name for the mistake; if one message serves several mistakes, it joins
    their names. If the bank knows none, `title` is the message without its numbers, and `known` is
    False.
    """

    title: str
    known: bool


class Misconceptions:
    """The wrong answers of a lesson's bank, looked up by check and message."""

    def __init__(self, answers: Mapping[str, Sequence[Answer]]) -> None:
        """Store the titles of the bank's wrong answers, given by exercise."""
        self._titles: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for exercise, group in answers.items():
            for answer in group:
                if answer.kind == "wrong":
                    self._titles[exercise][_plain(answer.message)].append(answer.title)

    @property
    def has_answers(self) -> bool:
        """Whether there are any answers by which to name a message."""
        return bool(self._titles)

    def name(self, exercise: str, reason: str) -> Misconception:
        """Return what `reason`, the message of a failed check of `exercise`, stands for.

        If it contains several messages of the bank, the longest counts as the most specific.
        """
        said = _plain(reason)
        matching = [part for part in self._titles.get(exercise, {}) if part in said]
        if matching:
            titles = self._titles[exercise][max(matching, key=len)]
            return Misconception(" / ".join(dict.fromkeys(titles)), True)
        return Misconception(shorten(_NUMBER.sub("…", said), _LONGEST), False)


def _plain(text: str) -> str:
    """Return a text on one line, because a recorded message has lost its line ends."""
    return " ".join(text.split())
