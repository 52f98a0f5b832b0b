"""The global names that a cell uses, binds and changes, found without running it.

It must not know what the cell is for, nor trust it: the time for any text grows with its length.
"""

import ast
import builtins
import re
import symtable
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from autograder.cells import parsing

# The names that exist before the first cell: Python's own, and IPython's.
BUILTIN_NAMES = frozenset(dir(builtins)) | {
    *("__name__", "__doc__", "__file__", "get_ipython", "display", "exit", "quit"),
    *("In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh"),
}
# Bound by a cell that imports everything from a module.
ANY_NAME = "*"
# Code that calls one of these may use any name.
_REACH_ANY_NAME = frozenset(
    {"exec", "eval", "globals", "locals", "vars", "dir", "get_ipython", "__import__"}
)
# No honest cell is as long; reading 50 kB may take half a second.
_LONGEST = 50_000
# Cell magics under which the rest of the cell is still Python, run in the notebook.
_PYTHON_MAGIC = re.compile(r"\A\s*%%(?:time|timeit|capture|prun)\b.*")
_OTHER_MAGIC = re.compile(r"\A\s*%%")
# No two repeats in a row may match the same: that would take quadratic time.
_LINE_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.*]+\?{1,2}[ \t]*)$", re.MULTILINE)
_ASSIGNED_MAGIC = re.compile(r"^([\w, \t]+=[ \t]*)[%!].*$", re.MULTILINE)
# The parts of a node that Python evaluates before its other parts.
_FIRST = ("generators", "iter", "value")
# Most cells are the same in all submissions of a class: the names of short ones are cached.
_LONGEST_KEPT = 5_000
_MOST_KEPT = 512


@dataclass(frozen=True)
class Bindings:
    """The global names of a piece of code.

    Attributes:
        uses: names read from elsewhere, at once or when a function defined here is called.
        binds: names set or deleted by running it.
        defines: those of `binds` that are functions or classes.
        imports: those of `binds` that an import at the top level sets.
        changes: names whose object the top level changes by assigning to a part of it or deleting
            one: `a.b = 1`, `a[0] += 1`, `del a[0]`.
        calls: names on whose object a statement at the top level calls a method: `a.append(1)`.
        hidden: whether it may use any other name too, because it is not plain Python (a magic, a
            syntax error), is too long, or calls `exec`, `globals`
            or another function that reaches names unseen.
    """

    uses: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    defines: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    hidden: bool = False


def bindings_in(code: str) -> Bindings:
    """Find the global names in a code cell; IPython's magics are allowed.

    Args:
        code: the cell's text.

    Returns:
        Its names; none if the text is not Python or too long.
    """
    return _kept(code) if len(code) <= _LONGEST_KEPT else _read(code)


def _read(code: str) -> Bindings:
    if len(code) > _LONGEST:
        return Bindings(hidden=True)
    parsed = _parsed(code)
    hidden = parsed is None
    parsed = parsed or _parsed(_without_magics(code))
    if parsed is None:
        return Bindings(hidden=True)
    table, top = parsed
    own = table.get_symbols()
    at_top = {s.get_name() for s in own if s.is_assigned() or s.is_imported()} | top.imports
    binds = set(at_top)
    uses = {s.get_name() for s in own if s.is_referenced()}
    scopes = list(table.get_children())
    defines = at_top & {scope.get_name() for scope in scopes}
    while scopes:
        scope = scopes.pop()
        scopes.extend(scope.get_children())
        shared = [s for s in scope.get_symbols() if s.is_global()]
        uses |= {s.get_name() for s in shared if s.is_referenced()}
        binds |= {s.get_name() for s in shared if s.is_assigned() or s.is_imported()}
    return Bindings(
        uses=frozenset(uses - at_top | top.used_first),
        binds=frozenset(binds),
        defines=frozenset(defines),
        imports=frozenset(top.imports),
        changes=frozenset(top.changes),
        calls=frozenset(top.calls),
        hidden=hidden or not uses.isdisjoint(_REACH_ANY_NAME),
    )


_kept = lru_cache(_MOST_KEPT)(_read)


