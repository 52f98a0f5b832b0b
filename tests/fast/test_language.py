"""Pages, help, messages, docstrings and comments are in plain modern English: no word to avoid."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What a native reader stumbles over, and what to write instead.
AVOID = {
    r"mend(s|ed|ing)?": "fix, repair",
    r"beside": "next to, alongside, besides, in addition to",
    r"who(m?ever|so|soever)": "anyone who, the person who",
    r"anew|afresh": "again, from scratch",
    r"(is|are|be|being|keeps?) shut in|shuts? (in|\S+( code)? in)": "run in a sandbox, isolate",
    r"reckon(s|ed|ing|ings)?": "compute, count",
    r"by the clock": "wall-clock time",
    r"(is|are|was|were|be|been) told(?! apart)": "say, report; you get a message",
    r"(?<!by )hand(s|ed|ing)? in(?! hand)|what \S+ hands in": "submit",
    r"thereby|whereby|wherein|whereupon|thereupon|therein|thereof": "a plain connective",
    r"whilst|amidst?|amongst|lest|forthwith|hitherto": "while, among, so that ... not",
    r"na?ught|in vain": "nothing, without success",
    r"(is|are) let (go|finish|run|stand)": "may, is allowed to",
    r"let(s|ting)? go of": "release",
    r"(goes|went|go|gone) by (the|what|its|their)": "use, follow",
    r"bear(s|ing)? out|bore out": "confirm",
    r"a good many|at all costs|ever after": "plain words",
    r"a (?!plot)\w+ is none": "not a ..., not valid",
}
PATTERN = re.compile(r"\b(" + "|".join(f"(?:{each})" for each in AVOID) + r")\b", re.IGNORECASE)
# Code that people read the words of. The lessons are prose of another kind, and read well.
CODE = ("autograder", "book", "course/transferlab", "hub", "tests/support", "tests/bench")
PAGES = ("*.md", "autograder/*.md", "book/*.md", "book/instructors/*.md", "book/glossary.toml")
SCRIPTS = ("Makefile", ".ci/*", "hub/*", "pyproject.toml", "environment.yml", ".github/*/*.yml")


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every piece of a file that is written for people, with its line: all of it, but for code."""
    whole = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(whole.splitlines(), 1)
        return
    for node in ast.walk(ast.parse(whole)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(whole).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


@cache
def files() -> tuple[Path, ...]:
    code = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    pages = [path for pattern in (*PAGES, *SCRIPTS) for path in ROOT.glob(pattern)]
    return tuple(
        sorted(
            path
            for path in {*code, *pages}
            if path.is_file() and "node_modules" not in path.parts and path.suffix != ".json"
        )
    )


def found_in(text: str) -> list[str]:
    # Code in a page is no sentence: `--word`, `word_of_code`.
    return [hit[0] for hit in PATTERN.finditer(re.sub(r"`[^`]*`", "", text))]


def test_files_are_found() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in files()}
    assert {"README.md", "Makefile", "book/index.md", "autograder/cli.py"} <= names


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_word_to_avoid(path: Path) -> None:
    hits = [f"line {line}: {hit!r}" for line, text in texts(path) for hit in found_in(text)]
    assert not hits, "; ".join(hits)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mend the file and run it again.",
        "The student is told why.",
        "It lies beside the notebook.",
        "Code is shut in before it runs.",
        "What they handed in is read anew.",
        "A change is none.",
    ],
)
def test_a_word_to_avoid_is_found(sentence: str) -> None:
    assert found_in(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Besides, nothing else changes.",
        "Amend the commit: it recommends more.",
        "They told us. `--anew` is code.",
        "Anyone who shuts the lid in time.",
    ],
)
def test_plain_words_are_not(sentence: str) -> None:
    assert not found_in(sentence)
