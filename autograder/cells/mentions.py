"""Which names a code cell binds and uses, and whether it sets anything that has no name.

Reads Python, and runs none of it. It must not know notebooks, exercises or scores.
"""

import ast
import builtins
import re
import symtable
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache

from autograder.cells import parsing

# A text so long is no lesson's; to read it might take a hostile one's time.
_LONGEST = 30_000
# A class's submissions have nearly all cells in common: what was read is kept, unless it is big.
_LONGEST_KEPT = 5_000
_MOST_KEPT = 512
STATE = "<state>"  # stands among a function's names if calling it sets something without a name
_READS_ANYTHING = {
    *("exec", "eval", "globals", "locals", "vars", "dir", "get_ipython", "__import__"),
    *("__builtins__", "builtins", "importlib", "inspect", "gc", "ctypes", "__main__"),
}
_LEADS_ANYWHERE = {"__globals__", "__builtins__", "f_globals", "f_locals", "_getframe"}
_HISTORY = re.compile(r"_+|_\d+|_i+\d*|_[oid]h|In|Out")
_FROM_LIBRARY_BY_NAME = {"getattr", "setattr", "delattr"}
# Words in the names of library functions that set something for all that comes after.
_SETS = {
    *("seed", "set", "reset", "use", "enable", "disable", "clear", "register", "config", "patch"),
    *("configure", "install", "limits", "seterr", "chdir", "putenv", "filterwarnings"),
    *("simplefilter", "basicConfig", "setLevel"),
}
# Of a list or dict inside a library: `sys.path.append`. `np.append` changes nothing.
_CHANGES = {
    *("append", "extend", "insert", "update", "setdefault", "pop", "popitem", "remove", "add"),
    *("discard", "sort", "reverse"),
}
_WRITES = {
    *("save", "savez", "savefig", "savetxt", "dump", "write", "writelines", "open", "mkdir"),
    *("mkdtemp", "makedirs", "unlink", "rename", "rmdir", "rmtree", "touch", "extractall"),
    *("copyfile", "copytree", "move", "system", "Popen", "run"),
}
_WRITES_WITH = re.compile(r"(save|write)_\w+|to_(csv|json|excel|parquet|pickle|hdf|html|sql|file)")
_PURE_BUILTINS = frozenset(dir(builtins)) - {"open"}


class Unreadable(ValueError):
    """What a cell binds and uses can't be told by reading it."""


@dataclass(frozen=True, slots=True)
class _Setter:
    """A part of a statement that sets something, given that all names in `needs` are imported."""

    needs: frozenset[str]
    seeds: bool


@dataclass(frozen=True, slots=True)
class _Statement:
    """What a simple statement reads itself and binds, and what the functions in it read.

    `perhaps` are those of `binds` that it may leave as they are; `function` is the name of a
    function that holds no object, if it defines one; `part` is a name that it gives to a part of
    what the second name stands for: `layers = keras.layers`.
    """

    reads: frozenset[str]
    binds: frozenset[str]
    inner: frozenset[str]
    perhaps: frozenset[str]
    setters: frozenset[_Setter]
    function: str
    part: tuple[str, str] | None
    imports: bool
    deletes: bool

    def sets(self, imported: Set[str], *, seeds: bool = True) -> bool:
        """Whether it sets something that has no name here, or writes a file."""
        return any(s.needs <= imported and (seeds or not s.seeds) for s in self.setters)

    def new_names(self, imported: Set[str]) -> set[str]:
        """Further names that it gives to parts of libraries."""
        return {self.part[0]} if self.part and self.part[1] in imported else set()


