"""Collect the texts of `data.texts`: `python -m transferlab.pretrain.docstrings`, for authors.

It reads the documentation strings from the source of Python's standard library, NumPy, SciPy and
scikit-learn, without importing any of it, and writes `data/docstrings.json.xz`. Other versions of
these packages have other texts, so the lessons read the shipped file and never run this module.
"""

import ast
import json
import lzma
import re
import sysconfig
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import numpy as np

from transferlab.data.text import FILE, words

PACKAGES = ("numpy", "scipy", "sklearn")
DISTRIBUTIONS = ("numpy", "scipy", "scikit-learn")

# What is not documentation of the package, or has a separate licence.
LEFT_OUT = re.compile(
    r"(^|/)(site-packages|tests?|idlelib|lib2to3|ensurepip|tkinter|turtledemo|distutils|f2py|_lib|"
    r"externals?|_external|_vendored|xmlrpc|xml|asyn(chat|core)\.py|trace\.py|uu\.py|this\.py)(/|$)"
    r"|http/cookies\.py$"
)

TOPICS = {
    "files": "pathlib os shutil tempfile tarfile zipfile glob fileinput _pyio gzip lzma bz2 "
    "_compression posixpath ntpath genericpath filecmp mailbox subprocess zipimport dbm shelve "
    "importlib",
    "networks": "asyncio http urllib socket ssl smtplib imaplib ftplib poplib nntplib telnetlib "
    "socketserver wsgiref webbrowser ipaddress",
    "statistics": "statistics random scipy/stats",
    "signals": "scipy/signal scipy/fft scipy/fftpack scipy/ndimage",
}
TEST_PER_CLASS = 125
TRAIN_PER_CLASS = 250
SHORTEST, LONGEST = 8, 40  # words of a text with a label
LONGEST_UNLABELLED = 100


def docstrings() -> Iterator[tuple[str, str]]:
    """Yield each documentation string and its module's path, such as `"scipy/stats/_morestats"`."""
    library = Path(sysconfig.get_paths()["stdlib"])
    installed = Path(sysconfig.get_paths()["purelib"])
    roots = [(library, library), *((installed, installed / name) for name in PACKAGES)]
    for base, root in roots:
        for path in sorted(root.rglob("*.py")):
            name = path.relative_to(base).as_posix()
            if not LEFT_OUT.search(name):
                yield from ((name.removesuffix(".py"), text) for text in _in_source(path))


def _in_source(path: Path) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parser's warnings about old syntax
        tree = ast.parse(path.read_text(encoding="utf-8", errors="replace"))
    documented = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
    texts = (ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, documented))
    return [text for text in texts if text]


def introduction(docstring: str, most: int) -> str:
    """Return the first words before any underlined heading, without examples, on one line."""
    prose = re.split(r"\n[^\n]*\n\s*(?:-{3,}|={3,})", docstring)[0]
    return _shortened(prose, most)


def whole(docstring: str, most: int) -> str:
    """Return the first words of the description and of its sections up to the examples."""
    return _shortened(re.split(r"\n\s*(?:Examples|References)\n\s*-{3,}", docstring)[0], most)


def _shortened(text: str, most: int) -> str:
    lines = [line for line in text.splitlines() if ">>>" not in line]
    return " ".join(" ".join(lines).split()[:most])


def topic_of(module: str) -> str | None:
    """Return the topic of a module's path, if it has one."""
    parts = module.split("/")
    names = {parts[0], "/".join(parts[:2])}
    return next((topic for topic, known in TOPICS.items() if names & set(known.split())), None)


def collect() -> dict[str, object]:
    """Return the contents of the file: labelled texts, split, and unlabelled, without test texts.

    No two labelled texts have the same words, and no unlabelled text holds the words of a test
    text in a row.
    """
    everything = list(docstrings())
    labelled: dict[str, set[str]] = {}
    readable: dict[str, str] = {}
    for module, docstring in everything:
        text = introduction(docstring, LONGEST)
        key = " ".join(words(text))
        topic = topic_of(module)
        if topic and len(key.split()) >= SHORTEST:
            labelled.setdefault(key, set()).add(topic)
            readable.setdefault(key, text)
    random = np.random.default_rng(0)
    train, test = [], []
    for label, topic in enumerate(TOPICS):
        keys = sorted(key for key, topics in labelled.items() if topics == {topic})
        random.shuffle(keys)
        test += [(label, key) for key in keys[:TEST_PER_CLASS]]
        train += [(label, key) for key in keys[TEST_PER_CLASS:][:TRAIN_PER_CLASS]]
    tested = re.compile("|".join(rf"\b{re.escape(key)}\b" for _, key in test))
    unlabelled: dict[str, str] = {}
    for _, docstring in everything:
        text = whole(docstring, LONGEST_UNLABELLED)
        key = " ".join(words(text))
        if len(key.split()) >= SHORTEST and not tested.search(key):
            unlabelled.setdefault(key, text)
    return {
        "made_with": {"python": python_version()} | {n: version(n) for n in DISTRIBUTIONS},
        "topics": list(TOPICS),
        "train": [(label, readable[key]) for label, key in train],
        "test": [(label, readable[key]) for label, key in test],
        "unlabelled": list(unlabelled.values()),
    }


def main() -> None:
    """Write the file and say what is in it."""
    content = collect()
    text = json.dumps(content, ensure_ascii=False, indent=0)
    FILE.write_bytes(lzma.compress(text.encode(), preset=9))
    counts = {name: len(part) for name, part in content.items() if isinstance(part, list)}
    print(f"Wrote {FILE.name}, {FILE.stat().st_size / 1e6:.2f} MB: {counts}")


if __name__ == "__main__":
    main()
