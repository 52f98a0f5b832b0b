"""Reduce code to its structure, so that a renamed, reordered or decorated copy looks the same.

Each statement is read by itself, as the nodes of its syntax tree in preorder; the names that the
code binds are numbered, every text becomes one word and every number another. The result is cut
into overlapping runs of k words: the k-grams of Schleimer, Wilkerson and Aiken, "Winnowing:
local algorithms for document fingerprinting" (SIGMOD 2003). An answer is short, so all of them are
kept, which is their method with a window of one. It must not know students, or what is suspicious.
"""

import ast
import re
from collections import Counter
from dataclasses import dataclass

from autograder.cells import parsing

GRAM = 5
# No honest answer is that long, and reading 50 kB may take half a second.
_LONGEST = 50_000
_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
# Different ways to write the same thing.
_SAME = {"AnnAssign": "Assign", "AsyncFor": "For", "AsyncWith": "With"}
# Statements that don't show how a problem was solved.
_SAYS_NOTHING = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)
_SHOWS = {"print", "display"}
_UNREAD = {"ctx", "type_comment", "kind", "type_ignores", "returns", "annotation", "type_params"}
# Fields that hold blocks of statements; each statement is read by itself.
_BLOCKS = {"body", "orelse", "handlers", "finalbody", "cases"}
# Nodes whose text is the name of something that they bind.
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BINDING = (*_DEFINING, ast.arg, ast.MatchAs, ast.MatchStar)
_PARTS = (ast.ExceptHandler, ast.match_case)
_PLANS: dict[type[ast.AST], tuple[str, tuple[str, ...]]] = {}
_NAME = "?"  # marks a name until it is known whether the code binds it

Fingerprints = Counter[int]


@dataclass(frozen=True)
class Statement:
    """One statement of an answer: its lines and its structure.

    The lines of a compound statement are those of its head. `tokens` is the structure in words.
    """

    first: int
    last: int
    tokens: tuple[str, ...]


def statements(code: str) -> tuple[Statement, ...]:
    """Return the statements of a cell that show how it solves its problem, nested ones too.

    They are in order. Imports, documentation and statements that only show something are left
    out. A text that isn't Python, is longer than 50 kB or is nested too deep to be read has no
    statements.
    """
    if len(code) > _LONGEST:
        return ()
    try:
        reader = _Reader()
        reader.read_block(parsing.tree(_MAGIC.sub(r"\1pass", code)).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return reader.result()


def fingerprints(found: tuple[Statement, ...]) -> Fingerprints:
    """Count each run of `GRAM` words in statements; a short statement is one run."""
    runs: Fingerprints = Counter()
    for statement in found:
        tokens = statement.tokens
        if len(tokens) <= GRAM:
            runs[hash(tokens)] += 1
        else:
            runs.update(map(hash, zip(*(tokens[start:] for start in range(GRAM)), strict=False)))
    return runs


class _Reader:
    """A reader of one cell's statements, in one walk over its tree: a class has many cells."""

    def __init__(self) -> None:
        self._found: list[tuple[int, int, list[str]]] = []
        self._bound: set[str] = set()

    def read_block(self, block: list[ast.stmt]) -> None:
        """Read statements one by one, each before those inside it."""
        for node in block:
            if isinstance(node, _SAYS_NOTHING) or _is_decoration(node):
                continue
            words: list[str] = []
            inner = self._read_statement(node, words)
            last = node.end_lineno or node.lineno
            if inner:
                last = max(node.lineno, inner[0][0].lineno - 1)
            self._found.append((node.lineno, last, words))
            for part in inner:
                self.read_block(part)

    def result(self) -> tuple[Statement, ...]:
        """Return what was read, with the names that the code binds numbered."""
        bound = {_NAME + name for name in self._bound}
        return tuple(
            Statement(first, last, _numbered(words, bound)) for first, last, words in self._found
        )

    def _read_statement(self, node: ast.stmt, words: list[str]) -> list[list[ast.stmt]]:
        """Add the words of a statement; return the blocks in it, whose words are left out."""
        blocks: list[list[ast.stmt]] = []
        words.append(_plan(type(node))[0])
        for field in node._fields:
            value = getattr(node, field, None)
            if field in _BLOCKS and isinstance(value, list):
                blocks += self._blocks(value)
            elif field not in _UNREAD:
                self._read_value(node, value, words)
        return blocks

    def _read(self, node: ast.AST, words: list[str]) -> None:
        """Add the words of an expression; most of the time is spent here."""
        kind = type(node)
        if kind is ast.Name:
            words.append(_NAME + node.id)  # type: ignore[attr-defined]
            if type(node.ctx) is ast.Store:  # type: ignore[attr-defined]
                self._bound.add(node.id)  # type: ignore[attr-defined]
        elif kind is ast.Constant:
            words.append(_constant(node.value))  # type: ignore[attr-defined]
        elif kind is ast.JoinedStr:
            words.append("text")
        else:
            word, fields = _plan(kind)
            words.append(word)
            for field in fields:
                self._read_value(node, getattr(node, field, None), words)

    def _read_value(self, node: ast.AST, value: object, words: list[str]) -> None:
        """Add the words of one field of a node."""
        if isinstance(value, ast.AST):
            self._read(value, words)
        elif isinstance(value, list):
            for part in value:
                if isinstance(part, ast.AST):
                    self._read(part, words)
        elif isinstance(value, str):
            words.append(_NAME + value)
            if isinstance(node, _BINDING):
                self._bound.add(value)

    def _blocks(self, value: list[ast.AST]) -> list[list[ast.stmt]]:
        """Return the statements of a block, or of each handler or case in it."""
        if value and not isinstance(value[0], ast.stmt):
            for part in value:
                if isinstance(name := getattr(part, "name", None), str):
                    self._bound.add(name)
            return [part.body for part in value if isinstance(part, _PARTS)]
        return [[part for part in value if isinstance(part, ast.stmt)]] if value else []


def _plan(kind: type[ast.AST]) -> tuple[str, tuple[str, ...]]:
    """Return the word for a kind of node, and the fields of it that are read."""
    if kind not in _PLANS:
        word = _SAME.get(kind.__name__, kind.__name__)
        _PLANS[kind] = word, tuple(field for field in kind._fields if field not in _UNREAD)
    return _PLANS[kind]


def _numbered(words: list[str], bound: set[str]) -> tuple[str, ...]:
    """Number the bound names in the order of their use in the statement."""
    numbers: dict[str, str] = {}
    for word in words:
        if word in bound and word not in numbers:
            numbers[word] = f"name {len(numbers)}"
    return tuple([numbers.get(word, word) for word in words])


def _is_decoration(node: ast.stmt) -> bool:
    """Return whether a statement is documentation, or only shows something."""
    if not isinstance(node, ast.Expr):
        return False
    value = node.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _SHOWS
    return isinstance(value, ast.Constant | ast.JoinedStr)


def _constant(value: object) -> str:
    if isinstance(value, str | bytes):
        return "text"
    if value is None or value is ... or isinstance(value, bool):
        return repr(value)
    return "number"