class _TopLevel(ast.NodeVisitor):
    """A walk through a cell's statements in the order in which they run.

    Attributes:
        bound: what was bound so far.
        used_first: what was used, or may have been, before it was surely bound.
        imports, changes, calls: as in `Bindings`.

    Args:
        table: the cell's table of names.
    """

    def __init__(self, table: symtable.SymbolTable) -> None:
        self._read_by: dict[tuple[str, int], set[str]] = defaultdict(set)
        for scope in table.get_children():
            self._note_reads(scope)
        self.bound: set[str] = set()
        self.used_first: set[str] = set()
        self.imports: set[str] = set()
        self.changes: set[str] = set()
        self.calls: set[str] = set()

    def generic_visit(self, node: ast.AST) -> None:
        """Visit the parts of a node: a value before the name that is bound to it."""
        match node:
            case ast.Attribute(value, ctx=ast.Store() | ast.Del()):
                self.changes.add(_root(value))
            case ast.Subscript(value, ctx=ast.Store() | ast.Del()):
                self.changes.add(_root(value))
            case ast.Expr(ast.Call(ast.Attribute(value))):
                self.calls.add(_root(value))
            case ast.AugAssign(ast.Name(name)):
                self._use(name)
        for _, part in sorted(ast.iter_fields(node), key=_when):
            for each in part if isinstance(part, list) else [part]:
                if isinstance(each, ast.AST):
                    self.visit(each)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
        else:
            self._use(node.id)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Bind nothing where there is only an annotation."""
        if node.value is None:
            self.visit(node.annotation)
        else:
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        names = {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        self.imports |= names
        self.bound |= names

    visit_ImportFrom = visit_Import

    def visit_If(self, node: ast.If) -> None:
        """Bind for sure only what both branches bind."""
        self.visit(node.test)
        before = set(self.bound)
        self._visit_all(node.body)
        after_body, self.bound = self.bound, before
        self._visit_all(node.orelse)
        self.bound &= after_body

    def _visit_what_may_not_run(self, node: ast.AST) -> None:
        """Visit a loop or another block; it may end early, so it binds nothing for sure."""
        before = set(self.bound)
        self.generic_visit(node)
        self.bound = before

    visit_For = visit_AsyncFor = visit_While = _visit_what_may_not_run
    visit_Try = visit_TryStar = visit_Match = _visit_what_may_not_run

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bound.add(node.name)
        self.generic_visit(node)

    def visit_ListComp(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        """Keep the targets apart: they are names of the comprehension's own."""
        before = set(self.bound)
        self._visit_all(node.generators)
        for field in ("key", "value", "elt"):
            if part := getattr(node, field, None):
                self.visit(part)
        walrus = {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
        self.bound = before | walrus

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Visit what runs at once; of the body, count what it may read before it is bound here."""
        self._visit_all(node.decorator_list)
        self.visit_Lambda(node)
        self.bound.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Visit all of it: the body runs at once, but what it binds stays in the class."""
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords])
        before = set(self.bound)
        self._visit_all(node.body)
        self.bound = before | {node.name}

    def visit_Lambda(self, node: ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Visit the default values; of the body, count what it may read before it is bound here."""
        self._visit_all([*node.args.defaults, *filter(None, node.args.kw_defaults)])
        name = "lambda" if isinstance(node, ast.Lambda) else node.name
        for read in self._read_by[name, node.lineno] - {name}:
            self._use(read)

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _note_reads(self, scope: symtable.SymbolTable) -> set[str]:
        """Note the global names that a scope and those within it read, by its name and line."""
        read = {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_referenced()}
        for inner in scope.get_children():
            read |= self._note_reads(inner)
        self._read_by[scope.get_name(), scope.get_lineno()] |= read
        return read

    def _use(self, name: str) -> None:
        if name not in self.bound:
            self.used_first.add(name)


def _when(field: tuple[str, object]) -> int:
    return _FIRST.index(field[0]) if field[0] in _FIRST else len(_FIRST)


def _root(node: ast.expr) -> str:
    """Return the name of the object that an expression is a part of; empty if it is of none."""
    while True:
        match node:
            case ast.Attribute(value) | ast.Subscript(value) | ast.Call(ast.Attribute(value)):
                node = value
            case ast.Name(name):
                return name
            case _:
                return ""


def _without_magics(code: str) -> str:
    """Put Python in place of IPython's own syntax, line for line; nothing if it isn't Python.

    IPython's own translation may take minutes for hostile text, and hides from view what `%%time`
    runs.
    """
    code = _PYTHON_MAGIC.sub("", code, count=1)
    if _OTHER_MAGIC.match(code):
        return ""
    code = _ASSIGNED_MAGIC.sub(r"\1None", code)
    return _LINE_MAGIC.sub(r"\1pass", code)


def _parsed(code: str) -> tuple[symtable.SymbolTable, _TopLevel] | None:
    try:
        table = parsing.table(code)
        top = _TopLevel(table)
        top.visit(parsing.tree(code))
        return table, top
    except Exception:  # hostile text raises RecursionError, MemoryError and more
        return None