@dataclass(frozen=True, slots=True)
class _Compound:
    """A compound statement: its blocks, each after what is done before it."""

    branches: tuple[tuple["_Statement | _Compound", ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """All that reading one cell's text tells; it never changes, so that threads can share it."""

    statements: tuple[_Statement | _Compound, ...]
    imported: frozenset[str]
    with_attributes: frozenset[str]
    alone: tuple[str, ...]


@dataclass(frozen=True)
class Kinds:
    """What the names of a notebook stand for.

    `imported` holds names of what comes from libraries, `bodies` what the functions defined in
    the notebook use when they are called, `objects` all other names: what they stand for can be
    changed, or can hold or call something that can.
    """

    imported: Set[str]
    bodies: Mapping[str, Set[str]]
    objects: Set[str]


@dataclass
class Names:
    """What one cell binds (or deletes), uses as earlier cells left it, and mentions at all.

    Functions that it mentions count with all that they use when called, except where it only
    defines them. `sets` tells whether it sets something that has no name: a random seed, say.
    """

    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    mentions: set[str] = field(default_factory=set)
    sets: bool = False


def read(source: str) -> Code:
    """Read a cell.

    Raises:
        Unreadable: it isn't Python (a magic, say), or has a way to reach names unseen (`exec`).
    """
    if len(source) > _LONGEST:
        raise Unreadable("it is very long")
    return _kept(source) if len(source) <= _LONGEST_KEPT else _read(source)


def kinds_of(cells: Collection[Code]) -> Kinds:
    """Tell what the names that some cells bind stand for."""
    bodies: dict[str, set[str]] = {}
    objects: set[str] = set()
    imported = {name for code in cells for name in code.imported}
    statements = [s for code in cells for s in _simple_statements(code.statements)]
    for statement in statements:
        imported |= statement.new_names(imported)
    for statement in statements:
        if statement.function:
            body = bodies.setdefault(statement.function, set())
            body |= statement.inner
            # The random state is not among it. What a demonstration's functions draw or seed in
            # the course of their work leaves it anywhere; a check must not depend on that.
            if statement.sets(imported, seeds=False):
                body.add(STATE)
            objects |= statement.binds - {statement.function}
        elif not statement.imports:
            objects |= statement.binds - statement.new_names(imported)
    for name in {name for code in cells for name in code.with_attributes} | objects:
        if bodies.pop(name, None) is not None:  # `f.calls += 1`: a function that is changed
            objects.add(name)
    return Kinds(imported, bodies, objects)


def names_of(code: Code, kinds: Kinds) -> Names:
    """Tell what a cell binds, uses, mentions and sets.

    Raises:
        Unreadable: it reads what IPython has kept of earlier cells (`_`, `Out`), or is nested too
            deeply.
    """
    reader = _Reader(kinds)
    try:
        reader.block(code.statements, set())
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    for name in reader.names.uses:
        if _HISTORY.fullmatch(name):
            raise Unreadable(f"{name} is what an earlier cell showed")
    for name in code.alone:
        known = (kinds.imported, kinds.bodies, kinds.objects, _PURE_BUILTINS)
        if not any(name in names for names in known):
            raise Unreadable(f"{name} may be a magic")  # IPython allows `reset` for `%reset`
    return reader.names


class _Reader:
    """Goes through a cell from the top, and knows at each point what the cell itself has bound."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.names = Names()

    def block(self, statements: Iterable[_Statement | _Compound], bound: set[str]) -> None:
        for statement in statements:
            if isinstance(statement, _Statement):
                self._simple(statement, bound)
                continue
            for branch in statement.branches:
                # It may break off or never begin, so nothing is bound for sure after it.
                self.block(branch, set(bound))

    def _simple(self, statement: _Statement, bound: set[str]) -> None:
        defines = statement.function in self.kinds.bodies
        mentioned = self._with_bodies(
            statement.reads if defines else statement.reads | statement.inner
        )
        if statement.deletes:
            mentioned |= statement.binds
        self.names.mentions |= mentioned
        self.names.uses |= mentioned - bound
        self.names.binds |= statement.binds
        self.names.sets |= statement.imports or (
            not defines and statement.sets(self.kinds.imported)
        )
        if statement.deletes:
            bound -= statement.binds
        else:
            bound |= statement.binds - statement.perhaps

    def _with_bodies(self, names: Set[str]) -> set[str]:
        found: set[str] = set()
        waiting = set(names)
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= self.kinds.bodies.get(name, frozenset()) - found
        return found


def _simple_statements(statements: Iterable[_Statement | _Compound]) -> Iterator[_Statement]:
    for statement in statements:
        if isinstance(statement, _Statement):
            yield statement
        else:
            for branch in statement.branches:
                yield from _simple_statements(branch)


def _read(source: str) -> Code:
    try:
        tree = parsing.tree(source)
        for node in ast.walk(tree):
            _refuse_hidden_names(node)
        return Code(
            statements=_statements(tree.body),
            imported=frozenset(_imported(tree)),
            with_attributes=frozenset(_with_attributes(tree)),
            alone=tuple(_alone(tree)),
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(str(error) or type(error).__name__) from error


_kept = lru_cache(_MOST_KEPT)(_read)


def _statements(body: Iterable[ast.stmt]) -> tuple[_Statement | _Compound, ...]:
    return tuple(map(_statement, body))


def _statement(statement: ast.stmt) -> _Statement | _Compound:
    branches = [(*map(_simple, heads), *_statements(body)) for heads, body in _branches(statement)]
    return _Compound(tuple(branches)) if branches else _simple(statement)


def _simple(statement: ast.stmt) -> _Statement:
    reads, binds, inner = _symbols(statement)
    return _Statement(
        reads=frozenset(reads),
        binds=frozenset(binds),
        inner=frozenset(inner),
        perhaps=frozenset(_perhaps_bound(statement, binds)),
        setters=frozenset(s for node in ast.walk(statement) for s in _setters(node)),
        function=_plain_function(statement),
        part=_part(statement),
        imports=isinstance(statement, ast.Import | ast.ImportFrom),
        deletes=isinstance(statement, ast.Delete),
    )


def _branches(statement: ast.stmt) -> list[tuple[list[ast.stmt], list[ast.stmt]]]:
    """The blocks of a compound statement, each after what is done before it; else none."""
    match statement:
        case ast.If(test, body, orelse) | ast.While(test, body, orelse):
            return [([ast.Expr(test)], body), ([ast.Expr(test)], orelse)]
        case ast.For(target, values, body, orelse) | ast.AsyncFor(target, values, body, orelse):
            return [([_assign(target, values)], body), ([], orelse)]
        case ast.With(items, body) | ast.AsyncWith(items, body):
            return [([_entered(item) for item in items], body)]
        case ast.Try(body, handlers, orelse, final) | ast.TryStar(body, handlers, orelse, final):
            caught = [([_caught(handler)], handler.body) for handler in handlers]
            return [([], body), *caught, ([], orelse), ([], final)]
        case ast.Match(subject, cases):
            return [([_matched(subject, case)], case.body) for case in cases]
    return []


def _assign(target: ast.expr, value: ast.expr) -> ast.stmt:
    return ast.Assign([target], value, lineno=0)


def _entered(item: ast.withitem) -> ast.stmt:
    context = item.context_expr
    return _assign(item.optional_vars, context) if item.optional_vars else ast.Expr(context)


def _caught(handler: ast.ExceptHandler) -> ast.stmt:
    error = handler.type or ast.Constant(None)
    name = ast.Name(handler.name, ast.Store()) if handler.name else None
    return _assign(name, error) if name else ast.Expr(error)


def _matched(subject: ast.expr, case: ast.match_case) -> ast.stmt:
    return ast.Match(subject, [ast.match_case(case.pattern, case.guard, [ast.Pass()])])


def _symbols(statement: ast.stmt) -> tuple[set[str], set[str], set[str]]:
    """What a statement reads itself, what it binds, and what the functions in it read."""
    if isinstance(statement, ast.AugAssign):
        value = ast.BinOp(statement.target, statement.op, statement.value)
        statement = _assign(statement.target, value)
    code = ast.unparse(ast.fix_missing_locations(statement))
    table = parsing.table(code)
    symbols = table.get_symbols()
    reads = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
    binds = {
        symbol.get_name()
        for symbol in symbols
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_declared_global()
    }
    for node in ast.walk(statement):
        if isinstance(node, ast.Global):
            binds |= set(node.names)
    return reads, binds, set(_inner_names(table))


def _inner_names(table: symtable.SymbolTable) -> Iterator[str]:
    for child in table.get_children():
        # A class body may read a global name and then bind its own of that name.
        is_class = child.get_type() == "class"
        for symbol in child.get_symbols():
            is_read = symbol.is_referenced() and (symbol.is_global() or is_class)
            if is_read or symbol.is_declared_global():
                yield symbol.get_name()
        yield from _inner_names(child)


def _perhaps_bound(statement: ast.stmt, binds: Set[str]) -> set[str]:
    """Names that a statement binds only if it comes to that: `a or (b := 1)`, `global c`."""
    perhaps: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.NamedExpr):
            perhaps.add(node.target.id)
        elif isinstance(node, ast.Global):
            perhaps |= set(node.names)
    if isinstance(statement, ast.AnnAssign) and not statement.value:
        perhaps |= binds
    return perhaps


def _plain_function(statement: ast.stmt) -> str:
    """The name of a function that holds no object, as a decorator or a default value might."""
    match statement:
        case ast.FunctionDef(name, decorator_list=[]) | ast.AsyncFunctionDef(
            name, decorator_list=[]
        ):
            given = [*statement.args.defaults, *filter(None, statement.args.kw_defaults)]
            return name if all(isinstance(node, ast.Constant) for node in given) else ""
    return ""


def _imported(tree: ast.Module) -> set[str]:
    """Names that are imported anywhere in a cell, its functions included."""
    return {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _part(statement: ast.stmt) -> tuple[str, str] | None:
    match statement:
        case ast.Assign([ast.Name(name)], ast.Attribute() as value):
            chain = [node for node in ast.walk(value) if isinstance(node, ast.expr)]
            plain = all(isinstance(node, ast.Attribute | ast.Name) for node in chain)
            return (name, _root(value)) if plain else None
    return None


def _alone(tree: ast.Module) -> Iterator[str]:
    """Names that are whole statements at the top."""
    for statement in tree.body:
        match statement:
            case ast.Expr(ast.Name(name)):
                yield name


def _with_attributes(tree: ast.Module) -> set[str]:
    return {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def _setters(node: ast.AST) -> Iterator[_Setter]:
    """What a part of a statement sets that may have no name here; files that it writes, too."""
    match node:
        case (
            ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del())
        ):
            yield _Setter(frozenset({_root(node)}), seeds=False)
        case ast.Expr(ast.Call() as call):
            # Called for its effect, and given nothing of this notebook that it could have it on.
            mentioned = {name.id for name in ast.walk(call) if isinstance(name, ast.Name)}
            needs = {_root(call)} | (mentioned - _PURE_BUILTINS)
            yield _Setter(frozenset(needs), _seeds(call))
        case ast.Call():
            needed = _needed_to_set(node)
            if needed is not None:
                yield _Setter(frozenset(needed), _seeds(node))


def _needed_to_set(call: ast.Call) -> set[str] | None:
    """The names that must be imported for this call to set something; None if it never does."""
    name = _last_name(call)
    if name in _WRITES or _WRITES_WITH.fullmatch(name):
        return set()
    if name in _FROM_LIBRARY_BY_NAME and call.args:
        return {_root(call.args[0])} if name != "getattr" else None
    if isinstance(call.func, ast.Call) and _last_name(call.func) == "getattr":
        return {_root(call.func.args[0])} if call.func.args else None
    inside = isinstance(call.func, ast.Attribute) and not isinstance(call.func.value, ast.Name)
    if _SETS & {name, *name.split("_")} or (inside and name in _CHANGES):
        return {_root(call)}
    return None


def _seeds(call: ast.Call) -> bool:
    return "seed" in _last_name(call).split("_")


def _last_name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
    return ""


def _root(node: ast.AST) -> str:
    """The name that a chain such as `keras.utils.f(1)[0].g` begins with."""
    while True:
        match node:
            case ast.Name(name):
                return name
            case ast.Attribute(value) | ast.Subscript(value) | ast.Call(value):
                node = value
            case _:
                return ""


def _refuse_hidden_names(node: ast.AST) -> None:
    match node:
        case ast.Name(name) if name in _READS_ANYTHING:
            raise Unreadable(f"{name} may reach any name")
        case ast.Attribute(_, name) if name in _LEADS_ANYWHERE:
            raise Unreadable(f"{name} may reach any name")
        case ast.Attribute(ast.Name("sys"), "modules"):
            raise Unreadable("sys.modules may reach any name")
        case ast.ImportFrom(module, names):
            _refuse_modules([module or "", *(alias.name for alias in names)])
        case ast.Import(names):
            _refuse_modules([alias.name for alias in names])


def _refuse_modules(modules: list[str]) -> None:
    for module in modules:
        if module == "*" or module.partition(".")[0] in _READS_ANYTHING:
            raise Unreadable(f"an import of {module} may bind or reach any name")
